//! The standard that programs speak to the driver. System tables say in its words what its own functions answer; the face
//! that speaks it tells them.

use std::fmt;

use datafusion::arrow::datatypes::Field;

use super::type_rules::TypeRules;

/// How a standard describes what the engine has.
pub trait Standard: fmt::Debug + Send + Sync {
    /// A column of a table or of a procedure's result.
    fn column(&self, field: &Field, types: &TypeRules) -> Described;

    /// An input of a procedure; all of them are text.
    fn input(&self, types: &TypeRules) -> Described;

    /// What SQL can do, as names and values.
    fn abilities(&self) -> Vec<Ability>;
}

/// A name of `sys_sqlinfo` and its value.
pub type Ability = (&'static str, String);

/// A type and its sizes in the words of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The type's name.
    pub type_name: &'static str,
    /// The type's number.
    pub type_number: i32,
    /// Characters or digits of the longest value.
    pub size: usize,
    /// Bytes of the longest value.
    pub octets: usize,
    /// Characters that show any value.
    pub display_size: usize,
    /// Digits after the point, or of the fraction of a second, where the type has them.
    pub digits: Option<i32>,
    /// The radix that digits are counted in; none for what is no number.
    pub radix: Option<i32>,
    /// As `octets`, for text and binary only.
    pub char_octets: Option<usize>,
    /// Whether NULL may occur.
    pub nullable: bool,
}
