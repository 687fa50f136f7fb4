//! The places of columns as schema files write them: paths from the record.

use crate::json::path::{JsonPath, Step};
use crate::json::schema::{Stride, Way};

/// The greatest element of an array that is a column. Far beyond any that is one; the places before it are held in memory.
const LAST_ELEMENT: usize = 65_535;

/// The way that a path says. The error is the end of a sentence that begins with the path.
pub(super) fn way(path: &str) -> Result<Way, String> {
    let path = JsonPath::parse(path)?;
    let strides = path.steps.into_iter().map(|step| match step {
        Step::Member(name) => Ok(Stride::Member(name)),
        Step::Elements { first, last } if last == Some(first) && first <= LAST_ELEMENT => Ok(Stride::Element(first)),
        Step::Elements { .. } | Step::Any => Err(format!(
            "does not lead to one value; members (.name) and elements up to [{LAST_ELEMENT}] do"
        )),
    });
    strides.collect()
}

/// The path of a way from the row.
pub(super) fn shown(way: &Way) -> String {
    let steps = way.iter().map(|stride| match stride {
        Stride::Member(name) => Step::Member(name.clone()),
        Stride::Element(at) => Step::Elements {
            first: *at,
            last: Some(*at),
        },
        Stride::Rows => Step::ALL,
    });
    JsonPath { steps: steps.collect() }.to_string()
}
