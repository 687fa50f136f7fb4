//! Functions of texts that hold JSON: `JSON_EXTRACT(text, path)` and its kin. NULL for NULL.

mod answers;
mod document;
mod rows;

pub(in crate::engine) use rows::{JsonRows, Made};

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;

use crate::engine::errors::into_datafusion;
use crate::error::{Error, Kind, Result};
use crate::json::path::JsonPath;
use crate::json::{Malformed, Value, select};

/// The function that a name such as `vehicles.1.type` stands for: what is not there, or not JSON, is NULL.
pub(in crate::engine) const NESTED_VALUE: &str = "nested_value";
/// The function that `DOCUMENT(*)` stands for.
pub(in crate::engine) const DOCUMENT: &str = document::NAME;

/// Characters of a text that an error shows.
const SHOWN: usize = 40;

/// The functions to register.
pub(super) fn all() -> impl Iterator<Item = ScalarUDF> {
    let own = answers::FUNCTIONS.iter();
    own.map(|function| ScalarUDF::new_from_impl(JsonFunction::new(function)))
        .chain(std::iter::once(ScalarUDF::new_from_impl(document::Document::default())))
}

/// Those of them that are computed row by row from all their arguments.
pub(super) const TESTS: &[super::row::Function] = answers::TESTS;

/// The names of the functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    answers::FUNCTIONS
        .iter()
        .map(|function| function.name)
        .chain(std::iter::once(DOCUMENT))
}

/// Reads a path that an argument of `function` is.
pub(in crate::engine) fn path(function: &str, text: &str) -> Result<JsonPath> {
    // SQL Server's word for what a path is here anyway: what is not there is NULL.
    let steps = text.trim_start();
    let read = match steps.strip_prefix("lax ") {
        Some(steps) => JsonPath::parse(steps),
        None if steps.starts_with("strict ") => Err("is strict, which is not supported: what is not there is NULL"),
        None => JsonPath::parse(steps),
    };
    read.map_err(|problem| {
        let message = format!("The path '{text}' of {} {problem}", function.to_uppercase());
        Error::new(Kind::Syntax, message)
    })
}

/// The error for an argument of `function` that is not JSON.
pub(in crate::engine) fn not_json(function: &str, text: &str, malformed: &Malformed) -> Error {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let Malformed { offset, problem } = malformed;
    Error::new(
        Kind::Conversion,
        format!(
            "{} was given a text that is not JSON: {problem} (byte {} of '{shown}')",
            function.to_uppercase(),
            offset + 1
        ),
    )
}

/// What a path has found in one text.
struct Found<'a> {
    function: &'static str,
    values: Vec<Value<'a>>,
    /// Whether the path leads to one value at most.
    is_definite: bool,
}

/// What a function makes of what was found.
enum Body {
    Text(for<'a> fn(Found<'a>) -> Option<Cow<'a, str>>),
    Whole(fn(Found<'_>) -> Option<usize>),
    Number(fn(Found<'_>) -> Result<Option<f64>>),
}

/// What a function does with a text that is not JSON.
#[derive(Clone, Copy, PartialEq)]
enum Malformation {
    IsAnError,
    IsNull,
}

/// A function of a text and a path.
struct Function {
    name: &'static str,
    /// Whether the path may be left out, and is then the whole text.
    may_lack_path: bool,
    malformation: Malformation,
    body: Body,
}

/// A [`Function`] as the engine calls it.
#[derive(Clone)]
struct JsonFunction {
    function: &'static Function,
    signature: Signature,
}

impl JsonFunction {
    fn new(function: &'static Function) -> Self {
        Self {
            function,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    /// What `path` finds in `text`; none where the function takes a text that is not JSON for NULL.
    fn find<'a>(&self, text: &'a str, path: &JsonPath) -> Result<Option<Found<'a>>> {
        match select::select(text, path) {
            Ok(values) => Ok(Some(Found {
                function: self.function.name,
                values,
                is_definite: path.is_definite(),
            })),
            Err(_) if self.function.malformation == Malformation::IsNull => Ok(None),
            Err(malformed) => Err(not_json(self.function.name, text, &malformed)),
        }
    }

    /// What `body` makes of each of the texts.
    fn each<'a, T>(
        &self,
        texts: &'a StringArray,
        paths: &Paths,
        body: impl Fn(Found<'a>) -> Result<Option<T>>,
    ) -> Result<Vec<Option<T>>> {
        let row = |at: usize| {
            if texts.is_null(at) {
                return Ok(None);
            }
            let path = match paths {
                Paths::Same(path) => Cow::Borrowed(path),
                Paths::Each(paths) if paths.is_null(at) => return Ok(None),
                Paths::Each(paths) => Cow::Owned(path(self.function.name, paths.value(at))?),
            };
            self.find(texts.value(at), &path)?.map_or(Ok(None), &body)
        };
        (0..texts.len()).map(row).collect()
    }
}

/// The paths of a batch.
enum Paths {
    Same(JsonPath),
    Each(StringArray),
}

impl std::fmt::Debug for JsonFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("JsonFunction").field(&self.function.name).finish()
    }
}

impl PartialEq for JsonFunction {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for JsonFunction {}

impl Hash for JsonFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl ScalarUDFImpl for JsonFunction {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>, DataFusionError> {
        let fewest = if self.function.may_lack_path { 1 } else { 2 };
        if !(fewest..=2).contains(&types.len()) {
            let message = format!(
                "{} takes a text that holds JSON and a path such as '$.name' or '[0].name'",
                self.function.name.to_uppercase()
            );
            return Err(into_datafusion(Error::new(Kind::Syntax, message)));
        }
        Ok(vec![DataType::Utf8; types.len()])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(match self.function.body {
            Body::Text(_) => DataType::Utf8,
            Body::Whole(_) => DataType::Int64,
            Body::Number(_) => DataType::Float64,
        })
    }

    /// A path that is known already and wrong is an error before the first row.
    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef, DataFusionError> {
        if let Some(Some(given)) = arguments.scalar_arguments.get(1)
            && let Some(Some(text)) = given.try_as_str()
        {
            path(self.name(), text).map_err(into_datafusion)?;
        }
        Ok(Arc::new(Field::new(self.name(), self.return_type(&[])?, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let is_constant = arguments
            .args
            .iter()
            .all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if is_constant { 1 } else { arguments.number_rows };
        let paths = match arguments.args.get(1) {
            None => Paths::Same(JsonPath::default()),
            Some(ColumnarValue::Scalar(given)) => match given.try_as_str().flatten() {
                Some(text) => Paths::Same(path(self.name(), text).map_err(into_datafusion)?),
                None => return Ok(ColumnarValue::Scalar(ScalarValue::try_from(arguments.return_type())?)),
            },
            Some(ColumnarValue::Array(given)) => Paths::Each(given.as_string().clone()),
        };
        let texts = arguments.args.first().map(|texts| texts.to_array(rows)).transpose()?;
        let texts = texts.unwrap_or_else(|| Arc::new(StringArray::new_null(rows)));
        let texts = texts.as_string();
        let answers: Result<ArrayRef> = match self.function.body {
            Body::Text(body) => self
                .each(texts, &paths, |found| Ok(body(found)))
                .map(|answers| Arc::new(StringArray::from_iter(answers)) as ArrayRef),
            Body::Whole(body) => {
                let body = |found: Found<'_>| Ok(body(found).and_then(|count| i64::try_from(count).ok()));
                let answers = self.each(texts, &paths, body);
                answers.map(|answers| Arc::new(Int64Array::from(answers)) as ArrayRef)
            }
            Body::Number(body) => self
                .each(texts, &paths, body)
                .map(|answers| Arc::new(Float64Array::from(answers)) as ArrayRef),
        };
        let answers = answers.map_err(into_datafusion)?;
        match is_constant {
            true => ScalarValue::try_from_array(&answers, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(answers)),
        }
    }
}
