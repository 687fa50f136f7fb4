//! Documents on the local disk.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::{Error, Kind, Result};

use super::name;
use super::uri::Selection;
use super::{ByteStream, Document, Source};

/// How much is read at a time.
const CHUNK: usize = 256 * 1024;

/// A file, folder or mask on the local disk.
#[derive(Debug)]
pub struct Local {
    selection: Selection,
    table_name: String,
}

impl Local {
    /// No I/O.
    pub fn new(selection: Selection, table_name: String) -> Self {
        Self { selection, table_name }
    }
}

#[async_trait]
impl Source for Local {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Vec<Document>> {
        let selection = self.selection.clone();
        spawn_blocking(move || list(&selection)).await.map_err(lost)?
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        let name = document.name.clone();
        let location = document.location.clone();
        let file = spawn_blocking(move || File::open(&location)).await.map_err(lost)?;
        let file = file.map_err(|error| failed(&name, error))?;
        // The next chunk is read while the last one is used; no thread waits for a reader that is slow.
        Ok(Box::pin(stream::try_unfold(read_chunk(file), move |pending| {
            let name = name.clone();
            async move {
                let (file, chunk) = pending.await.map_err(lost)?.map_err(|error| failed(&name, error))?;
                Ok((!chunk.is_empty()).then(|| (chunk, read_chunk(file))))
            }
        })))
    }
}

fn read_chunk(mut file: File) -> JoinHandle<io::Result<(File, Bytes)>> {
    spawn_blocking(move || {
        let mut chunk = Vec::with_capacity(CHUNK);
        file.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        Ok((file, chunk.into()))
    })
}

fn list(selection: &Selection) -> Result<Vec<Document>> {
    match selection {
        Selection::File(path) => {
            let metadata = fs::metadata(path).map_err(|error| failed(path, error))?;
            if metadata.is_dir() {
                return list_folder(path, "it holds no .json, .ndjson or .jsonl file", name::is_document);
            }
            Ok(vec![document(path.clone(), &metadata)])
        }
        Selection::Folder(folder) => {
            list_folder(folder, "it holds no .json, .ndjson or .jsonl file", name::is_document)
        }
        Selection::Mask { folder, mask } => list_folder(folder, &format!("no file in it matches `{mask}`"), |name| {
            name::matches(mask, name)
        }),
    }
}

fn list_folder(folder: &str, none: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<Document>> {
    let folder = if folder.is_empty() { "." } else { folder };
    let cannot = |error| failed(folder, error);
    let mut documents = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let name = entry.map_err(cannot)?.file_name();
        let Some(name) = name.to_str() else {
            tracing::warn!(folder, ?name, "left out a file whose name is not UTF-8");
            continue;
        };
        if !wanted(name) {
            continue;
        }
        let path = Path::new(folder).join(name).to_string_lossy().into_owned();
        // Follows links, as opening does.
        let metadata = fs::metadata(&path).map_err(|error| failed(&path, error))?;
        if metadata.is_file() {
            documents.push(document(path, &metadata));
        }
    }
    if documents.is_empty() {
        return Err(Error::new(
            Kind::TableNotFound,
            format!("The folder {folder} gives no table: {none}. Check URI."),
        ));
    }
    documents.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(documents)
}

fn document(path: String, metadata: &Metadata) -> Document {
    let modified = metadata.modified().ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanoseconds = since.map_or(0, |since| since.as_nanos());
    Document {
        name: path.clone(),
        location: path,
        size: metadata.len(),
        revision: format!("{nanoseconds}-{}", metadata.len()),
        modified: modified.map(Into::into),
    }
}

fn failed(path: &str, error: io::Error) -> Error {
    let error = match error.kind() {
        io::ErrorKind::NotFound => (Kind::TableNotFound, "does not exist. Check URI", error),
        io::ErrorKind::PermissionDenied => (Kind::DataSource, "may not be read by this user", error),
        _ => (Kind::DataSource, "cannot be read", error),
    };
    let (kind, problem, cause) = error;
    let full = std::path::absolute(path).map_or_else(|_| path.to_owned(), |full| full.display().to_string());
    Error::new(kind, format!("{full} {problem} ({cause}).")).caused_by(cause)
}

/// The runtime is going away, or the reading thread broke.
fn lost(error: tokio::task::JoinError) -> Error {
    Error::new(Kind::Internal, "Reading from the disk was interrupted.").caused_by(error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use futures::TryStreamExt;

    use super::*;
    use crate::source::uri::Uri;

    fn local(uri: &str) -> Local {
        let uri = Uri::parse(uri).unwrap();
        let table_name = uri.table_name();
        Local::new(uri.selection, table_name)
    }

    async fn names(uri: &str) -> Result<Vec<String>> {
        let documents = local(uri).list().await?;
        Ok(documents
            .iter()
            .map(|document| document.name.rsplit('/').next().unwrap().to_owned())
            .collect())
    }

    #[tokio::test]
    async fn folders_and_masks_are_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap();
        for name in ["b.json", "a.JSON", "é.ndjson", "c.jsonl", "readme.txt", "a.json.bak"] {
            fs::write(folder.path().join(name), "[]").unwrap();
        }
        fs::create_dir(folder.path().join("sub.json")).unwrap();
        let all = ["a.JSON", "b.json", "c.jsonl", "é.ndjson"];
        assert_eq!(names(&format!("{root}/")).await.unwrap(), all);
        assert_eq!(names(root).await.unwrap(), all);
        assert_eq!(names(&format!("file://{root}/")).await.unwrap(), all);
        assert_eq!(
            names(&format!("{root}/?.j*")).await.unwrap(),
            ["a.json.bak", "b.json", "c.jsonl"]
        );
        assert_eq!(names(&format!("{root}/*.txt")).await.unwrap(), ["readme.txt"]);
        let document = &local(&format!("{root}/b.json")).list().await.unwrap()[0];
        assert_eq!(document.size, 2);
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap();
        for (uri, expected) in [
            (
                format!("{root}/people.json"),
                format!("{root}/people.json does not exist. Check URI"),
            ),
            (format!("{root}/sub/"), format!("{root}/sub does not exist. Check URI")),
            (format!("{root}/"), format!("{root} gives no table: it holds no .json")),
            (format!("{root}/*.x"), "no file in it matches `*.x`".to_owned()),
        ] {
            let error = local(&uri).list().await.unwrap_err();
            assert_eq!(error.kind(), Kind::TableNotFound, "{uri}");
            assert!(error.message().contains(&expected), "{error}");
        }
    }

    #[tokio::test]
    async fn a_file_arrives_whole_in_bounded_chunks() {
        let folder = tempfile::tempdir().unwrap();
        for length in [0, 1, 262_144, 262_145, 1_000_000] {
            let path = folder.path().join(format!("{length}.json"));
            let content: Vec<u8> = (0..length).map(|at: usize| at.to_le_bytes()[0]).collect();
            fs::write(&path, &content).unwrap();
            let source = local(path.to_str().unwrap());
            let document = source.list().await.unwrap().remove(0);
            let chunks: Vec<_> = source.open(&document).await.unwrap().try_collect().await.unwrap();
            assert!(chunks.iter().all(|chunk| chunk.len() <= 262_144 && !chunk.is_empty()));
            assert_eq!(chunks.concat(), content);
        }
    }

    #[tokio::test]
    async fn a_change_gives_a_new_revision() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "[]").unwrap();
        let source = local(path.to_str().unwrap());
        let before = source.list().await.unwrap().remove(0).revision;
        assert_eq!(source.list().await.unwrap().remove(0).revision, before);
        fs::write(&path, "[1]").unwrap();
        assert_ne!(source.list().await.unwrap().remove(0).revision, before);
    }
}
