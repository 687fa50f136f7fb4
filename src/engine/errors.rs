//! DataFusion's errors to ours: the kind, and one sentence without the chain of prefixes.

use std::error::Error as StdError;

use datafusion::arrow::error::ArrowError;
use datafusion::common::utils::datafusion_strsim::levenshtein;
use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;

use crate::error::{Error, Kind};

/// How many names an error about an unknown name suggests.
const SUGGESTIONS: usize = 5;

/// An error of ours as DataFusion carries it through a plan; [`from_datafusion`] finds it again.
pub(super) fn into_datafusion(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// What DataFusion says, in our terms. An error of ours inside it comes back with its kind and its sentence.
pub(super) fn from_datafusion(error: DataFusionError) -> Error {
    translate(&error).caused_by(error)
}

/// What Arrow says, in our terms.
pub(super) fn from_arrow(error: ArrowError) -> Error {
    translate_arrow(&error).caused_by(error)
}

fn translate(error: &DataFusionError) -> Error {
    match error {
        DataFusionError::External(inner) => external(inner.as_ref()),
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => translate(inner),
        DataFusionError::Shared(inner) => translate(inner),
        DataFusionError::Collection(errors) => match errors.first() {
            Some(first) => translate(first),
            None => said(Kind::Internal, "The query failed"),
        },
        DataFusionError::ArrowError(inner, _) => translate_arrow(inner),
        DataFusionError::SchemaError(inner, _) => schema(inner),
        DataFusionError::SQL(inner, _) => said(Kind::Syntax, &inner.to_string()),
        DataFusionError::Plan(text) => plan(text),
        DataFusionError::Configuration(text) => said(Kind::Syntax, text),
        DataFusionError::NotImplemented(text) => Error::new(
            Kind::Unsupported,
            format!("This SQL is not supported: {}", sentence(text)),
        ),
        DataFusionError::Execution(text) => execution(text),
        DataFusionError::ResourcesExhausted(_) => Error::new(
            Kind::Memory,
            "The query needs more memory than one connection may use; ask for fewer columns, or filter before joining, \
             grouping or sorting",
        ),
        DataFusionError::IoError(inner) => Error::new(
            Kind::Memory,
            format!("The query could not use its temporary files: {inner}"),
        ),
        DataFusionError::ExecutionJoin(_) => said(
            Kind::Internal,
            "The driver met a fault of its own while running the query; please report it with the statement",
        ),
        other => said(Kind::Internal, &other.to_string()),
    }
}

fn external(error: &(dyn StdError + Send + Sync + 'static)) -> Error {
    if let Some(ours) = error.downcast_ref::<Error>() {
        Error::new(ours.kind(), ours.message())
    } else if let Some(inner) = error.downcast_ref::<DataFusionError>() {
        translate(inner)
    } else if let Some(inner) = error.downcast_ref::<ArrowError>() {
        translate_arrow(inner)
    } else {
        said(Kind::Internal, &error.to_string())
    }
}

fn translate_arrow(error: &ArrowError) -> Error {
    match error {
        ArrowError::ExternalError(inner) => external(inner.as_ref()),
        ArrowError::DivideByZero => said(Kind::DivisionByZero, "The query divides by zero"),
        ArrowError::ArithmeticOverflow(text) => said(Kind::OutOfRange, text),
        ArrowError::CastError(text) if text.starts_with("Can't cast value") || text.contains("verflow") => {
            said(Kind::OutOfRange, text)
        }
        ArrowError::CastError(text) | ArrowError::ParseError(text) => said(Kind::Conversion, text),
        ArrowError::MemoryError(text) => said(Kind::Memory, text),
        ArrowError::NotYetImplemented(text) => said(Kind::Unsupported, text),
        ArrowError::ComputeError(text) | ArrowError::InvalidArgumentError(text) => execution(text),
        other => said(Kind::Internal, &other.to_string()),
    }
}

fn execution(text: &str) -> Error {
    let folded = text.to_lowercase();
    let kind = if folded.contains("divide by zero") {
        Kind::DivisionByZero
    } else if ["overflow", "out of range", "too large to store", "too small to store"]
        .iter()
        .any(|sign| folded.contains(sign))
    {
        Kind::OutOfRange
    } else {
        Kind::Conversion
    };
    said(kind, text)
}

fn plan(text: &str) -> Error {
    if let Some(rest) = text.strip_prefix("table '")
        && let Some((name, _)) = rest.split_once("' not found")
    {
        let name = name.rsplit('.').next().unwrap_or(name);
        return Error::new(Kind::TableNotFound, format!("There is no table {name}"));
    }
    if let Some(rest) = text.strip_prefix("Invalid function '")
        && let Some((name, rest)) = rest.split_once("'.")
    {
        let hint = rest
            .trim()
            .strip_prefix("Did you mean '")
            .and_then(|rest| rest.split_once('\''));
        return Error::new(
            Kind::Syntax,
            match hint {
                Some((hint, _)) => format!("There is no function {name}; did you mean {hint}?"),
                None => format!("There is no function {name}"),
            },
        );
    }
    if let Some(message) = unfit_argument(text) {
        return Error::new(Kind::Syntax, message);
    }
    said(Kind::Syntax, text)
}

/// A function that takes no argument of this type: DataFusion lists every type it tried. A function of ours says itself
/// what it takes.
fn unfit_argument(text: &str) -> Option<String> {
    if let Some((_, rest)) = text.split_once("' user-defined coercion failed with: External error: ") {
        let (said, _) = rest.split_once(". No function matches").unwrap_or((rest, ""));
        return Some(said.to_owned());
    }
    let (_, rest) = text.split_once("Function '")?;
    let (name, rest) = rest.split_once("' failed to match any signature")?;
    let (_, received) = rest.split_once("but received ")?;
    let (received, _) = received.split_once(" (")?;
    Some(format!(
        "The function {name} takes no argument of type {received}; convert it with CAST"
    ))
}

fn schema(error: &SchemaError) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => Error::new(
            Kind::ColumnNotFound,
            format!(
                "There is no column {}{}",
                written(field),
                suggestion(field, valid_fields)
            ),
        ),
        SchemaError::AmbiguousReference { field } => Error::new(
            Kind::Syntax,
            format!(
                "The column {} could be of several tables; write the table before it, as in t.{}",
                field.name, field.name
            ),
        ),
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            Error::new(
                Kind::Syntax,
                format!("Two columns are called {name}; give one of them another name with AS"),
            )
        }
    }
}

fn written(column: &Column) -> String {
    match &column.relation {
        Some(relation) => format!("{}.{}", relation.table(), column.name),
        None => column.name.clone(),
    }
}

/// The columns most like the one that does not exist.
fn suggestion(wanted: &Column, valid: &[Column]) -> String {
    let folded = wanted.name.to_lowercase();
    let mut near: Vec<_> = valid
        .iter()
        .map(|column| {
            let name = column.name.to_lowercase();
            let part = name.contains(&folded) || folded.contains(&name);
            (!part, levenshtein(&name, &folded), column.name.as_str())
        })
        .collect();
    near.sort_unstable();
    near.dedup_by_key(|(_, _, name)| *name);
    let names: Vec<_> = near.iter().take(SUGGESTIONS).map(|(_, _, name)| *name).collect();
    match (names.is_empty(), near.len() > names.len()) {
        (true, _) => String::new(),
        (false, true) => format!("; columns like it are {}", names.join(", ")),
        (false, false) => format!("; the columns are {}", names.join(", ")),
    }
}

fn said(kind: Kind, text: &str) -> Error {
    Error::new(kind, sentence(text))
}

/// The first line, without the names of the layers it came through.
fn sentence(text: &str) -> String {
    const LAYERS: [&str; 12] = [
        "DataFusion error: ",
        "Error during planning: ",
        "Execution error: ",
        "Arrow error: ",
        "Cast error: ",
        "Parser error: ",
        "Compute error: ",
        "Invalid argument error: ",
        "Optimizer rule 'simplify_expressions' failed",
        "SQL error: ",
        "caused by",
        "type_coercion",
    ];
    let mut line = "";
    for candidate in text.lines().map(str::trim) {
        line = candidate;
        while let Some(rest) = LAYERS.iter().find_map(|layer| line.strip_prefix(layer)) {
            line = rest.trim();
        }
        if !line.is_empty() {
            break;
        }
    }
    let mut characters = line.trim_end_matches('.').chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => "The query failed".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_error_of_ours_survives_every_wrapping() {
        let ours = || Error::new(Kind::SignIn, "Sign in again");
        let plain = into_datafusion(ours());
        let context = into_datafusion(ours()).context("deep").context("deeper");
        let shared = DataFusionError::Shared(Arc::new(into_datafusion(ours())));
        let arrow = DataFusionError::ArrowError(Box::new(ArrowError::ExternalError(Box::new(shared))), None);
        let external = DataFusionError::External(Box::new(into_datafusion(ours())));
        for wrapped in [plain, context, arrow, external] {
            let error = from_datafusion(wrapped);
            assert_eq!((error.kind(), error.message()), (Kind::SignIn, "Sign in again"));
        }
    }

    #[test]
    fn messages_are_one_clean_sentence() {
        let error = from_datafusion(DataFusionError::Plan(
            "Error during planning: no such thing.\nCandidates: …".to_owned(),
        ));
        assert_eq!(error.message(), "No such thing");
        let error = from_arrow(ArrowError::CastError(
            "Cannot cast string 'x' to value of Int64 type".to_owned(),
        ));
        assert_eq!(error.kind(), Kind::Conversion);
        let error = from_datafusion(DataFusionError::Plan(
            "Internal error: Function 'sum' failed to match any signature, errors: Error during planning: Function 'sum' \
             requires Int64, but received String (DataType: Utf8).,Error during planning: …"
                .to_owned(),
        ));
        assert_eq!(
            error.message(),
            "The function sum takes no argument of type String; convert it with CAST"
        );
        let error = from_arrow(ArrowError::CastError("Can't cast value 300 to type Int8".to_owned()));
        assert_eq!(error.kind(), Kind::OutOfRange);
    }
}
