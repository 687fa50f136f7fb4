//! How documents become tables: which values are rows, and what their columns are called.

use std::collections::BTreeMap;

use crate::error::{Error, Kind, Result};

use super::frame::Framer;
use super::listed::ColumnList;
use super::path::{JsonPath, Step};

/// What the tables of documents are (`DataModel`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DataModel {
    /// One table. Its rows are the elements of the topmost array of objects; arrays in them are JSON text.
    #[default]
    Document,
    /// One table. A row for every combination of the elements of arrays in arrays, which is a join of a row with what lies
    /// in it, and a cross join of arrays that lie side by side.
    FlattenedDocuments,
    /// A table for every array of objects, with keys that join them.
    Relational,
}

/// What stands before the names of columns (`QualifyColumns`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Qualification {
    /// Nothing: names begin at the row.
    #[default]
    None,
    /// The name of the array that the rows are in.
    Parent,
    /// The names from the top of the document.
    Full,
}

/// How documents become tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    /// `DataModel`.
    pub data_model: DataModel,
    /// `JSONPath`: the values that become rows; none where they are to be found.
    pub paths: Vec<JsonPath>,
    /// `JSONFormat=LDJSON`: whether every line is a document of its own.
    pub by_lines: bool,
    /// `JSONFormat=JSONRows`: where a document lists its columns. Its rows, at the one path, are arrays then.
    pub columns: Option<ColumnList>,
    /// `TypeDetectionScheme=None`: whether every column is text, whatever its values.
    pub untyped: bool,
    /// `FlattenObjects`: whether the members of objects are columns, and not the objects as JSON text.
    pub flatten_objects: bool,
    /// `FlattenArrays`: how many elements of an array are columns.
    pub flatten_arrays: usize,
    /// `QualifyColumns`.
    pub qualification: Qualification,
    /// `PathSeparator`: what joins the names on a path to the name of a column.
    pub separator: String,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            data_model: DataModel::default(),
            paths: Vec::new(),
            by_lines: false,
            columns: None,
            untyped: false,
            flatten_objects: true,
            flatten_arrays: 0,
            qualification: Qualification::default(),
            separator: ".".to_owned(),
        }
    }
}

/// The values of `JSONFormat`.
pub const FORMATS: &[&str] = &[JSON, JSON_ROWS, LINES];
const JSON: &str = "JSON";
const JSON_ROWS: &str = "JSONRows";
const LINES: &str = "LDJSON";

/// Where records are cut from a document, and which arrays in them are rows of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// From the document to its records.
    pub path: JsonPath,
    /// The arrays in a record.
    pub(super) rows: RowArrays,
}

impl Frame {
    /// Records at a path, as they are.
    pub fn at(path: JsonPath) -> Self {
        Self {
            path,
            rows: RowArrays::default(),
        }
    }
}

/// Which arrays in a value are rows of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowArrays {
    /// Every array of objects.
    pub(super) every: bool,
    /// The value itself.
    pub(super) here: bool,
    /// In the members of the value, or of its elements.
    members: BTreeMap<Box<str>, RowArrays>,
}

impl RowArrays {
    /// Every array of objects.
    pub(super) const EVERY: &'static Self = &Self {
        every: true,
        here: false,
        members: BTreeMap::new(),
    };

    /// Which arrays in the member `name` are rows; none when there are none.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match self.every {
            true => Some(Self::EVERY),
            false => self.members.get(name),
        }
    }

    /// Whether an array here is rows: one on the way to others is, too, as they lie in its elements.
    pub(super) fn takes_arrays(&self) -> bool {
        self.every || self.here || !self.members.is_empty()
    }

    fn add(&mut self, names: &[&str]) {
        match names.split_first() {
            None => self.here = true,
            Some((name, rest)) => self.members.entry((*name).into()).or_default().add(rest),
        }
    }
}

impl Model {
    /// This model of documents in the format `JSONFormat` says, with their rows where `JSONPath` says.
    ///
    /// The error is the end of a sentence that begins with the path.
    pub fn reading(self, format: &str, path: &str) -> Result<Self, String> {
        if format.eq_ignore_ascii_case(JSON_ROWS) {
            let (columns, rows) = ColumnList::parse(path)?;
            return Ok(Self {
                // A row is a row: there is nothing that a model could make of it.
                data_model: DataModel::Document,
                paths: vec![rows],
                by_lines: false,
                columns: Some(columns),
                ..self
            });
        }
        let paths = path.split(';').map(str::trim).filter(|path| !path.is_empty());
        let paths = paths
            .map(|path| JsonPath::parse(path).map_err(|problem| format!("has the path '{path}', which {problem}")));
        Ok(Self {
            paths: paths.collect::<Result<_, _>>()?,
            by_lines: format.eq_ignore_ascii_case(LINES),
            columns: None,
            ..self
        })
    }

    /// `JSONFormat`.
    pub fn format(&self) -> &'static str {
        match (&self.columns, self.by_lines) {
            (Some(_), _) => JSON_ROWS,
            (None, true) => LINES,
            (None, false) => JSON,
        }
    }

    /// What the one table is called by its path; none where it is called as the documents are.
    pub fn path_name(&self) -> Option<String> {
        // Rows are called rows everywhere.
        let paths = self.columns.is_none().then(|| self.frames().ok().flatten()).flatten();
        let first = paths.as_ref().and_then(|frames| frames.first());
        first.and_then(|frame| frame.path.last_name()).map(str::to_owned)
    }

    /// Where records are cut, by the paths the model names; none where it names none.
    ///
    /// `Kind::Property` for more than one path of a model with one table that takes one.
    pub fn frames(&self) -> Result<Option<Vec<Frame>>> {
        match (self.data_model, self.paths.as_slice()) {
            (_, []) => Ok(None),
            (DataModel::Document, [path]) => Ok(Some(vec![Frame::at(plain(path))])),
            (DataModel::Document, _) => Err(Error::new(
                Kind::Property,
                "The property JSONPath has several paths, of which DataModel=Document takes one; name one, or set \
                 DataModel=Relational or FlattenedDocuments.",
            )),
            (DataModel::Relational, paths) => Ok(Some(separate(paths))),
            (DataModel::FlattenedDocuments, paths) => Ok(Some(vec![common(paths)])),
        }
    }

    /// Cuts the records at a path from the document that errors call `name`.
    pub fn framer(&self, name: &str, path: &JsonPath) -> Framer {
        match self.by_lines {
            true => Framer::lines(name, path),
            false => Framer::at(name, path),
        }
    }

    /// Where records are cut in documents whose topmost array of objects is at `path`, and which arrays in them are rows.
    pub fn found(&self, path: JsonPath) -> Frame {
        match self.data_model {
            DataModel::Document => Frame::at(path),
            DataModel::FlattenedDocuments | DataModel::Relational => Frame {
                path,
                rows: RowArrays::EVERY.clone(),
            },
        }
    }
}

/// A path without steps that say what is done anyway: an array on the way is gone through, and one at the end is rows.
pub(super) fn plain(path: &JsonPath) -> JsonPath {
    let steps = path.steps.iter().filter(|step| **step != Step::ALL);
    JsonPath {
        steps: steps.cloned().collect(),
    }
}

/// The names of a path that has nothing but names.
pub(super) fn names(steps: &[Step]) -> Option<Vec<&str>> {
    steps
        .iter()
        .map(|step| match step {
            Step::Member(name) => Some(&**name),
            Step::Any | Step::Elements { .. } => None,
        })
        .collect()
}

/// A frame for every path that lies in no other, with the others in it. What is reached by anything but names has a
/// frame of its own.
fn separate(paths: &[JsonPath]) -> Vec<Frame> {
    let mut paths: Vec<_> = paths.iter().map(plain).collect();
    paths.sort_by_key(|path| path.steps.len());
    let mut frames: Vec<Frame> = Vec::new();
    for path in paths {
        let within = frames.iter_mut().find_map(|frame| {
            let rest = path.steps.strip_prefix(frame.path.steps.as_slice())?;
            Some((frame, names(rest)?))
        });
        match within {
            Some((frame, rest)) if !rest.is_empty() => frame.rows.add(&rest),
            // The same path twice.
            Some(_) => {}
            None => frames.push(Frame::at(path)),
        }
    }
    frames
}

/// One frame with all paths in it: that of the path that holds them all, or of what they have in common.
fn common(paths: &[JsonPath]) -> Frame {
    let paths: Vec<_> = paths.iter().map(plain).collect();
    let first = paths.first().map(|path| path.steps.as_slice()).unwrap_or_default();
    let shared = |length: &usize| {
        let start = first.get(..*length);
        paths
            .iter()
            .all(|path| path.steps.get(..*length) == start && names(path.steps.get(*length..).unwrap_or(&[])).is_some())
    };
    let length = (0..=first.len()).rev().find(shared).unwrap_or_default();
    let mut frame = Frame::at(JsonPath {
        steps: first.get(..length).unwrap_or_default().to_vec(),
    });
    for path in &paths {
        if let Some(rest) = path.steps.get(length..).and_then(names)
            && !rest.is_empty()
        {
            frame.rows.add(&rest);
        }
    }
    frame
}
