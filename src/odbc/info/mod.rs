//! Answers to SQLGetInfo and SQLGetTypeInfo, as data.

mod conversions;
mod functions;
mod promises;
mod sql92;
mod types;
mod values;

pub use promises::{Promise, promises};
pub use types::type_info;

/// An answer with the width the standard gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A character string.
    Text(String),
    /// `SQLUSMALLINT`.
    U16(u16),
    /// `SQLUINTEGER` or a bit mask.
    U32(u32),
}

/// What depends on the connection.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The DSN, or empty.
    pub data_source: String,
    /// The server's name.
    pub server: String,
}

/// The answer to an information type; none when the number is not one (HY096).
///
/// The driver manager answers for handles (3, 4, 5, 76, 135) and for itself (171): they are none here.
pub fn info(id: u16, facts: &Facts) -> Option<Answer> {
    promises::mask(id).map(Answer::U32).or_else(|| values::value(id, facts))
}

#[cfg(test)]
mod tests;
