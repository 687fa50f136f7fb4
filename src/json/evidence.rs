//! What the values of a column have been so far, and the narrowest type that holds them all unchanged.

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use super::cursor::Value;
use super::number::{self, DECIMAL_DIGITS, Extent, Number};
use super::temporal::{self, Temporal};

/// The types a column may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    Boolean,
    Bigint,
    Double,
    /// With so many digits behind the point.
    Decimal(u8),
    Date,
    Time,
    Timestamp {
        unit: TimeUnit,
        zoned: bool,
    },
    Text,
}

impl ColumnType {
    /// The Arrow type of the column.
    pub(super) fn arrow(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Bigint => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Decimal(scale) => DataType::Decimal128(DECIMAL_DIGITS, scale.try_into().unwrap_or_default()),
            Self::Date => DataType::Date32,
            // The engine compares times of one unit only, and its own are of this.
            Self::Time => DataType::Time64(TimeUnit::Nanosecond),
            Self::Timestamp { unit, .. } => DataType::Timestamp(unit, None),
            Self::Text => DataType::Utf8,
        }
    }
}

/// The kinds of values seen in one column. The table of types in docs/sql.md says what becomes of them, and a test runs
/// each of its rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    boolean: bool,
    numbers: Numbers,
    moments: Moments,
    time: bool,
    text: bool,
    /// An array or an object.
    nested: bool,
    longest: usize,
}

impl Evidence {
    /// Takes one more value into account.
    pub(super) fn observe(&mut self, value: &Value<'_>) {
        let length = match value {
            Value::Null => return,
            Value::Boolean(boolean) => {
                self.boolean = true;
                if *boolean { "true".len() } else { "false".len() }
            }
            Value::Number(written) => {
                self.numbers.observe(written);
                written.len()
            }
            Value::Text(text) => {
                match temporal::read(text) {
                    Some(Temporal::Time(_)) => self.time = true,
                    Some(moment) => self.moments.observe(moment),
                    None => self.text = true,
                }
                text.chars().count()
            }
            Value::Nested(text) => {
                self.text = true;
                self.nested = true;
                text.chars().count()
            }
        };
        self.longest = self.longest.max(length);
    }

    /// Takes into account what is known of values elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        self.boolean |= other.boolean;
        self.numbers.merge(&other.numbers);
        self.moments.merge(&other.moments);
        self.time |= other.time;
        self.text |= other.text;
        self.nested |= other.nested;
        self.longest = self.longest.max(other.longest);
    }

    /// Whether every value was `null`.
    pub(super) fn is_empty(&self) -> bool {
        !(self.boolean || self.numbers.any() || self.moments.any() || self.time || self.text)
    }

    /// The type of the column.
    pub(super) fn column_type(&self) -> ColumnType {
        let kinds = (
            self.boolean,
            self.numbers.any(),
            self.moments.any(),
            self.time,
            self.text,
        );
        let narrowest = match kinds {
            (true, false, false, false, false) => Some(ColumnType::Boolean),
            (false, true, false, false, false) => self.numbers.column_type(),
            (false, false, true, false, false) => self.moments.column_type(),
            (false, false, false, true, false) => Some(ColumnType::Time),
            _ => None,
        };
        narrowest.unwrap_or(ColumnType::Text)
    }

    /// Whether there were arrays or objects.
    pub(super) fn is_nested(&self) -> bool {
        self.nested
    }

    /// The longest value as text, in characters.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

/// The numbers among the values.
#[derive(Clone, Debug, Default)]
struct Numbers {
    /// An integer of 64 bits.
    integer: bool,
    /// A larger integer.
    large: bool,
    /// A number with a fraction or an exponent.
    fraction: bool,
    /// A number that no double holds.
    inexact: bool,
    /// The most digits before the point, and behind it.
    integer_digits: usize,
    scale: usize,
}

impl Numbers {
    fn observe(&mut self, written: &str) {
        match number::parse(written) {
            Number::Integer(integer) => {
                self.integer = true;
                self.inexact |= number::exact_double(integer).is_none();
            }
            Number::Double(_) => self.fraction = true,
            Number::Long => {
                let exact = number::double(written).is_some();
                self.inexact |= !exact;
                match number::is_whole(written) {
                    true => self.large = true,
                    false => self.fraction = true,
                }
            }
        }
        let extent = Extent::of(written);
        self.integer_digits = self.integer_digits.max(extent.integer_digits);
        self.scale = self.scale.max(extent.scale);
    }

    fn merge(&mut self, other: &Self) {
        self.integer |= other.integer;
        self.large |= other.large;
        self.fraction |= other.fraction;
        self.inexact |= other.inexact;
        self.integer_digits = self.integer_digits.max(other.integer_digits);
        self.scale = self.scale.max(other.scale);
    }

    fn any(&self) -> bool {
        self.integer || self.large || self.fraction
    }

    fn column_type(&self) -> Option<ColumnType> {
        if !self.large && !self.fraction {
            return Some(ColumnType::Bigint);
        }
        if self.fraction && !self.inexact {
            return Some(ColumnType::Double);
        }
        let scale = u8::try_from(self.scale).ok()?;
        let digits = self.integer_digits.checked_add(self.scale)?;
        (digits <= usize::from(DECIMAL_DIGITS)).then_some(ColumnType::Decimal(scale))
    }
}

/// The dates and timestamps among the values.
#[derive(Clone, Debug, Default)]
struct Moments {
    date: bool,
    /// A timestamp without a zone, and with one.
    local: bool,
    zoned: bool,
    /// One finer than a microsecond.
    fine: bool,
    /// One of a year in which 64 bits do not count nanoseconds.
    far: bool,
}

impl Moments {
    fn observe(&mut self, seen: Temporal) {
        let Some(moment) = seen.moment() else { return };
        match seen {
            Temporal::Date(_) => self.date = true,
            _ if moment.zoned => self.zoned = true,
            _ => self.local = true,
        }
        self.fine |= moment.nanos > 0;
        self.far |= moment.in_nanos().is_none();
    }

    fn merge(&mut self, other: &Self) {
        self.date |= other.date;
        self.local |= other.local;
        self.zoned |= other.zoned;
        self.fine |= other.fine;
        self.far |= other.far;
    }

    fn any(&self) -> bool {
        self.date || self.local || self.zoned
    }

    /// Which moment a local time or a date is among zoned ones nobody can tell.
    fn column_type(&self) -> Option<ColumnType> {
        let unit = match (self.fine, self.far) {
            (false, _) => TimeUnit::Microsecond,
            (true, false) => TimeUnit::Nanosecond,
            (true, true) => return None,
        };
        match (self.date, self.local, self.zoned) {
            (true, false, false) => Some(ColumnType::Date),
            (_, _, false) => Some(ColumnType::Timestamp { unit, zoned: false }),
            (false, false, true) => Some(ColumnType::Timestamp { unit, zoned: true }),
            _ => None,
        }
    }
}
