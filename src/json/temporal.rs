//! Dates, times and timestamps as JSON documents write them: ISO 8601 and RFC 3339.

/// What a text says of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Temporal {
    /// Days from 1970-01-01.
    Date(i32),
    /// Nanoseconds from midnight, of whole seconds.
    Time(i64),
    /// A date with a time.
    Timestamp(Moment),
}

impl Temporal {
    /// The moment of a timestamp, or the first of a date.
    pub(super) fn moment(self) -> Option<Moment> {
        match self {
            Self::Date(day) => Some(Moment {
                micros: midnight(day),
                nanos: 0,
                zoned: false,
            }),
            Self::Timestamp(moment) => Some(moment),
            Self::Time(_) => None,
        }
    }
}

/// A moment of the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Microseconds from 1970-01-01 00:00, in UTC if there is a zone.
    pub(super) micros: i64,
    /// Nanoseconds more, fewer than 1000.
    pub(super) nanos: i64,
    /// Whether it was written with a zone.
    pub(super) zoned: bool,
}

impl Moment {
    /// Nanoseconds from 1970-01-01 00:00, which 64 bits count for the years 1678 to 2261.
    pub(super) fn in_nanos(self) -> Option<i64> {
        self.micros.checked_mul(1000)?.checked_add(self.nanos)
    }
}

/// Reads a text that is a date, a time or a timestamp of the Gregorian calendar.
///
/// ```text
/// date      = YYYY-MM-DD
/// time      = HH:MM:SS ["." 1*"0"]
/// timestamp = date ("T" / "t" / " ") HH:MM [":" SS ["." 1*DIGIT]] ["Z" / "z" / ("+" / "-") HH [[":"] MM]]
/// ```
///
/// A fraction finer than a nanosecond would be cut, so a text with one is none of these. Neither is a time with a fraction:
/// the structure in which ODBC hands out times has no place for it.
pub(super) fn read(text: &str) -> Option<Temporal> {
    let text = text.as_bytes();
    if let [_, _, b':', ..] = text {
        return time(text).map(Temporal::Time);
    }
    let (day, rest) = leading_date(text)?;
    match rest {
        [] => Some(Temporal::Date(day)),
        [b'T' | b't' | b' ', rest @ ..] => timestamp(day, rest).map(Temporal::Timestamp),
        _ => None,
    }
}

const MICROS_A_DAY: i64 = 86_400_000_000;

fn time(text: &[u8]) -> Option<i64> {
    let (minutes, rest) = hours_and_minutes(text)?;
    let (second, rest) = seconds(rest.strip_prefix(b":")?)?;
    let is_whole = match rest.strip_prefix(b".") {
        Some(zeros) => !zeros.is_empty() && zeros.iter().all(|digit| *digit == b'0'),
        None => rest.is_empty(),
    };
    is_whole.then_some((minutes * 60 + second) * 1_000_000_000)
}

fn timestamp(day: i32, text: &[u8]) -> Option<Moment> {
    /// From 0001-01-01 on, and before 10000-01-01.
    const YEARS: std::ops::Range<i64> = -719_162 * MICROS_A_DAY..2_932_897 * MICROS_A_DAY;
    let (minutes, rest) = hours_and_minutes(text)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => seconds(rest)?,
        None => (0, rest),
    };
    let (fraction, rest) = match rest.strip_prefix(b".") {
        Some(rest) => nanoseconds(rest)?,
        None => (0, rest),
    };
    let offset_minutes = zone(rest)?;
    let seconds = (minutes - offset_minutes.unwrap_or(0)) * 60 + second;
    let micros = midnight(day) + seconds * 1_000_000 + fraction / 1000;
    YEARS.contains(&micros).then_some(Moment {
        micros,
        nanos: fraction % 1000,
        zoned: offset_minutes.is_some(),
    })
}

fn hours_and_minutes(text: &[u8]) -> Option<(i64, &[u8])> {
    let (hour, rest) = two_digits(text)?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?)?;
    (hour <= 23 && minute <= 59).then_some((hour * 60 + minute, rest))
}

fn seconds(text: &[u8]) -> Option<(i64, &[u8])> {
    two_digits(text).filter(|(second, _)| *second <= 59)
}

/// The first microsecond of a date.
fn midnight(day: i32) -> i64 {
    i64::from(day) * MICROS_A_DAY
}

fn leading_date(text: &[u8]) -> Option<(i32, &[u8])> {
    let (century, rest) = two_digits(text)?;
    let (years, rest) = two_digits(rest)?;
    let (month, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let year = century * 100 + years;
    if year == 0 || !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    Some((i32::try_from(days_from_epoch(year, month, day)).ok()?, rest))
}

fn two_digits(text: &[u8]) -> Option<(i64, &[u8])> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
            Some((i64::from(tens - b'0') * 10 + i64::from(ones - b'0'), rest))
        }
        _ => None,
    }
}

fn nanoseconds(text: &[u8]) -> Option<(i64, &[u8])> {
    const PLACES: usize = 9;
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(count).filter(|_| count > 0)?;
    let mut nanos = 0;
    for place in 0..digits.len().max(PLACES) {
        let digit = digits.get(place).map_or(0, |byte| i64::from(byte - b'0'));
        if place < PLACES {
            nanos = nanos * 10 + digit;
        } else if digit != 0 {
            return None;
        }
    }
    Some((nanos, rest))
}

/// Minutes east of UTC; none inside without a zone.
fn zone(text: &[u8]) -> Option<Option<i64>> {
    let (sign, rest) = match text {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = two_digits(rest)?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        [b':', rest @ ..] => two_digits(rest)?,
        _ => two_digits(rest)?,
    };
    (rest.is_empty() && hours <= 23 && minutes <= 59).then_some(Some(sign * (hours * 60 + minutes)))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts years from March, so that the leap day is the last of its year.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    365 * year + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_of_the_calendar() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("2024-02-29", Some(19_782)),
            ("0001-01-01", Some(-719_162)),
            ("9999-12-31", Some(2_932_896)),
            ("1900-02-29", None),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-00-01", None),
            ("2024-01-00", None),
            ("0000-01-01", None),
            ("2024-1-01", None),
            ("2024-01-011", None),
            ("20240101", None),
            ("", None),
            ("２０２４-01-01", None),
        ] {
            assert_eq!(read(text), expected.map(Temporal::Date), "{text}");
        }
    }

    #[test]
    fn times_are_of_whole_seconds() {
        for (text, seconds) in [
            ("00:00:00", Some(0)),
            ("23:59:59", Some(86_399)),
            ("12:30:15.000", Some(45_015)),
            ("24:00:00", None),
            ("12:60:00", None),
            ("12:00:60", None),
            ("12:30", None),
            ("1:30:00", None),
            ("12:30:15.5", None),
            ("12:30:15.", None),
            ("12:30:15Z", None),
            ("12:30:15 ", None),
        ] {
            let expected = seconds.map(|seconds: i64| Temporal::Time(seconds * 1_000_000_000));
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn timestamps_lose_nothing() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some((0, 0, true))),
            ("1970-01-01 00:00", Some((0, 0, false))),
            ("1970-01-01t00:00:01.5z", Some((1_500_000, 0, true))),
            ("1970-01-01T00:00:00.000001", Some((1, 0, false))),
            ("1970-01-01T00:00:00.0000010", Some((1, 0, false))),
            ("1970-01-01T00:00:00.0000011", Some((1, 100, false))),
            ("1970-01-01T00:00:00.123456789Z", Some((123_456, 789, true))),
            ("1970-01-01T00:00:00.1234567890Z", Some((123_456, 789, true))),
            ("1970-01-01T00:00:00.1234567891Z", None),
            ("1970-01-01T01:00:00+01:00", Some((0, 0, true))),
            ("1969-12-31T19:00:00-0500", Some((0, 0, true))),
            ("1970-01-01T09:00:00+09", Some((0, 0, true))),
            ("1969-12-31T23:59:59.999999Z", Some((-1, 0, true))),
            ("0001-01-01T00:00:00Z", Some((-719_162 * MICROS_A_DAY, 0, true))),
            ("0001-01-01T00:00:00+01:00", None),
            (
                "9999-12-31T23:59:59.999999",
                Some((2_932_897 * MICROS_A_DAY - 1, 0, false)),
            ),
            ("9999-12-31T23:59:59-01:00", None),
            ("1970-01-01T24:00:00Z", None),
            ("1970-01-01T23:59:60Z", None),
            ("1970-01-01T00:00:00.Z", None),
            ("1970-01-01T00:00:00+1", None),
            ("1970-01-01T00:00:00+01:00x", None),
            ("1970-01-01T00", None),
            ("1970-01-01T", None),
        ] {
            let expected = expected.map(|(micros, nanos, zoned)| Moment { micros, nanos, zoned });
            assert_eq!(read(text), expected.map(Temporal::Timestamp), "{text}");
        }
    }

    #[test]
    fn nanoseconds_are_counted_for_some_centuries() {
        let moment = |text| read(text).and_then(Temporal::moment).and_then(Moment::in_nanos);
        assert_eq!(moment("1970-01-01T00:00:00.0000011"), Some(1_100));
        assert_eq!(moment("1969-12-31T23:59:59.9999999"), Some(-100));
        assert_eq!(moment("2262-01-01"), Some(9_214_646_400_000_000_000));
        assert_eq!(moment("2263-01-01"), None);
        assert_eq!(moment("1600-01-01 00:00"), None);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut previous = None;
        for year in 1..=2400 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let days = days_from_epoch(year, month, day);
                    assert!(
                        previous.is_none_or(|before: i64| before + 1 == days),
                        "{year}-{month}-{day}"
                    );
                    previous = Some(days);
                }
            }
        }
    }
}
