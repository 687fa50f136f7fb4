//! What the numbers of JSON are, judged by how they are written.

mod short;

/// A number as a column needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// An integer that fits 64 bits.
    Integer(i64),
    /// A number with a fraction or an exponent, or a larger integer that a double holds exactly.
    Double(f64),
    /// A number that neither a 64-bit integer nor a double can hold unchanged.
    Beyond,
}

/// Judges a well-formed JSON number.
pub(super) fn parse(written: &str) -> Number {
    if let Some(number) = short::parse(written) {
        return number;
    }
    let whole = !written.contains(['.', 'e', 'E']);
    if let (true, Ok(integer)) = (whole, written.parse()) {
        return Number::Integer(integer);
    }
    match written.parse::<f64>() {
        Ok(double) if !double.is_finite() => Number::Beyond,
        // A double is often the nearest neighbour of a fraction, which is what JSON means by it; an integer that moves is
        // another integer, and integers are identities.
        Ok(double) if !whole || format!("{double:.0}") == written => Number::Double(double),
        _ => Number::Beyond,
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_value_or_are_beyond() {
        let table = [
            ("0", Number::Integer(0)),
            ("-0", Number::Integer(0)),
            ("9223372036854775807", Number::Integer(i64::MAX)),
            ("-9223372036854775808", Number::Integer(i64::MIN)),
            ("9223372036854775808", Number::Double(9_223_372_036_854_775_808.0)),
            ("9223372036854775809", Number::Beyond),
            ("18446744073709551615", Number::Beyond),
            ("100000000000000000000", Number::Double(1e20)),
            ("1.0", Number::Double(1.0)),
            ("1e3", Number::Double(1000.0)),
            ("0.1", Number::Double(0.1)),
            ("5e-324", Number::Double(5e-324)),
            ("1e400", Number::Beyond),
            ("-1E400", Number::Beyond),
        ];
        for (written, expected) in table {
            assert_eq!(parse(written), expected, "{written}");
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
}
