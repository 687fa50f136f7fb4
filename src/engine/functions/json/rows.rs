//! A JSON text to a list of rows, for `OPENJSON` and `UNNEST`.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, StringBuilder, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::engine::errors::into_datafusion;
use crate::error::{Error, Kind, Result};
use crate::json::path::{JsonPath, Step};
use crate::json::{Value, select, write};

use super::{Found, answers, not_json};

/// What the rows are made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) enum Made {
    /// A row for each element of an array; one for anything else, JSON or not. Its one column is the value.
    Elements,
    /// A row for each member or element of the value at the path: its name, its value, and the number of its kind.
    Entries(JsonPath),
    /// A row for each value that the path leads to, or each element of the one array; for each column the path from
    /// there, and whether it holds objects and arrays only.
    Objects(JsonPath, Vec<(JsonPath, bool)>),
}

/// A function of one text, whose answer is a list of structures. Their members are texts, called `0`, `1`, ….
#[derive(Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct JsonRows {
    made: Made,
    signature: Signature,
}

impl JsonRows {
    pub(in crate::engine) fn new(made: Made) -> Self {
        Self {
            made,
            signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable),
        }
    }

    fn fields(&self) -> Fields {
        let count = match &self.made {
            Made::Elements => 1,
            Made::Entries(_) => 3,
            Made::Objects(_, columns) => columns.len(),
        };
        (0..count)
            .map(|at| Field::new(at.to_string(), DataType::Utf8, true))
            .collect()
    }

    /// Adds the rows of one text; answers how many.
    fn add(&self, text: &str, table: &mut Table) -> Result<usize> {
        let malformed = |malformed| not_json("openjson", text, &malformed);
        match &self.made {
            Made::Elements => {
                let elements = match text.trim_start().starts_with('[') {
                    true => select::select(text, &every_element()).ok(),
                    false => None,
                };
                let Some(elements) = elements else {
                    table.add([Some(text)])?;
                    return Ok(1);
                };
                let rows = elements.len();
                for element in elements {
                    table.add([answers::any(Found::just("unnest", element)).as_deref()])?;
                }
                Ok(rows)
            }
            Made::Entries(path) => {
                let found = select::select(text, path).map_err(malformed)?;
                let [Value::Nested(value)] = found.as_slice() else {
                    return Ok(0);
                };
                let entries = select::entries(value).map_err(malformed)?;
                let rows = entries.len();
                for (name, value) in entries {
                    let kind = kind(&value);
                    let value = answers::any(Found::just("openjson", value));
                    table.add([Some(name.as_ref()), value.as_deref(), Some(kind)])?;
                }
                Ok(rows)
            }
            Made::Objects(path, columns) => {
                let found = select::select(text, path).map_err(malformed)?;
                match found.as_slice() {
                    [Value::Nested(array)] if path.is_definite() && array.starts_with('[') => {
                        let elements = select::select(array, &every_element()).map_err(malformed)?;
                        objects(&elements, columns, table)
                    }
                    // A scalar is no object, and there is none for a row.
                    [value] if path.is_definite() && !matches!(value, Value::Nested(_)) => Ok(0),
                    values => objects(values, columns, table),
                }
            }
        }
    }
}

fn every_element() -> JsonPath {
    JsonPath { steps: vec![Step::ALL] }
}

/// Adds a row for each value.
fn objects(values: &[Value<'_>], columns: &[(JsonPath, bool)], table: &mut Table) -> Result<usize> {
    for value in values {
        let object = write::one(value);
        let cells = columns.iter().map(|(path, is_nested)| {
            // It was cut out of a text that has been read to its end.
            let found = Found {
                function: "openjson",
                values: select::select(&object, path).unwrap_or_default(),
                is_definite: path.is_definite(),
            };
            match is_nested {
                true => answers::nested(found),
                false => answers::any(found),
            }
        });
        let cells: Vec<_> = cells.collect();
        table.add(cells.iter().map(Option::as_deref))?;
    }
    Ok(values.len())
}

/// SQL Server's number for the kind of a value.
fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "0",
        Value::Text(_) => "1",
        Value::Number(_) => "2",
        Value::Boolean(_) => "3",
        Value::Nested(written) if written.starts_with('[') => "4",
        Value::Nested(_) => "5",
    }
}

/// The columns of the rows, as they grow.
struct Table {
    columns: Vec<StringBuilder>,
}

impl Table {
    fn add<'a>(&mut self, cells: impl IntoIterator<Item = Option<&'a str>>) -> Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            let length = column.values_slice().len() + cell.map_or(0, str::len);
            if i32::try_from(length).is_err() {
                return Err(Error::new(
                    Kind::Memory,
                    "The rows made of JSON texts have more than 2 GB in one column of a batch; name fewer columns",
                ));
            }
            column.append_option(cell);
        }
        Ok(())
    }
}

impl ScalarUDFImpl for JsonRows {
    fn name(&self) -> &str {
        "json_rows"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::new_list(DataType::Struct(self.fields()), true))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let texts = match arguments.args.as_slice() {
            [texts] => texts.to_array(arguments.number_rows)?,
            _ => return Err(DataFusionError::Internal("rows are made of one text".to_owned())),
        };
        let texts = texts.as_string::<i32>();
        let fields = self.fields();
        let mut table = Table {
            columns: fields.iter().map(|_| StringBuilder::new()).collect(),
        };
        let mut lengths = Vec::with_capacity(texts.len());
        for text in texts {
            lengths.push(match text {
                Some(text) => self.add(text, &mut table).map_err(into_datafusion)?,
                None => 0,
            });
        }
        let rows = lengths.iter().sum();
        let columns = table.columns.iter_mut();
        let columns: Vec<_> = columns.map(|column| Arc::new(column.finish()) as ArrayRef).collect();
        let items = StructArray::try_new_with_length(fields.clone(), columns, None, rows)?;
        let item = Arc::new(Field::new_list_field(DataType::Struct(fields), true));
        let offsets = OffsetBuffer::from_lengths(lengths);
        let lists = ListArray::try_new(item, offsets, Arc::new(items), texts.nulls().cloned())?;
        Ok(ColumnarValue::Array(Arc::new(lists)))
    }
}
