//! `*` in a statement that names hidden columns: what it stands for must not hold them.

use datafusion::sql::sqlparser::ast::{
    ExcludeSelectItem, JoinConstraint, ObjectName, Select, SelectItem, SelectItemQualifiedWildcardKind,
    WildcardAdditionalOptions,
};

use super::scope::{self, Relation, Scope};

/// Excludes the hidden columns from the wildcards of a SELECT list, whose names are spelled already.
///
/// The planner finds an excluded column by its name alone, and so `*` over several relations becomes `a.*, b.*`.
pub(super) fn leave_out_hidden(select: &mut Select, scope: &Scope) {
    if scope.relations.iter().all(|relation| relation.hidden.is_empty()) {
        return;
    }
    let joins = select.from.iter_mut().flat_map(|table| &mut table.joins);
    let constraints = joins.filter_map(|join| scope::constraint(&mut join.join_operator).cloned());
    let constraints: Vec<_> = constraints.collect();
    let items = std::mem::take(&mut select.projection).into_iter();
    select.projection = items
        .flat_map(|item| without_hidden(item, scope, &constraints))
        .collect();
}

fn without_hidden(item: SelectItem, scope: &Scope, joins: &[JoinConstraint]) -> Vec<SelectItem> {
    match item {
        SelectItem::Wildcard(options) => {
            let relations = scope.relations.as_slice();
            if relations.len() == 1 || relations.iter().any(|relation| relation.path.is_empty()) {
                let mut hiding = relations.iter().filter(|relation| !relation.hidden.is_empty());
                let hidden = hiding.next().map(|relation| relation.hidden.as_slice());
                return vec![SelectItem::Wildcard(excluding(options, hidden.unwrap_or_default()))];
            }
            let items = relations.iter().enumerate().map(|(position, relation)| {
                let before = relations.get(..position).unwrap_or_default();
                let hidden = relation.hidden.iter().cloned();
                let excluded: Vec<_> = hidden.chain(merged(relation, before, joins)).collect();
                let name = scope::object_name(relation.qualifier());
                let kind = SelectItemQualifiedWildcardKind::ObjectName(name);
                let options = excluding(of_relation(options.clone(), relation), &excluded);
                SelectItem::QualifiedWildcard(kind, options)
            });
            items.collect()
        }
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
            let hidden = scope.named(&name).map(|relation| relation.hidden.as_slice());
            let options = excluding(options, hidden.unwrap_or_default());
            let kind = SelectItemQualifiedWildcardKind::ObjectName(name);
            vec![SelectItem::QualifiedWildcard(kind, options)]
        }
        other => vec![other],
    }
}

/// The columns of a relation that a join has made one with those of a relation before it.
fn merged(relation: &Relation, before: &[Relation], joins: &[JoinConstraint]) -> Vec<String> {
    let is_natural = joins.contains(&JoinConstraint::Natural);
    let is_used = |column: &String| {
        joins.iter().any(|constraint| match constraint {
            JoinConstraint::Using(columns) => columns.iter().any(|name| is_named(name, column)),
            _ => false,
        })
    };
    let is_before = |column: &String| {
        before
            .iter()
            .any(|other| other.columns.iter().flatten().any(|name| name == column))
    };
    let columns = relation.columns.iter().flatten();
    let merged = columns.filter(|column| (is_natural || is_used(column)) && is_before(column));
    merged.cloned().collect()
}

/// The options of a wildcard with further columns to exclude.
fn excluding(options: WildcardAdditionalOptions, further: &[String]) -> WildcardAdditionalOptions {
    let mut names = excluded(&options);
    for name in further {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    with_excluded(options, &names)
}

/// The options of a wildcard over all relations for the one over this relation: they exclude columns that it has.
fn of_relation(options: WildcardAdditionalOptions, relation: &Relation) -> WildcardAdditionalOptions {
    let mut names = excluded(&options);
    if relation.columns.is_some() {
        names.retain(|name| relation.all_columns().any(|column| column == name));
    }
    with_excluded(options, &names)
}

fn excluded(options: &WildcardAdditionalOptions) -> Vec<String> {
    let exclude = match &options.opt_exclude {
        Some(ExcludeSelectItem::Single(name)) => std::slice::from_ref(name),
        Some(ExcludeSelectItem::Multiple(names)) => names.as_slice(),
        None => &[],
    };
    let exclude = exclude.iter().filter_map(|name| scope::parts(name)?.pop());
    let except = options.opt_except.iter();
    let except = except.flat_map(|except| std::iter::once(&except.first_element).chain(&except.additional_elements));
    exclude.chain(except.map(|ident| ident.value.clone())).collect()
}

fn with_excluded(options: WildcardAdditionalOptions, names: &[String]) -> WildcardAdditionalOptions {
    let names = names
        .iter()
        .map(|name| scope::object_name(std::iter::once(name.as_str())));
    WildcardAdditionalOptions {
        opt_exclude: (names.len() > 0).then(|| ExcludeSelectItem::Multiple(names.collect())),
        opt_except: None,
        ..options
    }
}

fn is_named(name: &ObjectName, column: &str) -> bool {
    scope::parts(name).is_some_and(|parts| parts.len() == 1 && parts.iter().all(|part| part == column))
}
