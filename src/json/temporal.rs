//! Dates and timestamps as JSON documents write them: ISO 8601 and RFC 3339.

/// The days from 1970-01-01 to a `YYYY-MM-DD` of the Gregorian calendar.
pub(super) fn date(text: &str) -> Option<i32> {
    let (day, rest) = leading_date(text.as_bytes())?;
    rest.is_empty().then_some(day)
}

/// The microseconds from 1970-01-01 00:00 to a timestamp.
///
/// `date (T|t|space) HH:MM[:SS[.fraction]] [Z|z|±HH[[:]MM]]`. With a zone the result is in UTC, without one it is as
/// written. A fraction finer than a microsecond would be cut, so such a text is no timestamp here.
pub(super) fn timestamp(text: &str) -> Option<i64> {
    let (day, rest) = leading_date(text.as_bytes())?;
    let rest = match rest {
        [b'T' | b't' | b' ', rest @ ..] => rest,
        _ => return None,
    };
    let (hour, rest) = two_digits(rest)?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => two_digits(rest)?,
        None => (0, rest),
    };
    let (micros, rest) = match rest.strip_prefix(b".") {
        Some(rest) => fraction(rest)?,
        None => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset_minutes = zone(rest)?;
    let minutes = i64::from(day) * 24 * 60 + hour * 60 + minute - offset_minutes;
    Some((minutes * 60 + second) * 1_000_000 + micros)
}

/// The first microsecond of a date.
pub(super) fn midnight(day: i32) -> i64 {
    i64::from(day) * 86_400_000_000
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

fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(count).filter(|_| count > 0)?;
    let mut micros = 0;
    for place in 0..digits.len().max(6) {
        let digit = digits.get(place).map_or(0, |byte| i64::from(byte - b'0'));
        if place < 6 {
            micros = micros * 10 + digit;
        } else if digit != 0 {
            return None;
        }
    }
    Some((micros, rest))
}

/// Minutes east of UTC; 0 without a zone.
fn zone(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text {
        [] | [b'Z' | b'z'] => return Some(0),
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
    (rest.is_empty() && hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
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
            assert_eq!(date(text), expected, "{text}");
        }
    }

    #[test]
    fn timestamps_lose_nothing() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01 00:00", Some(0)),
            ("1970-01-01t00:00:01.5z", Some(1_500_000)),
            ("1970-01-01T00:00:00.000001", Some(1)),
            ("1970-01-01T00:00:00.0000010", Some(1)),
            ("1970-01-01T00:00:00.0000011", None),
            ("1970-01-01T01:00:00+01:00", Some(0)),
            ("1969-12-31T19:00:00-0500", Some(0)),
            ("1970-01-01T09:00:00+09", Some(0)),
            ("1969-12-31T23:59:59.999999Z", Some(-1)),
            ("1970-01-01T24:00:00Z", None),
            ("1970-01-01T23:59:60Z", None),
            ("1970-01-01T00:00:00.Z", None),
            ("1970-01-01T00:00:00+1", None),
            ("1970-01-01T00:00:00+01:00x", None),
            ("1970-01-01T00", None),
            ("1970-01-01", None),
            ("1970-01-01T", None),
        ] {
            assert_eq!(timestamp(text), expected, "{text}");
        }
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
