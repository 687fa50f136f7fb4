//! Queries with names: those in the file of `UserDefinedViews`, and Oracle's table DUAL.

use serde_json::{Map, Value};

use crate::engine::View;
use crate::error::{Error, Kind, Result};

use super::documents::names;
use super::place;
use super::properties::{Id, Properties};

/// The views of a connection: those of `UserDefinedViews`, without those that `Views` leaves out, and `DUAL` where it is
/// asked for.
///
/// `Kind::Property` when they cannot be read.
pub(super) fn of(properties: &Properties) -> Result<Vec<View>> {
    let mut views = match properties.some_text(Id::UserDefinedViews) {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    let listed = names(properties.text(Id::Views));
    let is_listed = |view: &View| {
        listed
            .iter()
            .any(|name| name.to_lowercase() == view.name.to_lowercase())
    };
    views.retain(|view| listed.is_empty() || is_listed(view));
    if place::is(properties, Id::IncludeDualTable) {
        views.push(View::new("DUAL", "SELECT 'X' AS \"DUMMY\"")?);
    }
    Ok(views)
}

/// Reads the views of a file: `{"name": {"query": "SELECT …"}, …}`.
///
/// `Kind::Property` naming the file, and the view with which something is wrong.
fn read(path: &str) -> Result<Vec<View>> {
    let wrong = |problem: String| {
        Error::new(
            Kind::Property,
            format!("The property UserDefinedViews names the file {path}, {problem}."),
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        wrong("which cannot be read; check that it exists and is readable".to_owned()).caused_by(error)
    })?;
    let views: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
        let problem = format!(
            "which is not a JSON object with a member for each view (line {})",
            error.line()
        );
        wrong(problem).caused_by(error)
    })?;
    let view = |(name, value): (&String, &Value)| {
        let query = value.get("query").and_then(Value::as_str);
        let query = query.ok_or_else(|| wrong(format!("whose view {name} has no text called query")))?;
        View::new(name, query).map_err(|error| wrong(format!("whose view {name} cannot be read: {}", error.message())))
    };
    views.iter().map(view).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn views(text: &str) -> Result<Vec<View>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path().to_str().unwrap())
    }

    #[test]
    fn views_are_read_in_their_order() {
        let read =
            views(r#"{"b": {"query": "SELECT 1 AS one"}, "a": {"query": "SELECT TOP 2 [x y] FROM t"}}"#).unwrap();
        let names: Vec<_> = read
            .iter()
            .map(|view| (view.name.as_str(), view.definition.as_str()))
            .collect();
        assert_eq!(names, [("b", "SELECT 1 AS one"), ("a", "SELECT TOP 2 [x y] FROM t")]);
    }

    #[test]
    fn views_leave_the_others_out() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            r#"{"a": {"query": "SELECT 1"}, "B": {"query": "SELECT 2"}, "c": {"query": "SELECT 3"}}"#,
        )
        .unwrap();
        for (list, left) in [("", vec!["a", "B", "c"]), ("b, C ,x", vec!["B", "c"]), ("x", vec![])] {
            let mut properties = Properties::default();
            let text = format!("UserDefinedViews={{{}}};Views={{{list}}}", file.path().display());
            properties
                .add(crate::connection::string::parse(&text).unwrap())
                .unwrap();
            let views = of(&properties).unwrap();
            let names: Vec<_> = views.iter().map(|view| view.name.as_str()).collect();
            assert_eq!(names, left, "{list}");
        }
        assert!(of(&Properties::default()).unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_the_file_and_the_view() {
        for (text, problem) in [
            ("", "which is not a JSON object with a member for each view (line 1)"),
            ("[]", "which is not a JSON object"),
            (r#"{"a": "SELECT 1"}"#, "whose view a has no text called query"),
            (r#"{"a": {"query": "SELECT 'x"}}"#, "whose view a cannot be read: "),
            (
                r#"{"a": {"query": "SELECT ?"}}"#,
                "whose view a cannot be read: A view is a SELECT without parameter",
            ),
            (
                r#"{"a": {"query": "CREATE TABLE t AS SELECT 1"}}"#,
                "whose view a cannot be read: A view is a SELECT",
            ),
        ] {
            let error = views(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Property);
            assert!(error.message().contains(problem), "{error}");
        }
        let error = read("/nowhere/views.json").unwrap_err();
        assert!(
            error.message().contains("/nowhere/views.json, which cannot be read"),
            "{error}"
        );
    }
}
