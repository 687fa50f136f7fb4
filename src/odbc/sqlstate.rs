//! The SQLSTATE of each outcome of a conversion.

use super::convert::{Failure, Outcome};

pub use crate::sqlstate::{Phase, SqlState, native};

impl SqlState {
    /// The state of a value that was delivered; none when there is nothing to tell.
    pub fn of_outcome(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Exact | Outcome::NoData => None,
            Outcome::Truncated => Some(Self::RightTruncated),
            Outcome::FractionTruncated => Some(Self::FractionTruncated),
        }
    }

    /// The state of a value that was not delivered.
    pub fn of_failure(failure: Failure) -> Self {
        match failure {
            Failure::Restricted => Self::RestrictedType,
            Failure::OutOfRange => Self::OutOfRange,
            Failure::BadCharacter => Self::BadCharacter,
            Failure::DatetimeFormat => Self::DatetimeFormat,
            Failure::DatetimeOverflow => Self::DatetimeOverflow,
            Failure::IntervalOverflow => Self::IntervalOverflow,
            Failure::IndicatorRequired => Self::IndicatorRequired,
            Failure::RightTruncation => Self::StringTruncated,
            Failure::Length => Self::Length,
            Failure::CType => Self::CType,
            Failure::Unsupported => Self::Unsupported,
        }
    }
}
