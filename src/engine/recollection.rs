//! The tables of documents, remembered for later connections to the same ones.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};
use crate::json::Table;
use crate::source::{Document, Source};

use super::documents::DocumentOptions;
use super::sampling::{self, Cuts, Sample, Search};

/// Changes with what is remembered: a name holds it, so that nothing is misread.
const FORMAT: &str = concat!("tables/1 ", env!("CARGO_PKG_VERSION"));

/// What [`sampling::sample`] answers of the model's tables: remembered, where these very documents were looked into in this
/// way before.
pub(super) async fn sample(
    source: &Arc<dyn Source>,
    table: &str,
    documents: &[Document],
    options: &DocumentOptions,
) -> Result<Sample> {
    let name = name(table, documents, options);
    let remembered = source.recall(&name).await;
    if let Some(sample) = remembered.and_then(|bytes| Remembered::read(&bytes, documents)) {
        return Ok(sample);
    }
    let sample = sampling::sample(source, table, documents, options, Search::Tables).await?;
    if let Some(bytes) = Remembered::write(&sample) {
        source.remember(&name, bytes).await;
    }
    Ok(sample)
}

/// The same for the same documents in the same revisions, looked into in the same way.
fn name(table: &str, documents: &[Document], options: &DocumentOptions) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    let DocumentOptions {
        model,
        row_scan_depth,
        skips_bad,
        discovery,
        // What they change is not remembered.
        separate: _,
        tables: _,
        pseudo_columns: _,
        tolerance: _,
    } = options;
    add(table);
    add(&format!("{model:?} {row_scan_depth} {skips_bad} {discovery:?}"));
    for document in documents {
        add(&document.name);
        add(&document.location);
        add(&document.revision);
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{FORMAT} {digest}")
}

#[derive(Deserialize, Serialize)]
struct Remembered<T, C> {
    tables: T,
    cuts: C,
    /// Locations of documents that cannot be read, and why.
    left_out: Vec<(String, String)>,
}

impl Remembered<Vec<Table>, Cuts> {
    fn write(sample: &Sample) -> Option<Bytes> {
        let left_out = sample.left_out.iter();
        let remembered = Remembered {
            tables: &sample.tables,
            cuts: &sample.cuts,
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
            tables: remembered.tables,
            cuts: remembered.cuts,
            left_out: left_out.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use datafusion::arrow::datatypes::Schema;

    use super::super::documents::edition;
    use super::*;
    use crate::json::path::JsonPath;
    use crate::json::{DataModel, Inference, Model, tables};

    /// All else of a table: the metadata of fields are shown in any order.
    fn without_fields(table: &Table) -> String {
        let mut table = table.clone();
        table.schema.arrow = Arc::new(Schema::empty());
        format!("{table:?}")
    }

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
        let documents = documents();
        for data_model in [
            DataModel::Document,
            DataModel::FlattenedDocuments,
            DataModel::Relational,
        ] {
            let model = Model {
                data_model,
                ..Model::default()
            };
            let mut inference = Inference::new(model.found(JsonPath::default()), model);
            for record in [
                r#"{"b.c": 1, "b": {"c": "ä😀", "d": [{"e": 1}]}, "at": "2026-01-02T03:04:05Z"}"#,
                r#"{"z": 1.5, "b": {"c": null}}"#,
            ] {
                inference.learn(record.as_bytes()).unwrap();
            }
            let path = JsonPath::of_property("JSONPath", "$.people[*]['a.b'].*").unwrap();
            let sample = Sample {
                tables: tables(&[inference], "t"),
                cuts: Cuts::Found {
                    paths: [(edition(&documents[0]), path.clone())].into(),
                    frames: Some(vec![path]),
                },
                left_out: vec![(documents[1].clone(), Error::new(Kind::Document, "b.json is no JSON"))],
            };
            let bytes = Remembered::write(&sample).unwrap();
            let read = Remembered::read(&bytes, &documents).unwrap();
            assert_eq!(read.tables.len(), sample.tables.len());
            for (read, written) in read.tables.iter().zip(&sample.tables) {
                assert_eq!(read.schema.arrow, written.schema.arrow);
                assert_eq!(without_fields(read), without_fields(written));
            }
            assert_eq!(format!("{:?}", read.cuts), format!("{:?}", sample.cuts));
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
        }
    }

    #[test]
    fn the_name_tells_documents_revisions_and_ways_of_looking_apart() {
        let documents = documents();
        let mut changed = documents.clone();
        changed[2].revision = "2".to_owned();
        let plain = DocumentOptions::default();
        let skipping = DocumentOptions {
            skips_bad: true,
            ..plain.clone()
        };
        let deep = DocumentOptions {
            row_scan_depth: 7,
            ..plain.clone()
        };
        let discovering = DocumentOptions {
            discovery: Some("First".to_owned()),
            ..plain.clone()
        };
        let mut relational = plain.clone();
        relational.model.data_model = DataModel::Relational;
        let names = [
            name("t", &documents, &plain),
            name("u", &documents, &plain),
            name("t", &documents, &skipping),
            name("t", &documents, &deep),
            name("t", &documents, &discovering),
            name("t", &documents, &relational),
            name("t", &documents[1..], &plain),
            name("t", &changed, &plain),
        ];
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(name("t", &documents, &plain), names[0]);
    }
}
