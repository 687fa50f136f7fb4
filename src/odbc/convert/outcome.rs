//! What a conversion did; the caller alone turns it into a SQLSTATE.

/// A value was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Whole and exact.
    Exact,
    /// Text or binary cut at the end of the buffer (01004).
    Truncated,
    /// Digits after the point, or fractional seconds, were lost (01S07).
    FractionTruncated,
    /// `SQLGetData` had already delivered everything (`SQL_NO_DATA`).
    NoData,
}

/// A value was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This pair of types is not convertible (07006).
    Restricted,
    /// The number does not fit (22003).
    OutOfRange,
    /// The text is not a literal of the target type (22018).
    BadCharacter,
    /// A date or time is not well formed (22007).
    DatetimeFormat,
    /// A date or time does not fit the target (22008).
    DatetimeOverflow,
    /// A field of an interval does not fit (22015).
    IntervalOverflow,
    /// NULL, and no indicator to say so (22002).
    IndicatorRequired,
    /// Text longer than the parameter allows (22001).
    RightTruncation,
    /// A negative length that is no known indicator (HY090).
    Length,
    /// An unknown C type (HY003).
    CType,
    /// Known but not supported (HYC00).
    Unsupported,
}
