//! Which names can be meant at a place in a statement: relations with their columns, aliases, common table expressions.

use datafusion::sql::sqlparser::ast::{
    Cte, Expr, Ident, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableFactor, TableWithJoins,
};

use crate::engine::session::{CATALOG, INFORMATION_SCHEMA, SCHEMA, SYSTEM, TEMP};
use crate::json::path::JsonPath;

use super::applies::RowSource;

/// A table of the catalog and its columns.
#[derive(Clone, Debug)]
pub(in crate::engine) struct KnownTable {
    /// [`SCHEMA`], [`TEMP`], [`SYSTEM`] or [`INFORMATION_SCHEMA`].
    pub(in crate::engine) schema: &'static str,
    pub(in crate::engine) name: String,
    pub(in crate::engine) columns: Vec<String>,
    /// Columns that can be named and that `*` does not stand for. None in a statement that names none of them.
    pub(in crate::engine) hidden: Vec<String>,
    /// Columns in which arrays or objects were seen, as JSON texts.
    pub(in crate::engine) nested: Vec<String>,
    /// Whether it is one of the driver's own, which no message offers in the place of a document.
    pub(in crate::engine) is_system: bool,
}

impl KnownTable {
    /// A table of documents, whose columns are not known yet.
    pub(in crate::engine) fn of_documents(name: String) -> Self {
        Self {
            schema: SCHEMA,
            name,
            columns: Vec::new(),
            hidden: Vec::new(),
            nested: Vec::new(),
            is_system: false,
        }
    }

    /// Its name as messages show it.
    pub(super) fn shown(&self) -> String {
        match self.schema {
            TEMP => format!("{TEMP}.{}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// Something rows come from.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// What may stand before a column: an alias, or catalog, schema and table, of which the first may be left out.
    pub(super) path: Vec<String>,
    /// How many parts of the path the statement itself writes.
    pub(super) written: usize,
    /// Its columns; none when they cannot be known before planning (table functions).
    pub(super) columns: Option<Vec<String>>,
    /// Columns that `*` does not stand for.
    pub(super) hidden: Vec<String>,
    /// Columns that a longer name may lead into.
    pub(super) nested: Vec<String>,
}

/// A value inside a column, that a name such as `vehicles.1.type` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inside {
    /// The qualifier of the column, as the engine will know it.
    pub(super) qualifier: Vec<String>,
    pub(super) column: String,
    /// The path from the column's value.
    pub(super) path: String,
    /// The name as it is written, without the qualifier.
    pub(super) written: String,
}

/// The names one query or one SELECT adds to those around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) relations: Vec<Relation>,
    pub(super) aliases: Vec<String>,
    /// Whether an alias hides a column of the same name, as it does in ORDER BY.
    pub(super) aliases_first: bool,
}

/// A common table expression in force, and its columns where they can be known.
pub(super) type NamedQuery = (String, Option<Vec<String>>);

/// What a name may refer to outside of any query.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) tables: &'a [KnownTable],
    pub(super) queries: &'a [NamedQuery],
}

/// The one of `candidates` that `wanted` means: spelled the same, or the only spelling that differs by case alone.
pub(super) fn matching<'c>(candidates: impl Iterator<Item = &'c str> + Clone, wanted: &str) -> Option<&'c str> {
    if let Some(exact) = candidates.clone().find(|candidate| *candidate == wanted) {
        return Some(exact);
    }
    let folded = wanted.to_lowercase();
    let mut alike = candidates.filter(|candidate| candidate.to_lowercase() == folded);
    let first = alike.next()?;
    alike.all(|other| other == first).then_some(first)
}

/// The identifiers of a name; none when a part is not an identifier.
pub(super) fn parts(name: &ObjectName) -> Option<Vec<String>> {
    name.0
        .iter()
        .map(|part| part.as_ident().map(|ident| ident.value.clone()))
        .collect()
}

impl<'a> Names<'a> {
    /// The table that the parts of a name mean, and how many of catalog and schema they write before it.
    ///
    /// A table name may itself hold dots: `sales.2024` is found written with and without quotes. Without its
    /// schema a scratch table hides a document of the same name, and a document a system table.
    pub(super) fn table(&self, parts: &[String]) -> Option<(&'a KnownTable, usize)> {
        let catalog = parts.first().is_some_and(|part| part.eq_ignore_ascii_case(CATALOG));
        let schema = |at: usize, schema: &str| parts.get(at).is_some_and(|part| part.eq_ignore_ascii_case(schema));
        let readings = [TEMP, SCHEMA, SYSTEM].map(|name| (name, 0)).into_iter();
        let qualified = [TEMP, SCHEMA, SYSTEM, INFORMATION_SCHEMA].into_iter();
        let readings = readings.chain(qualified.filter_map(|name| match schema(0, name) {
            true => Some((name, 1)),
            false => (catalog && schema(1, name)).then_some((name, 2)),
        }));
        readings.into_iter().find_map(|(schema, qualifiers)| {
            let name = parts.get(qualifiers..).filter(|rest| !rest.is_empty())?.join(".");
            let tables = self.tables.iter().filter(|table| table.schema == schema);
            let found = matching(tables.clone().map(|table| table.name.as_str()), &name)?;
            let table = tables.into_iter().find(|table| table.name == found)?;
            Some((table, qualifiers))
        })
    }

    /// The common table expression of this name.
    pub(super) fn query(&self, name: &str) -> Option<&'a NamedQuery> {
        let found = matching(self.queries.iter().map(|(name, _)| name.as_str()), name)?;
        self.queries.iter().rev().find(|(name, _)| name == found)
    }

    /// What a SELECT may name.
    pub(super) fn of_select(&self, select: &Select) -> Scope {
        let mut relations = Vec::new();
        for table in &select.from {
            self.add_joined(table, &mut relations);
        }
        Scope {
            relations,
            aliases: select.projection.iter().filter_map(alias).collect(),
            aliases_first: false,
        }
    }

    /// What a statement that changes this table may name.
    pub(super) fn of_target(&self, table: &TableWithJoins) -> Scope {
        let mut relations = Vec::new();
        self.add_joined(table, &mut relations);
        Scope {
            relations,
            ..Scope::default()
        }
    }

    /// What the ORDER BY of a query may name.
    pub(super) fn of_order_by(&self, query: &Query) -> Scope {
        if let SetExpr::Select(select) = query.body.as_ref() {
            return Scope {
                aliases_first: true,
                ..self.of_select(select)
            };
        }
        Scope {
            aliases: self.columns_of_body(&query.body).unwrap_or_default(),
            aliases_first: true,
            ..Scope::default()
        }
    }

    /// What a common table expression is called, and its columns.
    pub(super) fn named_query(&self, cte: &Cte) -> NamedQuery {
        let columns = renamed(&cte.alias, self.columns_of(&cte.query));
        (cte.alias.name.value.clone(), columns)
    }

    /// The names of a query's columns; none when they cannot be known before planning.
    fn columns_of(&self, query: &Query) -> Option<Vec<String>> {
        let Some(with) = &query.with else {
            return self.columns_of_body(&query.body);
        };
        let mut queries = self.queries.to_vec();
        for cte in &with.cte_tables {
            let named = Names {
                tables: self.tables,
                queries: &queries,
            }
            .named_query(cte);
            queries.push(named);
        }
        Names {
            tables: self.tables,
            queries: &queries,
        }
        .columns_of_body(&query.body)
    }

    fn columns_of_body(&self, body: &SetExpr) -> Option<Vec<String>> {
        let mut body = body;
        loop {
            match body {
                SetExpr::Select(select) => return self.columns_of_select(select),
                SetExpr::Query(query) => return self.columns_of(query),
                SetExpr::SetOperation { left, .. } => body = left,
                _ => return None,
            }
        }
    }

    fn columns_of_select(&self, select: &Select) -> Option<Vec<String>> {
        let scope = self.of_select(select);
        let mut columns = Vec::new();
        for item in &select.projection {
            match item {
                SelectItem::Wildcard(_) => {
                    for relation in &scope.relations {
                        columns.extend(relation.columns.clone()?);
                    }
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    columns.extend(scope.relation(&parts(name)?)?.columns.clone()?);
                }
                SelectItem::UnnamedExpr(Expr::Identifier(ident)) => {
                    columns.push(scope.spelling(std::slice::from_ref(&ident.value)));
                }
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(idents)) => {
                    let names: Vec<_> = idents.iter().map(|ident| ident.value.clone()).collect();
                    columns.push(scope.spelling(&names));
                }
                named => columns.extend(alias(named)),
            }
        }
        Some(columns)
    }

    fn add_joined(&self, table: &TableWithJoins, relations: &mut Vec<Relation>) {
        self.add(&table.relation, relations);
        for join in &table.joins {
            self.add(&join.relation, relations);
        }
    }

    fn add(&self, factor: &TableFactor, relations: &mut Vec<Relation>) {
        if let Some(source) = RowSource::of(factor) {
            relations.push(Relation {
                path: vec![source.name],
                written: 1,
                columns: Some(source.columns),
                hidden: Vec::new(),
                nested: source.nested,
            });
            return;
        }
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                ..
            } => relations.push(self.named_relation(name, alias.as_ref())),
            TableFactor::Derived { subquery, alias, .. } => {
                relations.push(aliased(alias.as_ref(), self.columns_of(subquery)));
            }
            TableFactor::NestedJoin {
                table_with_joins,
                alias: None,
            } => self.add_joined(table_with_joins, relations),
            TableFactor::Table { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::UNNEST { alias, .. }
            | TableFactor::NestedJoin { alias, .. } => relations.push(aliased(alias.as_ref(), None)),
            _ => relations.push(aliased(None, None)),
        }
    }

    fn named_relation(&self, name: &ObjectName, alias: Option<&TableAlias>) -> Relation {
        let parts = parts(name).unwrap_or_default();
        let (path, written, columns, hidden, nested) = match (parts.as_slice(), self.table(&parts)) {
            ([single], _) if self.query(single).is_some() => {
                let (name, columns) = self.query(single).cloned().unwrap_or_default();
                (vec![name], 1, columns, Vec::new(), Vec::new())
            }
            (_, Some((table, qualifiers))) => (
                vec![CATALOG.to_owned(), table.schema.to_owned(), table.name.clone()],
                qualifiers + 1,
                Some(table.columns.clone()),
                table.hidden.clone(),
                table.nested.clone(),
            ),
            // The engine's own tables (information_schema) are spelled in lower case.
            (unknown, None) => (
                unknown.iter().map(|part| part.to_lowercase()).collect(),
                unknown.len(),
                None,
                Vec::new(),
                Vec::new(),
            ),
        };
        match alias {
            Some(alias) => {
                let own = columns.clone().unwrap_or_default();
                let aliased = aliased(Some(alias), columns);
                let renamed = own.iter().zip(aliased.columns.iter().flatten());
                let nested = renamed.filter(|(own, _)| nested.contains(own));
                Relation {
                    hidden,
                    nested: nested.map(|(_, name)| name.clone()).collect(),
                    ..aliased
                }
            }
            None => Relation {
                path,
                written,
                columns,
                hidden,
                nested,
            },
        }
    }
}

impl Relation {
    /// The part of the path that the statement writes.
    pub(super) fn qualifier(&self) -> impl Iterator<Item = &str> {
        let skipped = self.path.len().saturating_sub(self.written);
        self.path.iter().skip(skipped).map(String::as_str)
    }

    /// The columns that can be named, as far as they are known.
    pub(super) fn all_columns(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().flatten().chain(&self.hidden).map(String::as_str)
    }
}

impl Scope {
    /// The relation that the name before `.*` means.
    pub(super) fn named(&self, name: &ObjectName) -> Option<&Relation> {
        parts(name).and_then(|parts| self.relation(&parts))
    }

    /// The relation that the qualifier of a column means.
    pub(super) fn relation(&self, qualifier: &[String]) -> Option<&Relation> {
        let means = |relation: &&Relation, same: fn(&str, &str) -> bool| {
            !qualifier.is_empty()
                && qualifier.len() <= relation.path.len()
                && qualifier
                    .iter()
                    .rev()
                    .zip(relation.path.iter().rev())
                    .all(|(wanted, part)| same(wanted, part))
        };
        self.relations
            .iter()
            .find(|relation| means(relation, |a, b| a == b))
            .or_else(|| {
                self.relations
                    .iter()
                    .find(|relation| means(relation, |a, b| a.to_lowercase() == b.to_lowercase()))
            })
    }

    /// The column that the parts of a name mean: its qualifier as the engine will know it, and its name.
    pub(super) fn column(&self, parts: &[String]) -> Option<(Vec<String>, String)> {
        for split in (1..parts.len()).rev() {
            let (qualifier, rest) = parts.split_at_checked(split)?;
            let Some(relation) = self.relation(qualifier) else {
                continue;
            };
            let columns = relation.all_columns();
            if let Some(column) = matching(columns, &rest.join(".")) {
                return Some((relation.qualifier().map(str::to_owned).collect(), column.to_owned()));
            }
        }
        let name = parts.join(".");
        let columns = self.relations.iter().flat_map(Relation::all_columns);
        let aliases = self.aliases.iter().map(String::as_str);
        let found = if self.aliases_first {
            matching(aliases, &name).or_else(|| matching(columns, &name))
        } else {
            matching(columns, &name).or_else(|| matching(aliases, &name))
        };
        found.map(|column| (Vec::new(), column.to_owned()))
    }

    /// The value inside a column that the parts of a name mean, which mean no column: the longest beginning of them that
    /// is one in which arrays or objects were seen.
    pub(super) fn inside(&self, parts: &[String]) -> Option<Inside> {
        for split in (0..parts.len()).rev() {
            let (qualifier, rest) = parts.split_at_checked(split)?;
            let written = rest.join(".");
            let relations: Vec<_> = match split {
                0 => self.relations.iter().collect(),
                _ => self.relation(qualifier).into_iter().collect(),
            };
            let columns = relations.iter().flat_map(|relation| &relation.nested);
            let ends = written.char_indices().rev().filter(|(_, c)| matches!(c, '.' | '['));
            let found = ends.into_iter().find_map(|(at, _)| {
                let (name, path) = written.split_at_checked(at)?;
                let column = matching(columns.clone().map(String::as_str), name)?;
                JsonPath::parse(path).ok()?;
                Some((column.to_owned(), path.to_owned()))
            });
            if let Some((column, path)) = found {
                let qualifier = relations.first().filter(|_| split > 0);
                let qualifier = qualifier.iter().flat_map(|relation| relation.qualifier());
                return Some(Inside {
                    qualifier: qualifier.map(str::to_owned).collect(),
                    column,
                    path,
                    written,
                });
            }
        }
        None
    }

    fn spelling(&self, parts: &[String]) -> String {
        if let Some((_, column)) = self.column(parts) {
            return column;
        }
        match self.inside(parts) {
            Some(inside) => inside.written,
            None => parts.last().map(|part| part.to_lowercase()).unwrap_or_default(),
        }
    }
}

fn alias(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
        _ => None,
    }
}

fn aliased(alias: Option<&TableAlias>, columns: Option<Vec<String>>) -> Relation {
    Relation {
        path: alias.iter().map(|alias| alias.name.value.clone()).collect(),
        written: usize::from(alias.is_some()),
        columns: match alias {
            Some(alias) => renamed(alias, columns),
            None => columns,
        },
        hidden: Vec::new(),
        nested: Vec::new(),
    }
}

/// The columns after `AS t(a, b)` has renamed the first of them.
fn renamed(alias: &TableAlias, columns: Option<Vec<String>>) -> Option<Vec<String>> {
    let given = alias.columns.iter().map(|column: &_| column.name.value.clone());
    match columns {
        None if alias.columns.is_empty() => None,
        None => Some(given.collect()),
        Some(columns) => Some(given.chain(columns.into_iter().skip(alias.columns.len())).collect()),
    }
}

/// An identifier that means exactly this spelling.
pub(super) fn quoted(name: &str) -> Ident {
    Ident::with_quote('"', name)
}

/// The expression that is a column.
pub(super) fn column(qualifier: &[String], column: &str) -> Expr {
    if qualifier.is_empty() {
        return Expr::Identifier(quoted(column));
    }
    let path = qualifier.iter().map(String::as_str).chain([column]);
    Expr::CompoundIdentifier(path.map(quoted).collect())
}

/// The name with these parts, each of which means exactly its spelling.
pub(super) fn object_name<'n>(parts: impl Iterator<Item = &'n str>) -> ObjectName {
    ObjectName(parts.map(|part| ObjectNamePart::Identifier(quoted(part))).collect())
}

/// What a join says of the columns it is made by.
pub(super) fn constraint(operator: &mut JoinOperator) -> Option<&mut JoinConstraint> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::Semi(constraint)
        | JoinOperator::LeftSemi(constraint)
        | JoinOperator::RightSemi(constraint)
        | JoinOperator::Anti(constraint)
        | JoinOperator::LeftAnti(constraint)
        | JoinOperator::RightAnti(constraint) => Some(constraint),
        _ => None,
    }
}
