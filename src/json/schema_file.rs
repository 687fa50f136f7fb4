//! Schema files: a text that pins where a table's records are, and the names, types and places of its columns.
//!
//! ```json
//! {
//!   "version": 1,
//!   "table": "people",
//!   "uri": "dropbox:///people.json",
//!   "jsonFormat": "JSON",
//!   "jsonPath": "$.people",
//!   "columns": [
//!     {"name": "id", "type": "BIGINT", "path": "$.id"},
//!     {"name": "city", "type": "VARCHAR(20)", "path": "$.address.city"}
//!   ]
//! }
//! ```

mod types;
mod ways;

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

use super::model::{FORMATS, Model, plain};
use super::path::JsonPath;
use super::schema::{Level, Place, Rows, Stride, TableSchema};
pub(super) use types::type_of;
use ways::{shown, way};

/// The version of the format.
const VERSION: u64 = 1;

/// A table as a schema file describes it.
#[derive(Clone, Debug)]
pub struct SchemaFile {
    /// What the table is called.
    pub table: String,
    /// Where its documents are; none where they are the connection's.
    pub uri: Option<String>,
    /// Where the records are in them.
    pub model: Model,
    /// The columns.
    pub schema: TableSchema,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    version: u64,
    table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(default = "format")]
    json_format: String,
    #[serde(default = "path")]
    json_path: String,
    columns: Vec<WrittenColumn>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    name: String,
    r#type: String,
    path: Paths,
}

/// The one path of a column, or several: of member names with a separator in them, one of which a record has.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Several(Vec<String>),
}

/// What is asked of a file of any version.
#[derive(Deserialize)]
struct Header {
    version: u64,
}

fn format() -> String {
    Model::default().format().to_owned()
}

fn path() -> String {
    JsonPath::default().to_string()
}

impl SchemaFile {
    /// Reads the text of the schema file that errors call `file`. `Kind::Property` for anything in it that cannot be followed.
    pub fn read(file: &str, text: &str) -> Result<Self> {
        Self::read_text(file, text)
            .map_err(|problem| Error::new(Kind::Property, format!("The schema file {file} {problem}.")))
    }

    fn read_text(file: &str, text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let not_it = |error: serde_json::Error| format!("cannot be read: {error}");
        let Header { version } = serde_json::from_str(text).map_err(not_it)?;
        if version != VERSION {
            return Err(format!(
                "is of version {version}, but this Latchkey reads version {VERSION}; update Latchkey, or have CreateSchema \
                 write the file again"
            ));
        }
        let written: Written = serde_json::from_str(text).map_err(not_it)?;
        if written.table.trim().is_empty() {
            return Err("gives its table no name".to_owned());
        }
        if !FORMATS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&written.json_format))
        {
            let (format, known) = (&written.json_format, FORMATS.join(", "));
            return Err(format!("has the jsonFormat \"{format}\"; it must be one of {known}"));
        }
        let model = Model::default().reading(&written.json_format, &written.json_path);
        let model = model.map_err(|problem| format!("has a jsonPath that cannot be read: it {problem}"))?;
        if model.paths.len() > 1 {
            return Err("has several paths in jsonPath; a table has one".to_owned());
        }
        if written.columns.is_empty() {
            return Err("has no columns".to_owned());
        }
        let (mut fields, mut places) = (Vec::new(), Vec::new());
        let (mut names, mut taken) = (HashSet::new(), HashSet::new());
        for WrittenColumn { name, r#type, path } in written.columns {
            let field = types::field(&name, &r#type).ok_or_else(|| {
                format!(
                    "gives the column \"{name}\" the type {}, which is none of {}",
                    r#type,
                    types::KNOWN
                )
            })?;
            let paths = match path {
                Paths::One(path) => vec![path],
                Paths::Several(paths) => paths,
            };
            let ways = paths.iter().map(|path| {
                way(path).map_err(|problem| format!("gives the column \"{name}\" the path '{path}', which {problem}"))
            });
            let ways = ways.collect::<Result<Vec<_>, _>>()?;
            if ways.is_empty() {
                return Err(format!("gives the column \"{name}\" no path"));
            }
            if let Some(again) = ways.iter().find(|way| !taken.insert((*way).clone())) {
                return Err(format!("has two columns with the path {}", shown(again)));
            }
            if !names.insert(name.clone()) {
                return Err(format!("has two columns \"{name}\""));
            }
            fields.push(field);
            places.push(Place::Values { level: 0, ways });
        }
        Ok(Self {
            table: written.table,
            uri: written.uri.filter(|uri| !uri.trim().is_empty()),
            schema: TableSchema {
                arrow: Arc::new(Schema::new(fields)),
                places: places.into(),
                levels: [Level::default()].into(),
                beside: [].into(),
                rows: Rows::Of(0),
                whole_objects: false,
                separator: model.separator.as_str().into(),
                file: Some(file.into()),
            },
            model,
        })
    }

    /// The path to the records in a document.
    pub fn records(&self) -> JsonPath {
        self.model.paths.first().map(plain).unwrap_or_default()
    }

    /// The text of a schema file that describes a table which was found: its rows are the records at `path`, or what lies
    /// there in documents of the model's format.
    ///
    /// `Kind::Unsupported` for a table that is made of several arrays, or has keys.
    pub fn text(
        table: &str,
        uri: Option<&str>,
        model: &Model,
        path: &JsonPath,
        schema: &TableSchema,
    ) -> Result<String> {
        if schema.levels.len() != 1 {
            return Err(several_arrays(table));
        }
        let fields = schema.arrow.fields().iter().zip(schema.places.iter());
        let columns = fields.map(|(field, place)| match place {
            Place::Key { .. } => Err(several_arrays(table)),
            Place::Values { ways, .. } => Ok(WrittenColumn {
                name: field.name().clone(),
                r#type: types::text(field, true),
                path: match ways.as_slice() {
                    [way] => Paths::One(shown(way)),
                    ways => Paths::Several(ways.iter().map(shown).collect()),
                },
            }),
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        if columns.is_empty() {
            let text =
                format!("The table {table} has no columns, so that there is nothing that a schema file could say.");
            return Err(Error::new(Kind::Unsupported, text));
        }
        let written = Written {
            version: VERSION,
            table: table.to_owned(),
            uri: uri.map(str::to_owned),
            json_format: model.format().to_owned(),
            json_path: match &model.columns {
                Some(columns) => columns.with_rows(path).to_string(),
                None => path.to_string(),
            },
            columns,
        };
        pretty(&written)
            .map_err(|error| Error::new(Kind::Internal, "A schema file could not be written.").caused_by(error))
    }
}

/// JSON for people: a column on each line.
fn pretty(written: &Written) -> serde_json::Result<String> {
    let head = Written {
        columns: Vec::new(),
        uri: written.uri.clone(),
        table: written.table.clone(),
        json_format: written.json_format.clone(),
        json_path: written.json_path.clone(),
        ..*written
    };
    let head = serde_json::to_string_pretty(&head)?;
    let columns = written.columns.iter().map(serde_json::to_string);
    let columns = columns.collect::<serde_json::Result<Vec<_>>>()?.join(",\n    ");
    let head = head.trim_end_matches("[]\n}");
    Ok(format!("{head}[\n    {columns}\n  ]\n}}\n"))
}

fn several_arrays(table: &str) -> Error {
    let text = format!(
        "A schema file describes a table of DataModel=Document, and {table} is made with the keys or the arrays of another \
         model. Name its records with JSONPath, and leave DataModel out."
    );
    Error::new(Kind::Unsupported, text)
}

impl TableSchema {
    /// The name of a column that a schema file pins, and the members that lead to its values, where only members do.
    pub fn pinned_members(&self, is_wanted: impl Fn(&str) -> bool) -> Option<(String, Vec<String>)> {
        let mut fields = self.arrow.fields().iter().filter(|_| self.is_pinned());
        let at = fields.position(|field| is_wanted(field.name()))?;
        let Place::Values { ways, .. } = self.places.get(at)? else {
            return None;
        };
        let members = ways.first()?.iter().map(|stride| match stride {
            Stride::Member(name) => Some(name.to_string()),
            Stride::Element(_) | Stride::Rows => None,
        });
        Some((
            self.arrow.fields().get(at)?.name().clone(),
            members.collect::<Option<_>>()?,
        ))
    }

    /// What is said of a value of the type `found` that does not fit its column, where a schema file pins it.
    pub(super) fn contradiction(&self, column: &str, value: &str, found: &str) -> Option<String> {
        let file = self.file.as_deref()?;
        let at = self.arrow.fields().iter().position(|field| field.name() == column)?;
        let (field, place) = (self.arrow.fields().get(at)?, self.places.get(at)?);
        let Place::Values { ways, .. } = place else { return None };
        let paths: Vec<_> = ways.iter().map(shown).collect();
        Some(format!(
            "the value at {}, {value}, is {found}, but the schema file {file} says that the column \"{column}\" is {}. \
             Change its type there to one that takes both, as VARCHAR does, or take the column out.",
            paths.join(" or "),
            types::text(field, false),
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;
