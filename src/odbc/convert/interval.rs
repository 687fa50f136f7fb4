//! Intervals: the thirteen types of ODBC, their structure, and their literals.
//!
//! ```text
//! literal   = "INTERVAL" [ sign ] "'" value "'" qualifier / value
//! value     = [ sign ] ( year-month / day-time )
//! qualifier = field [ "TO" field ]
//! ```
//!
//! A value alone has the fields of the type that is asked for, as far as its form does not say otherwise.

use super::Failure;
use super::decimal::{Decimal, Number};
use super::outcome::Outcome;
use super::scratch::Scratch;
use crate::odbc::numbers::sql_type::INTERVAL_YEAR as FIRST;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
/// Digits of nanoseconds.
const NANO_DIGITS: u32 = 9;

/// One of the fields an interval is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The fields of an interval type: from the leading one to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    first: Field,
    last: Field,
}

/// What an interval amounts to. Months and seconds do not mix: a month has no length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Years and months.
    Months(i128),
    /// Days, hours, minutes, seconds.
    Nanos(i128),
}

/// How many digits the fields of a buffer have.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    /// Of the leading field (`SQL_DESC_DATETIME_INTERVAL_PRECISION`).
    pub leading: u32,
    /// Of the fraction of a second (`SQL_DESC_PRECISION`).
    pub fraction: u32,
}

/// `SQL_INTERVAL_STRUCT`, whose union of years and months with days and seconds is numbers either way.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntervalStruct {
    /// `interval_type`: the code of the type.
    pub code: i32,
    /// `interval_sign`: 1 for a negative interval.
    pub sign: i16,
    /// Year and month; or day, hour, minute, second and fraction.
    pub fields: [u32; 5],
}

impl Field {
    const ALL: [Self; 6] = [
        Self::Year,
        Self::Month,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Year => "YEAR",
            Self::Month => "MONTH",
            Self::Day => "DAY",
            Self::Hour => "HOUR",
            Self::Minute => "MINUTE",
            Self::Second => "SECOND",
        }
    }

    /// Months or nanoseconds of one.
    fn unit(self) -> i128 {
        match self {
            Self::Year => 12,
            Self::Month => 1,
            Self::Day => 86_400 * NANOS_PER_SECOND,
            Self::Hour => 3_600 * NANOS_PER_SECOND,
            Self::Minute => 60 * NANOS_PER_SECOND,
            Self::Second => NANOS_PER_SECOND,
        }
    }

    /// Its place in the structure.
    fn place(self) -> usize {
        match self {
            Self::Year | Self::Day => 0,
            Self::Month | Self::Hour => 1,
            Self::Minute => 2,
            Self::Second => 3,
        }
    }

    fn is_of_months(self) -> bool {
        self <= Self::Month
    }
}

/// The place of the fraction in the structure.
const FRACTION: usize = 4;

/// The types in the order of their codes, which count from 1.
const TYPES: [Fields; 13] = {
    use Field::{Day, Hour, Minute, Month, Second, Year};
    [
        Fields::new(Year, Year),
        Fields::new(Month, Month),
        Fields::new(Day, Day),
        Fields::new(Hour, Hour),
        Fields::new(Minute, Minute),
        Fields::new(Second, Second),
        Fields::new(Year, Month),
        Fields::new(Day, Hour),
        Fields::new(Day, Minute),
        Fields::new(Day, Second),
        Fields::new(Hour, Minute),
        Fields::new(Hour, Second),
        Fields::new(Minute, Second),
    ]
};

impl Fields {
    const fn new(first: Field, last: Field) -> Self {
        Self { first, last }
    }

    /// The fields of an interval type by its number, which as SQL type and as C type is the same.
    pub fn of(number: i16) -> Option<Self> {
        let index = usize::try_from(number.checked_sub(FIRST)?).ok()?;
        TYPES.get(index).copied()
    }

    /// Whether it is one field, which the exact numbers can be converted to and from.
    pub fn is_single(self) -> bool {
        self.first == self.last
    }

    /// Whether both count months, or both days and seconds.
    pub fn is_like(self, other: Self) -> bool {
        self.first.is_of_months() == other.first.is_of_months()
    }

    fn code(self) -> i32 {
        let index = TYPES.iter().position(|fields| *fields == self);
        index
            .and_then(|index| i32::try_from(index + 1).ok())
            .unwrap_or_default()
    }

    fn all(self) -> impl Iterator<Item = Field> {
        Field::ALL
            .into_iter()
            .filter(move |field| (self.first..=self.last).contains(field))
    }

    /// So many of the one field there is.
    pub(super) fn of_number(self, number: Decimal) -> Result<(Span, Outcome), Failure> {
        if !self.is_single() {
            return Err(Failure::Restricted);
        }
        let scale = if self.first == Field::Second { NANO_DIGITS } else { 0 };
        let scale = i32::try_from(scale).unwrap_or_default();
        let (count, cut) = number.rescale(scale).ok_or(Failure::IntervalOverflow)?;
        let unit = if scale == 0 { self.first.unit() } else { 1 };
        let amount = count.checked_mul(unit).ok_or(Failure::IntervalOverflow)?;
        let outcome = if cut {
            Outcome::FractionTruncated
        } else {
            Outcome::Exact
        };
        Ok((self.span(amount), outcome))
    }

    /// The number of the one field there is.
    pub(super) fn number(self, span: Span) -> Result<Decimal, Failure> {
        match span {
            _ if !self.is_single() => Err(Failure::Restricted),
            Span::Months(months) => Ok(Decimal::of_integer(months / self.first.unit())),
            Span::Nanos(nanos) if self.first == Field::Second => Ok(Decimal {
                unscaled: nanos,
                scale: i32::try_from(NANO_DIGITS).unwrap_or_default(),
            }),
            Span::Nanos(nanos) => Ok(Decimal::of_integer(nanos / self.first.unit())),
        }
    }

    fn span(self, amount: i128) -> Span {
        if self.first.is_of_months() {
            Span::Months(amount)
        } else {
            Span::Nanos(amount)
        }
    }

    /// Reads a literal, or a value that has these fields.
    pub fn parse(self, text: &str) -> Result<Span, Failure> {
        let text = text.trim();
        match strip_word(text, "INTERVAL") {
            Some(rest) => parse_literal(rest),
            None => self.parse_value(text),
        }
        .filter(|span| matches!(span, Span::Months(_)) == self.first.is_of_months())
        .ok_or(Failure::BadCharacter)
    }

    fn parse_value(self, text: &str) -> Option<Span> {
        let (negative, text) = signed(text.trim());
        let found = self.found_in(text);
        let parts = text.split([' ', ':', '-']);
        let mut amount = 0_i128;
        let mut fields = found.all();
        let mut larger: Option<Field> = None;
        for part in parts {
            let field = fields.next()?;
            let value = count(part, field)?;
            if larger.is_some_and(|larger| value >= larger.unit()) {
                return None;
            }
            larger = Some(field);
            amount = amount.checked_add(value)?;
        }
        if fields.next().is_some() {
            return None;
        }
        Some(found.span(if negative { -amount } else { amount }))
    }

    /// The fields that the form of a value shows: a number alone is the leading field, a dash stands between years and
    /// months, a space behind days; how hours, minutes and seconds begin is told by the type.
    fn found_in(self, text: &str) -> Self {
        use Field::{Day, Hour, Minute, Month, Second, Year};
        let colons = text.matches(':').count();
        let from = |first: Field, more: usize| {
            let last = Field::ALL.get(position(first) + more).copied().unwrap_or(Second);
            Self::new(first, last)
        };
        if text.contains('-') {
            Self::new(Year, Month)
        } else if text.contains(' ') {
            from(Day, 1 + colons)
        } else if colons == 0 {
            Self::new(self.first, self.first)
        } else if colons == 1 && (self.first == Minute || text.contains('.')) {
            Self::new(Minute, Second)
        } else {
            from(Hour, colons)
        }
    }

    /// The interval as the structure, and what was lost of it; `IntervalOverflow` when the leading field is too small.
    pub fn to_struct(self, span: Span, digits: Digits) -> Result<(IntervalStruct, Outcome), Failure> {
        let amount = self.amount(span)?;
        let mut rest = amount.unsigned_abs();
        let mut made = IntervalStruct {
            code: self.code(),
            sign: i16::from(amount < 0),
            fields: [0; 5],
        };
        let limit = 10_u128.checked_pow(digits.leading).unwrap_or(u128::MAX);
        for field in self.all() {
            let unit = field.unit().unsigned_abs();
            let count = rest / unit;
            rest %= unit;
            if field == self.first && count >= limit {
                return Err(Failure::IntervalOverflow);
            }
            if let Some(place) = made.fields.get_mut(field.place()) {
                *place = u32::try_from(count).map_err(|_| Failure::IntervalOverflow)?;
            }
        }
        if self.last == Field::Second {
            let unit = 10_u128.pow(NANO_DIGITS - digits.fraction.min(NANO_DIGITS));
            if let Some(fraction) = made.fields.get_mut(FRACTION) {
                *fraction = u32::try_from(rest / unit).map_err(|_| Failure::IntervalOverflow)?;
            }
            rest %= unit;
        }
        let outcome = if rest == 0 {
            Outcome::Exact
        } else {
            Outcome::FractionTruncated
        };
        Ok((made, outcome))
    }

    /// What the structure of an application amounts to; `IntervalOverflow` for a field that is out of its range.
    pub fn of_struct(self, given: &IntervalStruct, fraction_digits: u32) -> Result<Span, Failure> {
        let mut amount = 0_i128;
        let mut larger: Option<Field> = None;
        for field in self.all() {
            let count = given.fields.get(field.place()).copied().unwrap_or_default();
            let value = i128::from(count) * field.unit();
            if larger.is_some_and(|larger| value >= larger.unit()) {
                return Err(Failure::IntervalOverflow);
            }
            larger = Some(field);
            amount += value;
        }
        if self.last == Field::Second {
            let fraction = given.fields.get(FRACTION).copied().unwrap_or_default();
            let value = i128::from(fraction) * 10_i128.pow(NANO_DIGITS - fraction_digits.min(NANO_DIGITS));
            if value >= NANOS_PER_SECOND {
                return Err(Failure::IntervalOverflow);
            }
            amount += value;
        }
        Ok(self.span(if given.sign == 0 { amount } else { -amount }))
    }

    /// The same interval without what these fields cannot hold; `IntervalOverflow` when that is anything.
    pub fn check(self, span: Span) -> Result<(), Failure> {
        let smallest = if self.last == Field::Second {
            1
        } else {
            self.last.unit()
        };
        match self.amount(span)? % smallest {
            0 => Ok(()),
            _ => Err(Failure::IntervalOverflow),
        }
    }

    fn amount(self, span: Span) -> Result<i128, Failure> {
        match (span, self.first.is_of_months()) {
            (Span::Months(amount), true) | (Span::Nanos(amount), false) => Ok(amount),
            _ => Err(Failure::Restricted),
        }
    }

    /// Writes the value of a literal.
    pub(super) fn write(self, span: Span, scratch: &mut Scratch) {
        let amount = self.amount(span).unwrap_or_default();
        let mut text = String::from(if amount < 0 { "-" } else { "" });
        let mut rest = amount.unsigned_abs();
        for field in self.all() {
            let unit = field.unit().unsigned_abs();
            let separator = match field {
                _ if field == self.first => "",
                Field::Month => "-",
                Field::Hour => " ",
                _ => ":",
            };
            text.push_str(separator);
            // Only times are padded: `1-2`, but `3 04:05`.
            let width = if matches!(separator, " " | ":") { 2 } else { 1 };
            text.push_str(&format!("{:0width$}", rest / unit));
            rest %= unit;
        }
        if self.last == Field::Second && rest > 0 {
            let fraction = format!(".{rest:09}");
            text.push_str(fraction.trim_end_matches('0'));
        }
        scratch.push(text.as_bytes());
    }
}

fn position(field: Field) -> usize {
    Field::ALL.iter().position(|known| *known == field).unwrap_or_default()
}

/// `[sign] 'value' qualifier`
fn parse_literal(text: &str) -> Option<Span> {
    let (negative, text) = signed(text.trim_start());
    let (value, qualifier) = text.trim_start().strip_prefix('\'')?.split_once('\'')?;
    let fields = parse_qualifier(qualifier)?;
    let span = fields.parse_value(value)?;
    Some(match (span, negative) {
        (Span::Months(amount), true) => Span::Months(-amount),
        (Span::Nanos(amount), true) => Span::Nanos(-amount),
        (span, false) => span,
    })
}

/// `field [TO field]`, each with the precision it may have in parentheses.
fn parse_qualifier(text: &str) -> Option<Fields> {
    let plain: String = text
        .split('(')
        .map(|part| part.split_once(')').map_or(part, |(_, rest)| rest))
        .collect();
    let mut words = plain.split_whitespace();
    let mut field = || {
        let word = words.next()?;
        Field::ALL
            .into_iter()
            .find(|field| field.name().eq_ignore_ascii_case(word))
    };
    let first = field()?;
    let last = match words.next() {
        None => first,
        Some(to) if to.eq_ignore_ascii_case("TO") => {
            let word = words.next()?;
            Field::ALL
                .into_iter()
                .find(|field| field.name().eq_ignore_ascii_case(word))?
        }
        Some(_) => return None,
    };
    let fields = Fields::new(first, last);
    (words.next().is_none() && TYPES.contains(&fields)).then_some(fields)
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    start
        .eq_ignore_ascii_case(word)
        .then(|| text.get(word.len()..))
        .flatten()
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Months or nanoseconds of so many of a field. Seconds alone have a fraction.
fn count(digits: &str, field: Field) -> Option<i128> {
    let is_number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || (byte == b'.' && field == Field::Second));
    let Number::Exact(number) = Number::parse(digits).filter(|_| is_number)? else {
        return None;
    };
    let (span, _) = Fields::new(field, field).of_number(number).ok()?;
    match span {
        Span::Months(amount) | Span::Nanos(amount) => Some(amount),
    }
}

#[cfg(test)]
#[path = "interval_tests.rs"]
mod tests;
