//! Documents on the local disk.

use std::collections::{HashSet, VecDeque};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::{Error, Kind, Result};

use super::choice::{Case, Choice, Walk};
use super::uri::Selection;
use super::{ByteStream, Content, Document, Listing, Source, in_order};

/// How much is read at a time.
const CHUNK: usize = 256 * 1024;

/// Files, folders and masks on the local disk.
#[derive(Debug)]
pub struct Local {
    selections: Vec<Selection>,
    choice: Choice,
    table_name: String,
}

impl Local {
    /// No I/O.
    pub fn new(selections: Vec<Selection>, choice: Choice, table_name: String) -> Self {
        Self {
            selections,
            choice,
            table_name,
        }
    }
}

#[async_trait]
impl Source for Local {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Listing> {
        let (selections, choice) = (self.selections.clone(), self.choice.clone());
        let listing = spawn_blocking(move || {
            let mut documents = Vec::new();
            for selection in &selections {
                documents.extend(list(selection, &choice)?);
            }
            Ok(in_order(documents))
        });
        listing.await.map_err(lost)?
    }

    async fn open(&self, document: &Document) -> Result<Content> {
        let name = document.name.clone();
        let location = document.location.clone();
        let file = spawn_blocking(move || File::open(&location)).await.map_err(lost)?;
        let file = file.map_err(|error| failed(&name, error))?;
        Ok(Content::OnDisk(OnDisk { name, file }))
    }
}

/// A document that whoever wants its bytes may read itself.
#[derive(Debug)]
pub struct OnDisk {
    name: String,
    file: File,
}

impl OnDisk {
    /// Puts the next `most` bytes, or what is left, behind those in `buffer`; how many there were. Waits for the disk.
    pub fn read(&mut self, buffer: &mut Vec<u8>, most: usize) -> Result<usize> {
        let before = buffer.len();
        buffer.reserve(most);
        let taken = u64::try_from(most).unwrap_or(u64::MAX);
        let read = self.file.by_ref().take(taken).read_to_end(buffer);
        read.map_err(|error| failed(&self.name, error))?;
        Ok(buffer.len() - before)
    }

    /// The bytes that are left, as a stream.
    pub(super) fn into_stream(self) -> ByteStream {
        let Self { name, file } = self;
        // The next chunk is read while the last one is used; no thread waits for a reader that is slow.
        Box::pin(stream::try_unfold(read_chunk(file), move |pending| {
            let name = name.clone();
            async move {
                let (file, chunk) = pending.await.map_err(lost)?.map_err(|error| failed(&name, error))?;
                Ok((!chunk.is_empty()).then(|| (chunk, read_chunk(file))))
            }
        }))
    }

    /// The first bytes of the file, no more than `most`. What is read next stays the same. Waits for the disk.
    pub(super) fn beginning(&self, most: usize) -> Result<Vec<u8>> {
        let mut beginning = vec![0; most];
        let length = self.file.read_at(&mut beginning, 0);
        beginning.truncate(length.map_err(|error| failed(&self.name, error))?);
        Ok(beginning)
    }
}

fn read_chunk(mut file: File) -> JoinHandle<io::Result<(File, Bytes)>> {
    spawn_blocking(move || {
        let mut chunk = Vec::with_capacity(CHUNK);
        file.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        Ok((file, chunk.into()))
    })
}

fn list(selection: &Selection, choice: &Choice) -> Result<Vec<Document>> {
    let walk = |mask| choice.walk(mask, Case::Matters);
    match selection {
        Selection::File(path) => {
            let metadata = fs::metadata(path).map_err(|error| failed(path, error))?;
            if metadata.is_dir() {
                return list_folder(path, &walk(None));
            }
            Ok(vec![document(path.clone(), &metadata)])
        }
        Selection::Folder(folder) => list_folder(folder, &walk(None)),
        Selection::Mask { folder, mask } => list_folder(folder, &walk(Some(mask))),
    }
}

/// Level by level, so that a folder that several ways lead to is found by the shortest.
fn list_folder(folder: &str, walk: &Walk) -> Result<Vec<Document>> {
    let folder = if folder.is_empty() { "." } else { folder };
    let mut documents = Vec::new();
    let mut to_read = VecDeque::from([(PathBuf::from(folder), walk.start())]);
    // Links lead to one folder by many ways, and back to where they are. What is found in a folder depends on where in
    // the mask it is.
    let (mut read, mut taken) = (HashSet::new(), HashSet::new());
    while let Some((folder, inside)) = to_read.pop_front() {
        let cannot = |error| failed(&folder.to_string_lossy(), error);
        let real = fs::canonicalize(&folder).map_err(cannot)?;
        if !read.insert((real.clone(), inside.positions.clone())) {
            continue;
        }
        for name in names(&folder).map_err(cannot)? {
            let is_wanted = walk.takes(&inside, &name);
            let below = walk.enter(&inside, &name);
            if !is_wanted && below.is_none() {
                continue;
            }
            let path = folder.join(&name);
            // Follows links, as opening does.
            let metadata = match fs::metadata(&path) {
                Ok(metadata) => metadata,
                Err(error) if is_wanted => return Err(failed(&path.to_string_lossy(), error)),
                Err(error) => {
                    tracing::warn!(?path, %error, "left out what may be a folder");
                    continue;
                }
            };
            if metadata.is_file() && is_wanted && taken.insert(real.join(&name)) {
                documents.push(document(path.to_string_lossy().into_owned(), &metadata));
            } else if let (true, Some(below)) = (metadata.is_dir(), below) {
                to_read.push_back((path, below));
            }
        }
    }
    if documents.is_empty() {
        let message = format!("The folder {folder} gives no table: {}. Check URI.", walk.nothing());
        return Err(Error::new(Kind::TableNotFound, message));
    }
    Ok(documents)
}

/// What a folder holds, in order.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        match entry?.file_name().into_string() {
            Ok(name) => names.push(name),
            Err(name) => tracing::warn!(?folder, ?name, "left out a file whose name is not UTF-8"),
        }
    }
    names.sort_unstable();
    Ok(names)
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
pub(super) fn lost(error: tokio::task::JoinError) -> Error {
    Error::new(Kind::Internal, "Reading from the disk was interrupted.").caused_by(error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use futures::TryStreamExt;

    use super::*;
    use crate::source::uri::Uri;

    fn local(uri: &str) -> Local {
        chosen(uri, Choice::new(false, None, "json,ndjson,jsonl", ""))
    }

    fn chosen(uri: &str, choice: Choice) -> Local {
        let uri = Uri::parse(uri, ",").unwrap();
        let table_name = uri.table_name();
        Local::new(uri.selections, choice, table_name)
    }

    async fn names(uri: &str) -> Result<Vec<String>> {
        let documents = local(uri).list().await?.documents;
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
        let document = &local(&format!("{root}/b.json")).list().await.unwrap().documents[0];
        assert_eq!(document.size, 2);
    }

    /// A folder with these files, and what a URI in it selects as paths below it.
    async fn selected(files: &[&str], links: &[(&str, &str)], uri: &str, choice: Choice) -> Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "[]").unwrap();
        }
        for (link, target) in links {
            std::os::unix::fs::symlink(target, folder.path().join(link)).unwrap();
        }
        let root = folder.path().to_str().unwrap();
        let documents = chosen(&uri.replace('@', root), choice).list().await?.documents;
        let below = |document: &Document| document.location.strip_prefix(root).unwrap().to_owned();
        Ok(documents.iter().map(below).collect())
    }

    fn deep() -> Choice {
        Choice::new(true, None, "json", "")
    }

    fn flat() -> Choice {
        Choice::new(false, None, "json", "")
    }

    #[tokio::test]
    async fn folders_in_folders_are_listed_by_location() {
        let files = [
            "b.json",
            "a/z.json",
            "a/b/c.json.gz",
            "a.json",
            "a/b/note.txt",
            "a-/x.json",
        ];
        let all = ["/a-/x.json", "/a.json", "/a/b/c.json.gz", "/a/z.json", "/b.json"];
        assert_eq!(selected(&files, &[], "@/", deep()).await.unwrap(), all);
        assert_eq!(selected(&files, &[], "@/**/*.json*", flat()).await.unwrap(), all);
        assert_eq!(
            selected(&files, &[], "@/a*/", flat()).await.unwrap(),
            ["/a-/x.json", "/a/z.json"]
        );
        assert_eq!(
            selected(&files, &[], "@/a/?.json", deep()).await.unwrap(),
            ["/a/z.json"]
        );
        let error = selected(&files, &[], "@/x*/*.json", flat()).await.unwrap_err();
        assert!(error.message().contains("no file in it matches `x*/*.json`"), "{error}");
    }

    #[tokio::test]
    async fn links_that_form_cycles_end() {
        let links = [
            ("a/up", ".."),
            ("a/self", "self"),
            ("b/to-a", "../a"),
            ("a/to-b", "../b"),
            ("dangling", "nowhere"),
        ];
        let files = ["a/x.json", "b/y.json"];
        let all = ["/a/x.json", "/b/y.json"];
        assert_eq!(selected(&files, &links, "@/", deep()).await.unwrap(), all);
        assert_eq!(selected(&files, &links, "@/**/*.json", flat()).await.unwrap(), all);
        // The way through the link is the one that was asked for.
        let through = selected(&files, &links, "@/b/to-a/*.json", flat()).await.unwrap();
        assert_eq!(through, ["/b/to-a/x.json"]);
        let both = selected(&files, &[("0", "a")], "@/a/*.json,@/0/*.json", flat())
            .await
            .unwrap();
        assert_eq!(both, ["/0/x.json", "/a/x.json"]);
        let masked = selected(&files, &[("0", "a")], "@/**/a/*.json", flat()).await.unwrap();
        assert_eq!(masked, ["/a/x.json"]);
    }

    #[tokio::test]
    async fn a_list_is_one_table_and_each_document_in_it_once() {
        let files = ["b/2.json", "a/1.json", "c.json"];
        assert_eq!(
            selected(&files, &[], "@/c.json, @/a/,@/b/*.json,@/c.json", flat())
                .await
                .unwrap(),
            ["/a/1.json", "/b/2.json", "/c.json"]
        );
        for missing in ["none.json", "none/", "a/*.x"] {
            let error = selected(&files, &[], &format!("@/c.json,@/{missing}"), flat())
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::TableNotFound);
            assert!(error.message().contains(missing.trim_end_matches('/')) || error.message().contains("`*.x`"));
        }
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
            let document = source.list().await.unwrap().documents.remove(0);
            let chunks: Vec<_> = source
                .open(&document)
                .await
                .unwrap()
                .into_stream()
                .try_collect()
                .await
                .unwrap();
            assert!(chunks.iter().all(|chunk| chunk.len() <= 262_144 && !chunk.is_empty()));
            assert_eq!(chunks.concat(), content);
        }
    }

    #[tokio::test]
    async fn a_file_may_be_read_in_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, b"0123456789").unwrap();
        let source = local(path.to_str().unwrap());
        let document = source.list().await.unwrap().documents.remove(0);
        let Content::OnDisk(mut file) = source.open(&document).await.unwrap() else {
            panic!("the file has to come");
        };
        let mut bytes = b"before".to_vec();
        let read = [4, 4, 4, 4].map(|most| {
            assert_eq!(file.beginning(6).unwrap(), b"012345");
            file.read(&mut bytes, most).unwrap()
        });
        assert_eq!((read, &*bytes), ([4, 4, 2, 0], &b"before0123456789"[..]));
        assert_eq!(file.beginning(20).unwrap(), b"0123456789");
        fs::remove_file(&path).unwrap();
        let error = source.open(&document).await.err().unwrap();
        assert!(error.message().contains("does not exist. Check URI"), "{error}");
    }

    #[tokio::test]
    async fn a_change_gives_a_new_revision() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "[]").unwrap();
        let source = local(path.to_str().unwrap());
        let before = source.list().await.unwrap().documents.remove(0).revision;
        assert_eq!(source.list().await.unwrap().documents.remove(0).revision, before);
        fs::write(&path, "[1]").unwrap();
        assert_ne!(source.list().await.unwrap().documents.remove(0).revision, before);
    }
}
