//! What the values of a column have been so far, and the narrowest type that holds them all unchanged.

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use super::cursor::Value;
use super::number::{self, Number};
use super::temporal;

/// The types a column may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    Boolean,
    Bigint,
    Double,
    Date,
    Timestamp,
    Text,
}

impl ColumnType {
    /// The Arrow type of the column.
    pub(super) fn arrow(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Bigint => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Text => DataType::Utf8,
        }
    }
}

/// The kinds of values seen in one column.
///
/// | Seen | Type |
/// |---|---|
/// | nothing but `null` | text |
/// | `true`, `false` | boolean |
/// | integers of 64 bits | bigint |
/// | numbers, while a double equals every integer among them | double |
/// | `YYYY-MM-DD` | date |
/// | timestamps, or timestamps and dates | timestamp |
/// | any other mixture, arrays, empty objects, numbers no type holds | text |
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    boolean: bool,
    integer: bool,
    /// An integer that no double equals.
    inexact: bool,
    double: bool,
    date: bool,
    timestamp: bool,
    text: bool,
    longest: usize,
}

impl Evidence {
    /// Takes one more value into account.
    pub(super) fn observe(&mut self, value: &Value<'_>) {
        let length = match value {
            Value::Null => return,
            Value::Boolean(boolean) => {
                self.boolean = true;
                boolean.to_string().len()
            }
            Value::Number(written) => {
                match number::parse(written) {
                    Number::Integer(integer) => {
                        self.integer = true;
                        self.inexact |= number::exact_double(integer).is_none();
                    }
                    Number::Double(_) => self.double = true,
                    Number::Beyond => self.text = true,
                }
                written.len()
            }
            Value::Text(text) => {
                if temporal::date(text).is_some() {
                    self.date = true;
                } else if temporal::timestamp(text).is_some() {
                    self.timestamp = true;
                } else {
                    self.text = true;
                }
                text.chars().count()
            }
            Value::Nested(text) => {
                self.text = true;
                text.chars().count()
            }
        };
        self.longest = self.longest.max(length);
    }

    /// Takes into account what is known of values elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        self.boolean |= other.boolean;
        self.integer |= other.integer;
        self.inexact |= other.inexact;
        self.double |= other.double;
        self.date |= other.date;
        self.timestamp |= other.timestamp;
        self.text |= other.text;
        self.longest = self.longest.max(other.longest);
    }

    /// Whether every value was `null`.
    pub(super) fn is_empty(&self) -> bool {
        !(self.boolean || self.is_number() || self.is_moment() || self.text)
    }

    /// The type of the column.
    pub(super) fn column_type(&self) -> ColumnType {
        match (self.boolean, self.is_number(), self.is_moment(), self.text) {
            (true, false, false, false) => ColumnType::Boolean,
            (false, true, false, false) if !self.double => ColumnType::Bigint,
            (false, true, false, false) if !self.inexact => ColumnType::Double,
            (false, false, true, false) if !self.timestamp => ColumnType::Date,
            (false, false, true, false) => ColumnType::Timestamp,
            _ => ColumnType::Text,
        }
    }

    /// The longest value as text, in characters.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    fn is_number(&self) -> bool {
        self.integer || self.double
    }

    fn is_moment(&self) -> bool {
        self.date || self.timestamp
    }
}
