//! Intervals and durations as text: what stands between the quotes of an `INTERVAL` literal of the standard.
//!
//! `1-2` is a year and two months, `3 04:05:06.5` three days and some hours; an interval of both kinds has both.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit};
use datafusion::arrow::error::ArrowError;

const NANOS_PER_SECOND: u128 = 1_000_000_000;
const NANOS_PER_DAY: i128 = 86_400_000_000_000;

/// The values of a column of intervals or durations; none when it is neither.
pub(super) fn as_text(column: &ArrayRef) -> Option<Result<ArrayRef, ArrowError>> {
    let texts = match column.data_type() {
        DataType::Duration(unit) => of_durations(column, *unit),
        DataType::Interval(_) => of_intervals(column),
        _ => return None,
    };
    Some(texts.map(|texts| Arc::new(texts) as ArrayRef))
}

fn of_durations(column: &ArrayRef, unit: TimeUnit) -> Result<StringArray, ArrowError> {
    let nanos = match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    };
    let counts = cast(column, &DataType::Int64)?;
    let counts = counts.as_primitive::<Int64Type>().iter();
    Ok(counts
        .map(|count| count.map(|count| text(0, i128::from(count) * nanos)))
        .collect())
}

fn of_intervals(column: &ArrayRef) -> Result<StringArray, ArrowError> {
    let intervals = cast(column, &DataType::Interval(IntervalUnit::MonthDayNano))?;
    let intervals = intervals.as_primitive::<IntervalMonthDayNanoType>().iter();
    let nanos = |days: i32, nanos: i64| i128::from(days) * NANOS_PER_DAY + i128::from(nanos);
    Ok(intervals
        .map(|value| value.map(|value| text(value.months, nanos(value.days, value.nanoseconds))))
        .collect())
}

fn text(months: i32, nanos: i128) -> String {
    let sign = |is_negative| if is_negative { "-" } else { "" };
    let year_month = || {
        let count = months.unsigned_abs();
        format!("{}{}-{}", sign(months < 0), count / 12, count % 12)
    };
    let day_time = || {
        let count = nanos.unsigned_abs();
        let (seconds, fraction) = (count / NANOS_PER_SECOND, count % NANOS_PER_SECOND);
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
        let time = format!("{}{days} {hours:02}:{minutes:02}:{:02}", sign(nanos < 0), seconds % 60);
        match fraction {
            0 => time,
            fraction => format!("{time}.{}", format!("{fraction:09}").trim_end_matches('0')),
        }
    };
    match (months, nanos) {
        (0, _) => day_time(),
        (_, 0) => year_month(),
        _ => format!("{} {}", year_month(), day_time()),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn an_interval_is_written_as_its_literal() {
        const SECOND: i128 = 1_000_000_000;
        for (months, nanos, expected) in [
            (0, 0, "0 00:00:00"),
            (14, 0, "1-2"),
            (-14, 0, "-1-2"),
            (0, 93_784 * SECOND + SECOND / 2, "1 02:03:04.5"),
            (0, -SECOND, "-0 00:00:01"),
            (1, 86_400 * SECOND, "0-1 1 00:00:00"),
        ] {
            assert_eq!(text(months, nanos), expected);
        }
    }
}
