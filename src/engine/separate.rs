//! A table for every document (`AggregateFiles=false`), called as the document is.

use std::collections::HashSet;
use std::sync::Arc;

use futures::{StreamExt, stream};

use crate::error::{Error, Kind, Result};
use crate::json::{Table, first_free};
use crate::source::{Document, Source};

use super::documents::DocumentOptions;
use super::recollection;
use super::sampling::{Cuts, Sample};

/// What the documents tell, each by itself.
#[derive(Default)]
pub(super) struct Separate {
    /// The tables, where their records are, and the location of the document that they are in.
    pub(super) tables: Vec<(Table, Cuts, String)>,
    /// The documents that cannot be read, and why.
    pub(super) left_out: Vec<(Document, Error)>,
}

/// Learns the tables of every document. One that has nothing where `JSONPath` says has no table, unless none has.
pub(super) async fn sample(
    source: &Arc<dyn Source>,
    documents: &[Document],
    options: &DocumentOptions,
) -> Result<Separate> {
    let own = DocumentOptions {
        // Each is the one that its tables are found in.
        discovery: None,
        ..options.clone()
    };
    let mut separate = Separate::default();
    let mut names = HashSet::new();
    let mut absent = None;
    let mut samples = stream::iter(documents.to_vec())
        .map(|document| {
            let (source, own) = (source.clone(), own.clone());
            async move {
                let name = names_of(&document).next().unwrap_or_default();
                let sample = recollection::sample(&source, &name, std::slice::from_ref(&document), &own).await;
                (document, sample)
            }
        })
        .buffered(source.at_once());
    while let Some((document, sample)) = samples.next().await {
        match sample {
            Ok(sample) => separate.add(&document, sample, documents.len() > 1, &mut names),
            Err(problem) if options.skips_bad && problem.kind() == Kind::Document => {
                separate.left_out.push((document, problem));
            }
            Err(problem) if problem.kind() == Kind::Property => absent = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    if separate.tables.is_empty()
        && let Some(problem) = absent.or_else(|| separate.left_out.pop().map(|(_, problem)| problem))
    {
        return Err(problem);
    }
    Ok(separate)
}

impl Separate {
    /// Adds the tables of a document, by names that no other has. Among several documents their names begin with its own.
    fn add(&mut self, document: &Document, sample: Sample, among_several: bool, taken: &mut HashSet<String>) {
        let own = names_of(document).next().unwrap_or_default();
        let is_taken = |name: &str| taken.contains(&name.to_lowercase());
        let called = first_free(names_of(document), is_taken);
        let is_one = sample.tables.len() == 1;
        let name = |found: &str| match (among_several, is_one || found.to_lowercase() == own.to_lowercase()) {
            (false, _) => found.to_owned(),
            (true, true) => called.clone(),
            (true, false) => first_free(std::iter::once(format!("{called}_{found}")), is_taken),
        };
        let tables: Vec<_> = sample
            .tables
            .into_iter()
            .map(|table| Table {
                name: name(&table.name),
                parent: table.parent.map(|(column, parent)| (column, name(&parent))),
                ..table
            })
            .collect();
        for table in tables {
            taken.insert(table.name.to_lowercase());
            self.tables
                .push((table, sample.cuts.clone(), document.location.clone()));
        }
    }
}

/// What the table of a document may be called: as the file is, without its extensions, or with folders before it.
fn names_of(document: &Document) -> impl Iterator<Item = String> {
    let path = document.name.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, path)| path);
    let mut steps: Vec<_> = path
        .split('/')
        .filter(|step| !step.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(file) = steps.last_mut() {
        let name = file.trim_start_matches('.');
        *file = name.split_once('.').map_or(name, |(stem, _)| stem).to_owned();
    }
    (0..steps.len().max(1)).rev().map(move |from| {
        let name = steps.iter().skip(from).cloned().collect::<Vec<_>>().join("_");
        if name.is_empty() { "json".to_owned() } else { name }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_document_gives_its_name_and_then_its_folders() {
        for (name, expected) in [
            (
                "/data/orders/2026.json.gz",
                vec!["2026", "orders_2026", "data_orders_2026"],
            ),
            ("dropbox:///a/.b.json", vec!["b", "a_b"]),
            (
                "https://example.com/v1/people?page=1.2",
                vec!["people", "v1_people", "example.com_v1_people"],
            ),
            ("", vec!["json"]),
        ] {
            let document = Document {
                name: name.to_owned(),
                location: String::new(),
                size: 0,
                revision: String::new(),
                modified: None,
            };
            assert_eq!(names_of(&document).collect::<Vec<_>>(), expected, "{name}");
        }
    }
}
