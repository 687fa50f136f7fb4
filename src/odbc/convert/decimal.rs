//! Exact decimal numbers: `DECIMAL` values, `SQL_NUMERIC_STRUCT`, and numbers read from text.

use super::scratch::Scratch;
use super::types::MAX_DIGITS;

/// `unscaled` × 10^-`scale`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) unscaled: i128,
    pub(super) scale: i32,
}

/// A number read from text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// Up to 38 digits.
    Exact(Decimal),
    /// More digits or a large exponent.
    Approximate(f64),
}

impl Number {
    /// Reads a numeric literal, blanks around it allowed: `[+-]digits[.digits][e[+-]digits]`, digits on one side of the
    /// point at least.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\r', '\n', '\0']);
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        Decimal::of_digits(text.starts_with('-'), whole, fraction, exponent)
            .map(Self::Exact)
            .or_else(|| text.parse().ok().map(Self::Approximate))
    }

    pub(super) fn to_f64(self) -> f64 {
        match self {
            Self::Exact(decimal) => decimal.to_f64(),
            Self::Approximate(number) => number,
        }
    }
}

fn exponent_of(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Beyond any number: the sign alone decides between zero and infinity.
    let limit = if text.starts_with('-') { -99_999 } else { 99_999 };
    Some(text.parse().unwrap_or(limit))
}

impl Decimal {
    pub(super) fn of_integer(value: i128) -> Self {
        Self {
            unscaled: value,
            scale: 0,
        }
    }

    /// The shortest decimal that reads back as this number; none for infinities and NaN, or beyond 38 digits.
    pub(super) fn of_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        match Number::parse(zmij::Buffer::new().format_finite(value))? {
            Number::Exact(decimal) => Some(decimal),
            Number::Approximate(_) => None,
        }
    }

    pub(super) fn of_numeric(numeric: &odbc_sys::Numeric) -> Option<Self> {
        let magnitude = i128::try_from(u128::from_le_bytes(numeric.val)).ok()?;
        let unscaled = if numeric.sign == 0 { -magnitude } else { magnitude };
        Some(Self {
            unscaled,
            scale: i32::from(numeric.scale),
        })
    }

    fn of_digits(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Option<Self> {
        let mut unscaled = 0_i128;
        for digit in whole.bytes().chain(fraction.bytes()) {
            unscaled = unscaled.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let limit = i32::try_from(MAX_DIGITS).ok()?;
        if unscaled != 0 && !(-limit..=limit).contains(&scale) {
            return None;
        }
        let scale = if unscaled == 0 { scale.clamp(0, limit) } else { scale };
        Some(Self {
            unscaled: if negative { -unscaled } else { unscaled },
            scale,
        })
    }

    /// The unscaled value at another scale, and whether digits other than zero were cut. None when it does not fit.
    pub(super) fn rescale(self, scale: i32) -> Option<(i128, bool)> {
        if self.unscaled == 0 {
            return Some((0, false));
        }
        if scale >= self.scale {
            let factor = power_of_ten(scale.checked_sub(self.scale)?)?;
            return Some((self.unscaled.checked_mul(factor)?, false));
        }
        match power_of_ten(self.scale.checked_sub(scale)?) {
            Some(divisor) => Some((self.unscaled / divisor, self.unscaled % divisor != 0)),
            None => Some((0, true)),
        }
    }

    /// The value nearest to it.
    pub(super) fn to_f64(self) -> f64 {
        const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;
        // Both operands are exact here, so the one division rounds correctly.
        if self.unscaled.unsigned_abs() <= EXACT && (0..=22).contains(&self.scale) {
            return self.unscaled as f64 / 10_f64.powi(self.scale);
        }
        let mut scratch = Scratch::new();
        self.write(&mut scratch);
        scratch.text().parse().unwrap_or(f64::NAN)
    }

    /// Appends the number in digits. Answers how many characters stand before the point.
    pub(super) fn write(self, scratch: &mut Scratch) -> usize {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(self.unscaled.unsigned_abs());
        if self.unscaled < 0 {
            scratch.push(b"-");
        }
        let Ok(scale) = usize::try_from(self.scale) else {
            scratch.push(digits.as_bytes());
            if self.unscaled != 0 {
                for _ in 0..self.scale.unsigned_abs() {
                    scratch.push(b"0");
                }
            }
            return scratch.bytes().len();
        };
        let (whole, fraction) = digits
            .split_at_checked(digits.len().saturating_sub(scale))
            .unwrap_or((digits, ""));
        scratch.push(if whole.is_empty() { b"0" } else { whole.as_bytes() });
        let before_point = scratch.bytes().len();
        if scale > 0 {
            scratch.push(b".");
            for _ in fraction.len()..scale {
                scratch.push(b"0");
            }
            scratch.push(fraction.as_bytes());
        }
        before_point
    }

    /// The structure with this precision and scale, and whether fractional digits were cut. None when it does not fit.
    pub(super) fn to_numeric(self, precision: u8, scale: i8) -> Option<(odbc_sys::Numeric, bool)> {
        let (unscaled, cut) = self.rescale(i32::from(scale))?;
        let limit = power_of_ten(i32::from(precision))?.unsigned_abs();
        let magnitude = unscaled.unsigned_abs();
        (magnitude < limit).then_some((
            odbc_sys::Numeric {
                precision,
                scale,
                sign: u8::from(unscaled >= 0),
                val: magnitude.to_le_bytes(),
            },
            cut,
        ))
    }
}

/// 10^`exponent`; none beyond what 128 bits hold.
pub(super) fn power_of_ten(exponent: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(exponent).ok()?)
}

#[cfg(test)]
#[path = "decimal_tests.rs"]
mod tests;
