//! Capability bits: every one is a promise, held by a statement that runs.

use super::{conversions, functions, sql92};

/// A bit of a bit mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The information type.
    pub id: u16,
    /// The bit's name in the standard.
    pub name: &'static str,
    /// The bit.
    pub bit: u32,
    /// Whether it is set.
    pub kept: bool,
    /// A statement that runs if and only if the bit is set; several, separated by `; `, where one needs another before it.
    pub sentence: String,
}

/// A row of the tables of bits.
#[derive(Debug)]
pub(super) struct Bit {
    pub(super) name: &'static str,
    pub(super) bit: u32,
    pub(super) kept: bool,
    pub(super) sentence: &'static str,
}

/// A bit that is set, since its statement runs.
pub(super) const fn kept(name: &'static str, bit: u32, sentence: &'static str) -> Bit {
    Bit {
        name,
        bit,
        kept: true,
        sentence,
    }
}

/// A bit that is not set, since its statement does not run.
pub(super) const fn not_kept(name: &'static str, bit: u32, sentence: &'static str) -> Bit {
    Bit {
        name,
        bit,
        kept: false,
        sentence,
    }
}

/// Every bit whose promise is a statement.
pub fn promises() -> Vec<Promise> {
    sql92::promises()
        .chain(functions::promises())
        .chain(conversions::promises())
        .collect()
}

/// The bit mask of an information type; none when it is not one of those masks.
pub(super) fn mask(id: u16) -> Option<u32> {
    sql92::mask(id)
        .or_else(|| functions::mask(id))
        .or_else(|| conversions::mask(id))
}
