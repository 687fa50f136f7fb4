//! Statements that change scratch tables: what they change, and their forms that the engine does not know by itself.

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, CreateTable, Expr, Insert, ObjectName, ObjectNamePart, OnCommit, SetExpr,
    Statement as SqlStatement, TableFactor, TableObject, Value, ValueWithSpan,
    helpers::stmt_create_table::CreateTableBuilder,
};

use crate::engine::session::{CATALOG, INFORMATION_SCHEMA, SCHEMA, TEMP};
use crate::error::{Error, Kind, Result};

use super::columns::{self, Limit};
use super::names::missing;
use super::scope::{self, KnownTable, Names, matching, quoted};
use super::targets;

/// What a statement does to a scratch table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `CREATE TABLE`, `SELECT … INTO`
    Create,
    /// `DROP TABLE`
    Drop,
    /// `INSERT`
    Insert,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
    /// `TRUNCATE`
    Truncate,
}

impl Effect {
    /// Whether it is what the standard calls a searched insert, update or delete, which may find nothing to do.
    pub fn is_of_rows(self) -> bool {
        matches!(self, Self::Insert | Self::Update | Self::Delete)
    }

    pub(super) fn of(statement: &SqlStatement) -> Option<Self> {
        match statement {
            SqlStatement::CreateTable(_) => Some(Self::Create),
            SqlStatement::Drop { .. } => Some(Self::Drop),
            SqlStatement::Insert(_) => Some(Self::Insert),
            SqlStatement::Update(_) => Some(Self::Update),
            SqlStatement::Delete(_) => Some(Self::Delete),
            SqlStatement::Truncate(_) => Some(Self::Truncate),
            _ => None,
        }
    }
}

/// `SELECT … INTO name` to `CREATE TABLE name AS SELECT …`.
pub(super) fn create_from_into(statement: &mut SqlStatement) {
    let SqlStatement::Query(query) = statement else { return };
    let SetExpr::Select(select) = query.body.as_mut() else {
        return;
    };
    let Some(into) = select.into.take() else { return };
    let create = CreateTableBuilder::new(into.name)
        .temporary(into.temporary)
        .query(Some(query.clone()));
    *statement = SqlStatement::CreateTable(create.build());
}

/// The scratch tables that the statement inserts into, updates, deletes from, empties or drops, as they were called when
/// they were made. Those that do not exist are left out where `IF EXISTS` allows it.
///
/// `Kind::TableNotFound` for one that does not exist, `Kind::Syntax` for one of documents, which cannot be changed.
pub(in crate::engine) fn target(statement: &Statement, tables: &[KnownTable]) -> Result<Vec<String>> {
    let Statement::Statement(inner) = statement else {
        return Ok(Vec::new());
    };
    let (names, if_exists) = match inner.as_ref() {
        SqlStatement::Insert(Insert {
            table: TableObject::TableName(name),
            ..
        }) => (vec![name], false),
        changed @ (SqlStatement::Update(_) | SqlStatement::Delete(_)) => {
            let name = targets::relation(changed).and_then(|relation| match relation {
                TableFactor::Table { name, .. } => Some(name),
                _ => None,
            });
            (name.into_iter().collect(), false)
        }
        SqlStatement::Truncate(truncate) => {
            if truncate.partitions.is_some() || truncate.on_cluster.is_some() {
                return Err(unsupported("TRUNCATE of a part of a table"));
            }
            let names = truncate.table_names.iter().map(|table| &table.name);
            (names.collect(), truncate.if_exists)
        }
        SqlStatement::Drop { names, if_exists, .. } => (names.iter().collect(), *if_exists),
        _ => (Vec::new(), false),
    };
    let mut targets = Vec::new();
    for name in names {
        let parts = scope::parts(name).unwrap_or_default();
        match (Names { tables, queries: &[] }).table(&parts) {
            Some((table, _)) if table.schema == TEMP => targets.push(table.name.clone()),
            Some((table, _)) => return Err(read_only(&table.name)),
            None if if_exists => {}
            None => return Err(missing(&parts.join("."), tables)),
        }
    }
    Ok(targets)
}

fn read_only(table: &str) -> Error {
    Error::new(
        Kind::Syntax,
        format!(
            "The table {table} cannot be changed, because documents are read-only; copy it with CREATE TABLE {TEMP}.name \
             AS SELECT … and change the copy"
        ),
    )
}

/// What `CREATE TABLE` says besides its query.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Creation {
    /// The name of the new table in [`TEMP`].
    pub(in crate::engine) name: String,
    /// `IF NOT EXISTS`
    pub(in crate::engine) if_not_exists: bool,
    /// `OR REPLACE`
    pub(in crate::engine) or_replace: bool,
    /// For each column that is declared, how long its values may be.
    pub(in crate::engine) limits: Vec<Option<Limit>>,
    /// Whether there is a query that fills the table.
    pub(in crate::engine) is_filled: bool,
}

/// Spells a `CREATE TABLE` as the engine does; none for another statement.
///
/// `Kind::TableExists` for a name that is taken, `Kind::Unsupported` for a type or constraint there is none for.
pub(in crate::engine) fn create(statement: &mut Statement, tables: &[KnownTable]) -> Result<Option<Creation>> {
    let Statement::Statement(inner) = statement else {
        return Ok(None);
    };
    let SqlStatement::CreateTable(create) = inner.as_mut() else {
        return Ok(None);
    };
    let name = new_name(create, tables)?;
    if let Some(constraint) = create.constraints.first() {
        return Err(columns::no_constraint(&constraint.to_string()));
    }
    let mut limits = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for column in &mut create.columns {
        limits.push(columns::spell(column)?);
        let name = column.name.value.clone();
        if names.contains(&name) {
            return Err(Error::new(
                Kind::ColumnExists,
                format!("Two columns of the new table are called {name}"),
            ));
        }
        names.push(name);
    }
    let creation = Creation {
        name,
        if_not_exists: std::mem::take(&mut create.if_not_exists),
        or_replace: std::mem::take(&mut create.or_replace),
        limits,
        is_filled: create.query.is_some(),
    };
    create.name = path(&creation.name);
    // Every scratch table is what these words ask for.
    create.temporary = false;
    create.global = None;
    create.on_commit = None;
    Ok(Some(creation))
}

/// The name of the new table, which is not taken and not one of another schema.
fn new_name(create: &CreateTable, tables: &[KnownTable]) -> Result<String> {
    let parts = scope::parts(&create.name).unwrap_or_default();
    let (name, qualifiers) = match parts.as_slice() {
        [name] => (name, [].as_slice()),
        [schema, name] => (name, std::slice::from_ref(schema)),
        [catalog, schema, name] if catalog.eq_ignore_ascii_case(CATALOG) => (name, std::slice::from_ref(schema)),
        _ => return Err(unsupported(&format!("A table in {}", create.name))),
    };
    if qualifiers.iter().any(|schema| schema.eq_ignore_ascii_case(SCHEMA)) {
        return Err(Error::new(
            Kind::Syntax,
            format!("The table {name} cannot be made among the documents, which are read-only; write {TEMP}.{name}"),
        ));
    }
    if qualifiers.iter().any(|schema| !schema.eq_ignore_ascii_case(TEMP)) {
        return Err(unsupported(&format!("A table in the schema {}", qualifiers.join("."))));
    }
    if create.global == Some(true) || name.starts_with("##") {
        return Err(unsupported("A table that other connections see"));
    }
    if create
        .on_commit
        .as_ref()
        .is_some_and(|rows| *rows != OnCommit::PreserveRows)
    {
        return Err(unsupported("ON COMMIT other than PRESERVE ROWS"));
    }
    let is_private = create.temporary || !qualifiers.is_empty();
    let taken = tables.iter().filter(|table| match table.schema {
        TEMP => true,
        // Found with its schema only, it is hidden by nothing.
        INFORMATION_SCHEMA => false,
        _ => !is_private,
    });
    let is_replaced = create.if_not_exists || create.or_replace;
    match matching(taken.clone().map(|table| table.name.as_str()), name) {
        Some(found) if is_replaced && taken.clone().any(|table| table.schema == TEMP && table.name == found) => {
            Ok(found.to_owned())
        }
        Some(found) => Err(exists(found)),
        None => Ok(name.clone()),
    }
}

/// A name for a new table that is taken.
pub(in crate::engine) fn exists(name: &str) -> Error {
    Error::new(
        Kind::TableExists,
        format!("There is a table {name} already; drop it first, or choose another name"),
    )
}

fn unsupported(what: &str) -> Error {
    Error::new(
        Kind::Unsupported,
        format!("{what} is not supported; a scratch table is in the schema {TEMP}, for this connection, until it ends"),
    )
}

fn path(name: &str) -> ObjectName {
    let parts = [CATALOG, TEMP, name].map(|part| ObjectNamePart::Identifier(quoted(part)));
    ObjectName(parts.to_vec())
}

/// The markers that each stand for a whole value of a column: the marker's number, and the column's, both from 0.
///
/// `columns` are those of the table. `Kind::ValueCount` for a row of values that has not as many as there are columns.
pub(in crate::engine) fn assigned(statement: &Statement, columns: &[String]) -> Result<Vec<(usize, usize)>> {
    let Statement::Statement(inner) = statement else {
        return Ok(Vec::new());
    };
    let place = |name: &ObjectName| {
        let name = name.0.last()?.as_ident()?;
        let found = matching(columns.iter().map(String::as_str), &name.value)?;
        columns.iter().position(|column| column == found)
    };
    let mut assigned = Vec::new();
    match inner.as_ref() {
        SqlStatement::Insert(insert) => {
            let Some(SetExpr::Values(values)) = insert.source.as_ref().map(|source| source.body.as_ref()) else {
                return Ok(Vec::new());
            };
            let places: Vec<_> = match insert.columns.as_slice() {
                [] => (0..columns.len()).map(Some).collect(),
                named => named.iter().map(place).collect(),
            };
            for row in &values.rows {
                if row.content.len() != places.len() {
                    return Err(value_count(row.content.len(), places.len()));
                }
                let pairs = row.content.iter().zip(&places);
                assigned.extend(pairs.filter_map(|(value, place)| Some((marker(value)?, (*place)?))));
            }
        }
        SqlStatement::Update(update) => {
            let mut set = Vec::new();
            for assignment in &update.assignments {
                let AssignmentTarget::ColumnName(name) = &assignment.target else {
                    continue;
                };
                let Some(place) = place(name) else { continue };
                if set.contains(&place) {
                    return Err(Error::new(Kind::Syntax, format!("UPDATE sets the column {name} twice")));
                }
                set.push(place);
                assigned.extend(marker(&assignment.value).map(|marker| (marker, place)));
            }
        }
        _ => {}
    }
    Ok(assigned)
}

/// An INSERT that has more or fewer values than columns.
fn value_count(values: usize, columns: usize) -> Error {
    Error::new(
        Kind::ValueCount,
        format!("INSERT gives {values} values for {columns} columns; give one for each, or name the columns"),
    )
}

/// Whether the statement is `INSERT … DEFAULT VALUES`.
pub(in crate::engine) fn inserts_defaults(statement: &Statement) -> bool {
    let Statement::Statement(inner) = statement else {
        return false;
    };
    matches!(inner.as_ref(), SqlStatement::Insert(Insert { source: None, assignments, .. }) if assignments.is_empty())
}

/// The number, from 0, of an expression that is a marker and nothing else.
fn marker(value: &Expr) -> Option<usize> {
    let Expr::Value(ValueWithSpan {
        value: Value::Placeholder(name),
        ..
    }) = value
    else {
        return None;
    };
    name.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)
}
