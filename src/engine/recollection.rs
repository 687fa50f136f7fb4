//! The columns of documents, remembered for later connections to the same ones.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};
use crate::json::TableSchema;
use crate::source::{Document, Source};

use super::sampling::{self, Sample};

/// Changes with what is remembered: a name holds it, so that nothing is misread.
const FORMAT: &str = concat!("columns/1 ", env!("CARGO_PKG_VERSION"));

/// What [`sampling::sample`] answers: remembered, where these very documents were looked into in this way before.
pub(super) async fn sample(
    source: &Arc<dyn Source>,
    documents: &[Document],
    depth: usize,
    skips_bad: bool,
) -> Result<Sample> {
    let name = name(documents, depth, skips_bad);
    let remembered = source.recall(&name).await;
    if let Some(sample) = remembered.and_then(|bytes| Remembered::read(&bytes, documents)) {
        return Ok(sample);
    }
    let sample = sampling::sample(source, documents, depth, skips_bad).await?;
    if let Some(bytes) = Remembered::write(&sample) {
        source.remember(&name, bytes).await;
    }
    Ok(sample)
}

/// The same for the same documents in the same revisions, looked into in the same way.
fn name(documents: &[Document], depth: usize, skips_bad: bool) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    for document in documents {
        add(&document.name);
        add(&document.location);
        add(&document.revision);
    }
    let documents = digest.finalize();
    let documents: String = documents.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{FORMAT} {depth} {skips_bad} {documents}")
}

#[derive(Deserialize, Serialize)]
struct Remembered {
    schema: Vec<u8>,
    /// Locations of documents that cannot be read, and why.
    left_out: Vec<(String, String)>,
}

impl Remembered {
    fn write(sample: &Sample) -> Option<Bytes> {
        let left_out = sample.left_out.iter();
        let remembered = Self {
            schema: sample.schema.encode()?,
            left_out: left_out
                .map(|(document, problem)| (document.location.clone(), problem.message().to_owned()))
                .collect(),
        };
        serde_json::to_vec(&remembered).ok().map(Bytes::from)
    }

    fn read(bytes: &[u8], documents: &[Document]) -> Option<Sample> {
        let remembered: Self = serde_json::from_slice(bytes).ok()?;
        let left_out = remembered.left_out.into_iter().map(|(location, problem)| {
            let document = documents.iter().find(|document| document.location == location)?;
            Some((document.clone(), Error::new(Kind::Document, problem)))
        });
        Some(Sample {
            schema: TableSchema::decode(&remembered.schema)?,
            left_out: left_out.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::json::Inference;

    fn documents() -> Vec<Document> {
        let document = |name: &str| Document {
            name: format!("dropbox:///{name}"),
            location: format!("/{name}"),
            size: 7,
            revision: "1".to_owned(),
            modified: None,
        };
        ["a.json", "b.json", "c.json"].map(document).to_vec()
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut inference = Inference::default();
        for record in [
            r#"{"b.c": 1, "b": {"c": "ä😀", "d": [1]}, "at": "2026-01-02T03:04:05Z"}"#,
            r#"{"z": 1.5, "b": {"c": null}}"#,
        ] {
            inference.learn("a.json", record.as_bytes()).unwrap();
        }
        let documents = documents();
        let sample = Sample {
            schema: inference.schema(),
            left_out: vec![(documents[1].clone(), Error::new(Kind::Document, "b.json is no JSON"))],
        };
        let bytes = Remembered::write(&sample).unwrap();
        let read = Remembered::read(&bytes, &documents).unwrap();
        assert_eq!(read.schema.arrow, sample.schema.arrow);
        assert_eq!(format!("{:?}", read.schema), format!("{:?}", sample.schema));
        let (document, problem) = read.left_out.first().unwrap();
        assert_eq!((document, problem.kind()), (&documents[1], Kind::Document));
        assert_eq!(problem.message(), "b.json is no JSON");

        assert!(Remembered::read(&bytes, &documents[2..]).is_none());
        for length in 0..bytes.len() {
            assert!(
                Remembered::read(&bytes[..length], &documents).is_none(),
                "{length} bytes"
            );
        }
        for length in 0..sample.schema.encode().unwrap().len() / 2 {
            let cut = sample.schema.encode().unwrap();
            assert!(TableSchema::decode(&cut[..length]).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn the_name_tells_documents_revisions_and_ways_of_looking_apart() {
        let documents = documents();
        let mut changed = documents.clone();
        changed[2].revision = "2".to_owned();
        let names = [
            name(&documents, 100, false),
            name(&documents, 0, false),
            name(&documents, 100, true),
            name(&documents[1..], 100, false),
            name(&changed, 100, false),
        ];
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(name(&documents, 100, false), names[0]);
    }
}
