//! What the numbers of JSON are, judged by how they are written.

mod short;
pub(super) use datafusion::arrow::datatypes::DECIMAL128_MAX_PRECISION as DECIMAL_DIGITS;

/// A number as a column needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// An integer that fits 64 bits.
    Integer(i64),
    /// A number with a fraction or an exponent that a double holds.
    Double(f64),
    /// A larger integer, or a number that no double holds.
    Long,
}

/// Judges a well-formed JSON number.
pub(super) fn parse(written: &str) -> Number {
    if let Some(number) = short::parse(written) {
        return number;
    }
    if is_whole(written) {
        return written.parse().map_or(Number::Long, Number::Integer);
    }
    held(written).map_or(Number::Long, Number::Double)
}

/// The double that holds a number, if there is one.
///
/// A double is the nearest neighbour of most fractions, which is what JSON means by them; an integer that moves is another
/// integer, and integers are identities.
pub(super) fn double(written: &str) -> Option<f64> {
    match parse(written) {
        Number::Integer(integer) => exact_double(integer),
        Number::Double(double) => Some(double),
        Number::Long if is_whole(written) => written.parse().ok().filter(|double| format!("{double:.0}") == written),
        Number::Long => None,
    }
}

/// The double that equals an integer, if there is one.
pub(super) fn exact_double(integer: i64) -> Option<f64> {
    let magnitude = integer.unsigned_abs();
    let odd_part = magnitude >> magnitude.trailing_zeros().min(63);
    (odd_part < 1 << f64::MANTISSA_DIGITS).then_some(integer as f64)
}

/// The integer that equals a double, if there is one that every double near it can tell apart.
pub(super) fn exact_integer(double: f64) -> Option<i64> {
    const DISTINCT: f64 = 9_007_199_254_740_992.0;
    if double.fract() != 0.0 || double.abs() > DISTINCT {
        return None;
    }
    format!("{double:.0}").parse().ok()
}

/// A number times 10 to the power of `scale`, if that is an integer of up to [`DECIMAL_DIGITS`] digits.
pub(super) fn decimal(written: &str, scale: u8) -> Option<i128> {
    let extent = Extent::of(written);
    let places = usize::from(scale);
    if extent.scale > places || extent.integer_digits + places > usize::from(DECIMAL_DIGITS) {
        return None;
    }
    let digits = Digits::of(written).significant(extent);
    let coefficient = digits.fold(0, |sum: i128, digit| sum * 10 + i128::from(digit - b'0'));
    // What the digits end with: zeros of the integer part, or of a fraction shorter than the scale.
    let zeros = if extent.significant == 0 {
        0
    } else {
        extent.exponent.checked_add_unsigned(scale.into())?
    };
    let value = coefficient.checked_mul(10_i128.checked_pow(u32::try_from(zeros).ok()?)?)?;
    Some(if written.starts_with('-') { -value } else { value })
}

/// How many digits a number has, without zeros that do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Digits before the point.
    pub(super) integer_digits: usize,
    /// Digits behind the point.
    pub(super) scale: usize,
    /// Digits from the first that is not 0 to the last that is not.
    significant: usize,
    /// Where the first of these is among all digits written.
    first: usize,
    /// The power of ten of the last of these.
    exponent: i64,
}

impl Extent {
    /// Measures a well-formed JSON number.
    pub(super) fn of(written: &str) -> Self {
        let digits = Digits::of(written);
        let not_zero = |digit: u8| digit != b'0';
        let bounds = (digits.all().position(not_zero), digits.all().rev().position(not_zero));
        let (Some(first), Some(from_end)) = bounds else {
            return Self {
                integer_digits: 0,
                scale: 0,
                significant: 0,
                first: 0,
                exponent: 0,
            };
        };
        let count = digits.whole.len() + digits.fraction.len();
        let trailing = i64::try_from(from_end).unwrap_or(i64::MAX);
        let places = i64::try_from(digits.fraction.len()).unwrap_or(i64::MAX);
        let exponent = digits.exponent.saturating_sub(places).saturating_add(trailing);
        let significant = count - first - from_end;
        let highest = exponent.saturating_add_unsigned(significant.try_into().unwrap_or(u64::MAX));
        Self {
            integer_digits: usize::try_from(highest).unwrap_or(0),
            scale: usize::try_from(exponent.saturating_neg()).unwrap_or(0),
            significant,
            first,
            exponent,
        }
    }
}

/// The parts of a number.
#[derive(Clone, Copy)]
struct Digits<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl<'a> Digits<'a> {
    fn of(written: &'a str) -> Self {
        let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
        let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let beyond = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        Self {
            whole: whole.as_bytes(),
            fraction: fraction.as_bytes(),
            exponent: exponent.parse().unwrap_or(beyond),
        }
    }

    fn all(self) -> impl DoubleEndedIterator<Item = u8> {
        self.whole.iter().chain(self.fraction).copied()
    }

    fn significant(self, extent: Extent) -> impl Iterator<Item = u8> {
        self.all().skip(extent.first).take(extent.significant)
    }
}

/// Whether a number is written without fraction and exponent.
pub(super) fn is_whole(written: &str) -> bool {
    !written.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// The double that stands for a fraction: written out as short as can be, or with as many digits, it is that number.
fn held(written: &str) -> Option<f64> {
    /// Any number of up to 15 digits in the range of normal doubles is held; with its point it has 16 characters.
    const SHORT: usize = 16;
    /// No double has more significant digits.
    const MOST_DIGITS: usize = 767;
    let double: f64 = written.parse().ok()?;
    let is_ordinary = (1e-290..1e290).contains(&double.abs());
    if is_ordinary && written.len() <= SHORT {
        return Some(double);
    }
    let extent = Extent::of(written);
    let Some(places) = extent.significant.checked_sub(1) else {
        return Some(double);
    };
    if !double.is_finite() || extent.significant > MOST_DIGITS {
        return None;
    }
    let highest = extent.exponent.checked_add_unsigned(places.try_into().ok()?)?;
    let is_number = |shown: &str| {
        shown.split_once('e').is_some_and(|(digits, exponent)| {
            let digits = digits.bytes().filter(u8::is_ascii_digit);
            digits.eq(Digits::of(written).significant(extent)) && exponent.parse() == Ok(highest)
        })
    };
    let magnitude = double.abs();
    (is_number(&format!("{magnitude:e}")) || is_number(&format!("{magnitude:.places$e}"))).then_some(double)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_apart() {
        let table = [
            ("0", Number::Integer(0)),
            ("-0", Number::Integer(0)),
            ("9223372036854775807", Number::Integer(i64::MAX)),
            ("-9223372036854775808", Number::Integer(i64::MIN)),
            ("9223372036854775808", Number::Long),
            ("100000000000000000000", Number::Long),
            ("1.0", Number::Double(1.0)),
            ("0.0", Number::Double(0.0)),
            ("0e999999999999999999999", Number::Double(0.0)),
            ("1e3", Number::Double(1000.0)),
            ("1E+3", Number::Double(1000.0)),
            ("0.1", Number::Double(0.1)),
            // The shortest of a double, and what `%.17g` and `%.15f` print of one.
            ("0.30000000000000004", Number::Double(0.300_000_000_000_000_04)),
            ("0.10000000000000001", Number::Double(0.1)),
            ("-122.419415499999999", Number::Double(-122.419_415_5)),
            ("1.7976931348623157e308", Number::Double(f64::MAX)),
            ("5e-324", Number::Double(5e-324)),
            ("4e-324", Number::Long),
            ("1e-400", Number::Long),
            ("1e400", Number::Long),
            ("-1E400", Number::Long),
            ("1e99999999999999999999", Number::Long),
            ("1e-99999999999999999999", Number::Long),
            ("1234567890123.4567", Number::Long),
            ("0.33333333333333333333", Number::Long),
        ];
        for (written, expected) in table {
            assert_eq!(parse(written), expected, "{written}");
        }
        assert_eq!(parse(&format!("0.{}1", "0".repeat(1000))), Number::Long);
        assert_eq!(parse(&format!("1.{}", "3".repeat(1000))), Number::Long);
    }

    #[test]
    fn a_double_column_takes_integers_that_doubles_equal() {
        for (written, expected) in [
            ("7", Some(7.0)),
            ("9007199254740993", None),
            ("9223372036854775808", Some(9_223_372_036_854_775_808.0)),
            ("9223372036854775809", None),
            ("0.33333333333333333333", None),
        ] {
            assert_eq!(double(written), expected, "{written}");
        }
    }

    #[test]
    fn decimals_are_exact_or_none() {
        for (written, scale, expected) in [
            ("0", 0, Some(0)),
            ("-0.00", 2, Some(0)),
            ("0e99", 38, Some(0)),
            ("1.5", 1, Some(15)),
            ("1.5", 3, Some(1500)),
            ("1.50", 1, Some(15)),
            ("1.55", 1, None),
            ("-12.5e2", 1, Some(-12_500)),
            ("125E-2", 2, Some(125)),
            ("1e-38", 38, Some(1)),
            ("1e-39", 38, None),
            ("18446744073709551616", 0, Some(18_446_744_073_709_551_616)),
            ("99999999999999999999999999999999999999", 0, Some(10_i128.pow(38) - 1)),
            ("100000000000000000000000000000000000000", 0, None),
            ("1", 38, None),
            ("1e37", 0, Some(10_i128.pow(37))),
            ("1e38", 0, None),
            ("1e9223372036854775807", 0, None),
            ("1e-9223372036854775808", 38, None),
        ] {
            assert_eq!(decimal(written, scale), expected, "{written}");
        }
    }

    #[test]
    fn integers_become_doubles_only_when_equal() {
        for (integer, exact) in [
            (0, true),
            (-1, true),
            (1 << 53, true),
            ((1 << 53) + 1, false),
            ((1 << 53) + 2, true),
            (i64::MIN, true),
            (i64::MAX, false),
        ] {
            assert_eq!(exact_double(integer).is_some(), exact, "{integer}");
        }
        assert_eq!(exact_double(-3), Some(-3.0));
    }

    #[test]
    fn doubles_become_integers_only_when_equal() {
        for (double, integer) in [
            (5.0, Some(5)),
            (-0.0, Some(0)),
            (5.5, None),
            (1e17, None),
            (-1e3, Some(-1000)),
        ] {
            assert_eq!(exact_integer(double), integer, "{double}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_double_holds_what_it_prints(bits in proptest::prelude::any::<u64>(), places in 0..40_usize) {
            let double = f64::from_bits(bits);
            if double.is_finite() {
                for written in [format!("{double:e}"), format!("{double:.17e}"), format!("{double:.places$e}")] {
                    let again: f64 = written.parse().unwrap();
                    if again == double && written.contains('e') {
                        proptest::prop_assert_eq!(parse(&written), Number::Double(double), "{}", written);
                    }
                }
            }
        }

        #[test]
        fn decimals_survive(value in proptest::prelude::any::<i64>(), scale in 0..18_u8) {
            let negative = if value < 0 { "-" } else { "" };
            let digits = format!("{:0>width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
            let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
            let point = if scale == 0 { "" } else { "." };
            let written = format!("{negative}{whole}{point}{fraction}");
            proptest::prop_assert_eq!(decimal(&written, scale), Some(i128::from(value)), "{}", written);
        }
    }
}
