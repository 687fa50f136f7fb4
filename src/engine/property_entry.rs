//! A connection property as `sys_connection_props` shows it.

/// One property of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyEntry {
    /// The name that connection strings have.
    pub name: &'static str,
    /// The same name in words, which connection strings take as well.
    pub display_name: String,
    /// One line for people.
    pub description: &'static str,
    /// `String`, `Integer` or `Boolean`.
    pub data_type: &'static str,
    /// The value when none is given; empty for none.
    pub default: &'static str,
    /// The only values allowed, when there is such a list.
    pub values: &'static [&'static str],
    /// The value in force: given, else the default. Never that of a secret, nor a secret part of another.
    pub value: Option<String>,
    /// Its heading.
    pub category: &'static str,
    /// The place of the heading among the others, from 1.
    pub category_ordinal: i32,
    /// Whether its value may never be shown.
    pub is_secret: bool,
    /// The other property, and its values, with which this one means something: `Name=value,value`.
    pub hierarchy: Option<String>,
    /// Whether it is for people to set: the driver manager reads the others.
    pub is_visible: bool,
}
