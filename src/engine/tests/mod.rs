//! The engine from statement to rows, over documents in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod bad_documents;
mod documents;
mod file_columns;
mod functions;
mod json;
mod json_rows;
mod listed;
mod models;
mod places;
mod refusals;
mod rules;
mod schema_files;
mod scratch;
mod separate;
mod sql;
mod system_tables;
mod types;
mod views;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;
use datafusion::arrow::array::{Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::scalar::ScalarValue;
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::dialect;
use super::documents::DocumentOptions;
use super::property_entry::PropertyEntry;
use super::rules::Rules;
use super::runtime::{self, Wait};
use super::session::{CATALOG, Options, SCHEMA, SYSTEM_TABLE, Session};
use super::standard::{Ability, Described, Standard};
use super::statement::Rows;
use super::type_rules::TypeRules;
use crate::error::{Error, Kind, Result};
use crate::json::schema::TEXT_LENGTH;
use crate::source::{Content, Document, Listing, Source};

const PEOPLE: &str = r#"[
    {"id": 1, "Name": "Ada", "age": 36, "address": {"city": "London"}, "born": "1815-12-10", "tags": ["a", "b"]},
    {"id": 2, "Name": "Grace", "age": 45, "address": {"city": "New York"}, "born": "1906-12-09", "tags": []},
    {"id": 3, "Name": "Linus", "age": 30, "address": {"city": "Helsinki"}, "born": "1969-12-28", "tags": null}
]"#;

/// A standard that has one type.
#[derive(Debug)]
pub(super) struct Plain;

pub(super) const PLAIN: Plain = Plain;

impl Standard for Plain {
    fn column(&self, field: &Field, _: &TypeRules) -> Described {
        Described {
            type_name: "ANYTHING",
            type_number: 7,
            size: 5,
            octets: 10,
            display_size: 6,
            digits: None,
            radix: None,
            char_octets: Some(10),
            nullable: field.is_nullable(),
        }
    }

    fn input(&self, types: &TypeRules) -> Described {
        self.column(&Field::new("", DataType::Utf8, true), types)
    }

    fn abilities(&self) -> Vec<Ability> {
        vec![("COUNT", "YES".to_owned())]
    }
}

/// Documents in memory that count what is asked of them.
#[derive(Debug, Default)]
struct Fake {
    name: &'static str,
    documents: Mutex<Vec<(String, Vec<Bytes>)>>,
    listings: AtomicUsize,
    chunks: Arc<AtomicUsize>,
    /// Streams end with this error instead of their end.
    failure: Option<Kind>,
    /// The names of the documents that were opened.
    opened: Mutex<Vec<String>>,
    /// What each listing tells.
    warnings: Vec<String>,
    /// Streams wait for ever after their last chunk.
    stalls: bool,
}

impl Fake {
    fn of(name: &'static str, documents: &[(&str, &str)]) -> Self {
        Self {
            name,
            documents: Mutex::new(
                documents
                    .iter()
                    .map(|(name, text)| ((*name).to_owned(), vec![Bytes::from((*text).to_owned())]))
                    .collect(),
            ),
            ..Self::default()
        }
    }

    fn people() -> Self {
        Self::of("people", &[("people.json", PEOPLE)])
    }
}

#[async_trait]
impl Source for Fake {
    fn table_name(&self) -> String {
        self.name.to_owned()
    }

    async fn list(&self) -> Result<Listing> {
        self.listings.fetch_add(1, Ordering::SeqCst);
        let documents = self.documents.lock();
        let document = |(name, chunks): &(String, Vec<Bytes>)| Document {
            name: name.clone(),
            location: name.clone(),
            size: chunks.iter().map(|chunk| chunk.len() as u64).sum(),
            revision: format!("{:?}", chunks.iter().map(Bytes::len).collect::<Vec<_>>()),
            // As the name says.
            modified: name.get(..4).and_then(|year| {
                let year = year.parse().ok()?;
                Some(
                    NaiveDate::from_ymd_opt(year, 2, 3)?
                        .and_hms_micro_opt(4, 5, 6, 789_012)?
                        .and_utc(),
                )
            }),
        };
        Ok(Listing {
            documents: documents.iter().map(document).collect(),
            warnings: self.warnings.clone(),
        })
    }

    async fn open(&self, document: &Document) -> Result<Content> {
        self.opened.lock().push(document.name.clone());
        let documents = self.documents.lock();
        let (_, chunks) = documents.iter().find(|(name, _)| *name == document.name).unwrap();
        let counter = self.chunks.clone();
        let counted = stream::iter(chunks.clone()).map(move |chunk| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(chunk)
        });
        let end = self.failure.map(|kind| Err(Error::new(kind, "The download broke off")));
        if self.stalls {
            return Ok(Content::Arriving(counted.chain(stream::pending()).boxed()));
        }
        Ok(Content::Arriving(counted.chain(stream::iter(end)).boxed()))
    }
}

/// A look at so many records of each document.
fn session_over(source: Fake) -> (Arc<Session>, Arc<Fake>) {
    let documents = DocumentOptions {
        row_scan_depth: 100,
        ..DocumentOptions::default()
    };
    session_with(source, documents)
}

/// The options of a session over documents, and nothing else.
fn options(source: Arc<dyn Source>, documents: DocumentOptions) -> Options {
    Options {
        source: Some(source),
        documents,
        ..bare()
    }
}

/// The options of a session over the people.
fn of_people() -> Options {
    let documents = DocumentOptions {
        row_scan_depth: 100,
        ..DocumentOptions::default()
    };
    options(Arc::new(Fake::people()), documents)
}

/// The options of a session that has nothing.
pub(super) fn bare() -> Options {
    Options {
        source: None,
        oauth: None,
        documents: DocumentOptions::default(),
        rules: Rules::default(),
        views: Vec::new(),
        schemas: None,
        scratch_memory: usize::MAX,
        places: None,
        properties: Vec::new(),
        standard: &PLAIN,
    }
}

fn session_with(source: Fake, documents: DocumentOptions) -> (Arc<Session>, Arc<Fake>) {
    let source = Arc::new(source);
    (Session::new(options(source.clone(), documents)), source)
}

fn without_documents(properties: Vec<PropertyEntry>) -> Arc<Session> {
    Session::new(Options { properties, ..bare() })
}

fn people() -> Arc<Session> {
    session_over(Fake::people()).0
}

fn wait() -> Wait {
    Wait::default()
}

/// The names and the values, as text, that a statement answers.
fn answer(session: &Arc<Session>, sql: &str, parameters: Vec<ScalarValue>) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let session = session.clone();
    let sql = sql.to_owned();
    runtime::run(&wait(), async move {
        let prepared = session.prepare(sql).await?;
        let described = prepared.schema();
        let mut rows = prepared.execute(parameters).await?;
        assert_eq!(rows.schema(), described);
        let mut values = Vec::new();
        while let Some((batch, rest)) = rows.next().await? {
            assert!(batch.num_rows() > 0);
            assert_eq!(batch.schema(), described);
            values.extend(texts(&batch));
            rows = rest;
        }
        let names = described.fields().iter().map(|field| field.name().clone()).collect();
        Ok((names, values))
    })
}

fn texts(batch: &RecordBatch) -> Vec<Vec<String>> {
    (0..batch.num_rows())
        .map(|row| {
            batch
                .columns()
                .iter()
                .map(|column| match column.is_null(row) {
                    true => "NULL".to_owned(),
                    false => array_value_to_string(column, row).unwrap(),
                })
                .collect()
        })
        .collect()
}

/// The names and the values that a statement answers, which has to.
fn both(session: &Arc<Session>, sql: &str) -> (Vec<String>, Vec<Vec<String>>) {
    answer(session, sql, vec![]).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

/// Why a statement answers nothing.
fn problem(session: &Arc<Session>, sql: &str) -> Error {
    match answer(session, sql, vec![]) {
        Err(error) => error,
        Ok((_, rows)) => panic!("{sql} answered {rows:?}"),
    }
}

/// The tables of documents, or why they cannot be told.
fn try_tables(session: &Arc<Session>) -> Result<Vec<String>> {
    let tables = runtime::run(&wait(), session.clone().tables())?;
    let own = tables.into_iter().filter(|table| table.schema == SCHEMA);
    Ok(own.map(|table| table.name).collect())
}

fn tables(session: &Arc<Session>) -> Vec<String> {
    try_tables(session).unwrap()
}

fn rows(sql: &str) -> Vec<Vec<String>> {
    both(&people(), sql).1
}

fn names(sql: &str) -> Vec<String> {
    both(&people(), sql).0
}

fn one(sql: &str) -> String {
    rows(sql)[0][0].clone()
}

fn refused(sql: &str) -> Error {
    problem(&people(), sql)
}

fn text(value: &str) -> ScalarValue {
    ScalarValue::Utf8(Some(value.to_owned()))
}

/// `count` documents of one record, and one document of many records in small chunks.
fn numbers(records: usize, chunk: usize) -> Fake {
    let mut text = String::new();
    for n in 0..records {
        text.push_str(&format!("{{\"n\": {n}, \"text\": \"number {n}\"}}\n"));
    }
    let bytes = Bytes::from(text);
    let chunks = (0..bytes.len().div_ceil(chunk))
        .map(|at| bytes.slice(at * chunk..bytes.len().min((at + 1) * chunk)))
        .collect();
    Fake {
        name: "numbers",
        documents: Mutex::new(vec![("numbers.ndjson".to_owned(), chunks)]),
        ..Fake::default()
    }
}
