//! Doubles in single precision.

use super::outcome::Failure;

/// A double in single precision; digits are rounded, but the magnitude must fit.
pub(super) fn single(value: f64) -> Result<f32, Failure> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding to the nearest is what the conversion is"
    )]
    let single = value as f32;
    if single.is_infinite() && value.is_finite() {
        Err(Failure::OutOfRange)
    } else {
        Ok(single)
    }
}
