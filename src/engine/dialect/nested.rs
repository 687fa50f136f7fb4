//! Names that lead into JSON texts (`vehicles.1.type`), and `DOCUMENT(*)`, which puts a row together again.

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, SelectItem, Value,
};

use crate::engine::functions::{DOCUMENT, NESTED_VALUE};
use crate::error::{Error, Kind, Result};

use super::scope::{self, Inside, Relation, Scope, quoted};

/// The expression for a value inside a column.
pub(super) fn value(inside: Inside) -> Expr {
    let column = scope::column(&inside.qualifier, &inside.column);
    call(NESTED_VALUE, vec![column, text(&inside.path)])
}

/// Gives an item of a SELECT list that is a value inside a column its own name, as a column has it.
pub(super) fn keep_name(item: &mut SelectItem, scope: &Scope) {
    let idents = match &*item {
        SelectItem::UnnamedExpr(Expr::Identifier(ident)) => std::slice::from_ref(ident),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(idents)) => idents.as_slice(),
        _ => return,
    };
    let parts: Vec<_> = idents.iter().map(|ident| ident.value.clone()).collect();
    if scope.column(&parts).is_some() {
        return;
    }
    if let Some(inside) = scope.inside(&parts) {
        *item = SelectItem::ExprWithAlias {
            alias: quoted(&inside.written),
            expr: value(inside),
        };
    }
}

/// `DOCUMENT(*)` and `DOCUMENT(table.*)` to names and values by turns. Of several tables each is an object of its own.
///
/// `Kind::Unsupported` where the columns are not known.
pub(super) fn expand_document(function: &mut Function, scopes: &[Scope]) -> Result<()> {
    let name = scope::parts(&function.name).unwrap_or_default();
    let FunctionArguments::List(list) = &mut function.args else {
        return Ok(());
    };
    let [FunctionArg::Unnamed(argument)] = list.args.as_slice() else {
        return Ok(());
    };
    if !matches!(name.as_slice(), [name] if name.eq_ignore_ascii_case(DOCUMENT)) {
        return Ok(());
    }
    let mut scopes = scopes.iter().rev().filter(|scope| !scope.relations.is_empty());
    let relations: Vec<&Relation> = match argument {
        FunctionArgExpr::Wildcard => scopes.next().into_iter().flat_map(|scope| &scope.relations).collect(),
        FunctionArgExpr::QualifiedWildcard(table) => scopes.find_map(|scope| scope.named(table)).into_iter().collect(),
        _ => return Ok(()),
    };
    let mut arguments = Vec::new();
    for relation in &relations {
        let Some(columns) = &relation.columns else {
            return Err(unknown_columns());
        };
        let before = match (relations.as_slice(), relation.path.last()) {
            ([_, _, ..], Some(table)) => format!("{table}."),
            _ => String::new(),
        };
        let qualifier: Vec<_> = relation.qualifier().map(str::to_owned).collect();
        for column in columns {
            arguments.push(text(&format!("{before}{column}")));
            arguments.push(scope::column(&qualifier, column));
        }
    }
    if arguments.is_empty() {
        return Err(unknown_columns());
    }
    list.args = unnamed(arguments);
    Ok(())
}

fn unknown_columns() -> Error {
    Error::new(
        Kind::Unsupported,
        "DOCUMENT(*) needs a table in FROM whose columns are known; write DOCUMENT(table.*) for one of several",
    )
}

fn text(text: &str) -> Expr {
    Expr::value(Value::SingleQuotedString(text.to_owned()))
}

fn unnamed(arguments: Vec<Expr>) -> Vec<FunctionArg> {
    let arguments = arguments.into_iter().map(FunctionArgExpr::Expr);
    arguments.map(FunctionArg::Unnamed).collect()
}

fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let list = FunctionArgumentList {
        duplicate_treatment: None,
        args: unnamed(arguments),
        clauses: Vec::new(),
    };
    Expr::Function(Function {
        name: scope::object_name(std::iter::once(name)),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
