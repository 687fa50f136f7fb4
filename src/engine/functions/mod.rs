//! Functions the engine does not have by itself, most of them as SQL Server has them.

mod calendar;
mod checked;
mod convert;
mod json;
mod parts;
mod pattern;
mod plus;
mod row;
mod soundex;
mod text;

pub(super) use checked::CheckedArithmetic;
pub(super) use convert::{DEFAULT_STYLE, is_style};
pub(super) use json::{DOCUMENT, JsonRows, Made, NESTED_VALUE, path as json_path};
pub(super) use parts::Part;
pub(super) use plus::JoinedTexts;

use std::collections::BTreeSet;

use datafusion::common::utils::datafusion_strsim::levenshtein;
use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::ScalarUDF;
use once_cell::sync::Lazy;

use row::{Function, RowFunction};

/// The functions to register; one stands in for the engine's own where that has the name and another meaning.
pub(super) fn all() -> impl Iterator<Item = ScalarUDF> {
    own()
        .map(|function| ScalarUDF::new_from_impl(RowFunction::new(function)))
        .chain(json::all())
}

/// Whether there is a function called `name`, without regard to case.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name.to_lowercase())
}

/// The function whose name is most like `name`, if any is like it.
pub(super) fn most_like(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let likeness = |known: &&String| (levenshtein(known, &name), known.len());
    let nearest = KNOWN.iter().min_by_key(likeness)?;
    (levenshtein(nearest, &name) <= name.len() / 3).then_some(nearest.as_str())
}

static KNOWN: Lazy<BTreeSet<String>> = Lazy::new(|| {
    // The planner has these by itself.
    let mut known = BTreeSet::from(["unnest", "unnest_outer"].map(str::to_owned));
    let mut add = |name: &str, aliases: &[String]| {
        known.insert(name.to_owned());
        known.extend(aliases.iter().cloned());
    };
    for function in SessionStateDefaults::default_scalar_functions() {
        add(function.name(), function.aliases());
    }
    for function in SessionStateDefaults::default_higher_order_functions() {
        add(function.name(), function.aliases());
    }
    for function in SessionStateDefaults::default_aggregate_functions() {
        add(function.name(), function.aliases());
    }
    for function in SessionStateDefaults::default_window_functions() {
        add(function.name(), function.aliases());
    }
    for name in own().map(|function| function.name).chain(json::names()) {
        add(name, &[]);
    }
    known
});

fn own() -> impl Iterator<Item = &'static Function> {
    [calendar::FUNCTIONS, convert::FUNCTIONS, text::FUNCTIONS, json::TESTS]
        .into_iter()
        .flatten()
}
