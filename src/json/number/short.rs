//! Numbers of few digits, which need no more than the arithmetic of the machine to be exact.

use super::Number;

/// Digits that a 64-bit integer holds whatever they are.
const INTEGER: usize = 18;
/// Digits of which a double holds every number.
const DOUBLE: usize = 15;
/// The powers of ten by which a double of so many digits is divided: each of them is exact, so the quotient is rounded
/// once, as the number itself would be.
const POWERS: [f64; DOUBLE + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Judges a well-formed JSON number if it is short and has no exponent.
#[inline]
pub(super) fn parse(written: &str) -> Option<Number> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let is_negative = digits.len() < written.len();
    if digits.len() > INTEGER {
        return None;
    }
    let (mut value, mut point) = (0_u64, None);
    for (at, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' => point = Some(at),
            _ => return None,
        }
    }
    let Some(point) = point else {
        let integer = i64::try_from(value).ok()?;
        return Some(Number::Integer(if is_negative { -integer } else { integer }));
    };
    if digits.len() - 1 > DOUBLE {
        return None;
    }
    let double = value as f64 / POWERS.get(digits.len() - 1 - point)?;
    Some(Number::Double(if is_negative { -double } else { double }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn short_numbers_are_what_the_library_reads(written in "-?(0|[1-9][0-9]{0,18})([.][0-9]{1,18})?") {
            match parse(&written) {
                Some(Number::Integer(integer)) => prop_assert_eq!(Ok(integer), written.parse()),
                Some(Number::Double(double)) => {
                    prop_assert_eq!(Ok(double.to_bits()), written.parse::<f64>().map(f64::to_bits));
                }
                other => prop_assert!(other.is_none() && written.len() > DOUBLE, "{:?}", other),
            }
        }
    }

    #[test]
    fn what_is_not_short_is_left_alone() {
        for written in ["1e3", "1E3", "1234567890123456789", "1.234567890123456"] {
            assert_eq!(parse(written), None, "{written}");
        }
    }
}
