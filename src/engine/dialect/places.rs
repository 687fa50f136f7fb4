//! Places that stand where a table may stand: `"dropbox://reports/2026.json"` and `read_json('…', RowScanDepth => 0)`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Statement, TableAlias, TableFactor, UnaryOperator, Value, VisitMut, VisitorMut,
};

use crate::error::{Error, Kind, Result};

use super::scope::{self, quoted};

/// The function that reads a place with options.
const READ_JSON: &str = "read_json";

/// A place, and how its documents are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Place {
    pub(in crate::engine) uri: String,
    /// Names of properties and their values.
    pub(in crate::engine) options: Vec<(String, String)>,
}

impl Place {
    /// What the table of the place is called in the catalog, for one statement.
    pub(in crate::engine) fn name(&self) -> String {
        let options = self.options.iter().map(|(name, value)| format!("; {name}={value}"));
        std::iter::once(self.uri.clone()).chain(options).collect()
    }
}

/// Puts the name of a table, which `visit` answers for each place, and the alias that it is to have, in the place's stead.
pub(super) fn visit(statement: &mut Statement, visit: &mut dyn FnMut(Place) -> Result<(String, String)>) -> Result<()> {
    match statement.visit(&mut Visits { visit }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Visits<'a> {
    visit: &'a mut dyn FnMut(Place) -> Result<(String, String)>,
}

impl VisitorMut for Visits<'_> {
    type Break = Error;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Error> {
        let TableFactor::Table { name, alias, args, .. } = factor else {
            return ControlFlow::Continue(());
        };
        let Some([written]) = scope::parts(name)
            .as_deref()
            .and_then(|parts| <&[String; 1]>::try_from(parts).ok())
            .cloned()
        else {
            return ControlFlow::Continue(());
        };
        let place = match args {
            None if written.contains("://") => Ok(Place {
                uri: written,
                options: Vec::new(),
            }),
            Some(arguments) if written.eq_ignore_ascii_case(READ_JSON) => called(&arguments.args),
            _ => return ControlFlow::Continue(()),
        };
        match place.and_then(|place| (self.visit)(place)) {
            Ok((table, called)) => {
                *name = scope::object_name(std::iter::once(table.as_str()));
                *args = None;
                alias.get_or_insert_with(|| TableAlias {
                    explicit: true,
                    name: quoted(&called),
                    columns: Vec::new(),
                    at: None,
                });
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(error),
        }
    }
}

/// The place that the arguments of `read_json` say.
fn called(arguments: &[FunctionArg]) -> Result<Place> {
    let Some((FunctionArg::Unnamed(FunctionArgExpr::Expr(uri)), options)) = arguments.split_first() else {
        return Err(wrong());
    };
    let options = options.iter().map(|argument| match argument {
        FunctionArg::Named {
            name,
            arg: FunctionArgExpr::Expr(value),
            ..
        } => Ok((name.value.clone(), constant(value)?)),
        FunctionArg::ExprNamed {
            name: Expr::Identifier(name),
            arg: FunctionArgExpr::Expr(value),
            ..
        } => Ok((name.value.clone(), constant(value)?)),
        _ => Err(wrong()),
    });
    Ok(Place {
        uri: constant(uri)?,
        options: options.collect::<Result<_>>()?,
    })
}

fn constant(value: &Expr) -> Result<String> {
    match value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Ok(text.clone()),
            Value::Number(number, _) => Ok(number.clone()),
            Value::Boolean(truth) => Ok(truth.to_string()),
            _ => Err(wrong()),
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => constant(expr).map(|number| format!("-{number}")),
        _ => Err(wrong()),
    }
}

fn wrong() -> Error {
    Error::new(
        Kind::Syntax,
        "read_json takes a constant text with a URI, and then properties with constant values, as in \
         read_json('dropbox://orders/*.json', RowScanDepth => 0, IncludeSubdirectories => true)",
    )
}
