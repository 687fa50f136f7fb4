//! Dates and times: between counts (days, nanoseconds), the structures of ODBC, and text.

use std::time::{SystemTime, UNIX_EPOCH};

use odbc_sys::{Date, Time, Timestamp};

use super::Failure;
use super::scratch::Scratch;

pub(super) const NANOS_PER_SECOND: i64 = 1_000_000_000;
pub(super) const SECONDS_PER_DAY: i64 = 86_400;
pub(super) const NANOS_PER_DAY: i64 = SECONDS_PER_DAY * NANOS_PER_SECOND;

/// A time of day with its fraction, which `SQL_TIME_STRUCT` has no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) time: Time,
    /// Nanoseconds.
    pub(super) fraction: u32,
}

/// A date, a time or both, read from text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) date: Option<Date>,
    pub(super) clock: Option<Clock>,
}

/// The date that many days after 1970-01-01 (Gregorian calendar, also before it was introduced).
///
/// Without divisions that a multiplication cannot do, by Neri and Schneider, "Euclidean affine functions and their
/// application to calendar algorithms" (2022): every row with a date comes here.
#[inline]
pub(super) fn date_of(days: i64) -> Result<Date, Failure> {
    // Counted from a first of March that lies before every year of `Date`, in cycles of 400 years.
    const MARCH_OF_YEAR_0: i64 = 719_468;
    const DAYS_PER_CYCLE: u64 = 146_097;
    const CYCLES_BEFORE: i64 = 82;
    const SHIFT: i64 = MARCH_OF_YEAR_0 + CYCLES_BEFORE * 146_097;
    // Past every year of `Date`, and small enough for the products below.
    const LAST: u64 = 1 << 25;
    let shifted = days.checked_add(SHIFT).and_then(|days| u64::try_from(days).ok());
    let shifted = shifted.filter(|days| *days < LAST).ok_or(Failure::DatetimeOverflow)?;

    let quarters = 4 * shifted + 3;
    let century = quarters / DAYS_PER_CYCLE;
    let scaled = 2_939_745 * (4 * (quarters % DAYS_PER_CYCLE / 4) + 3);
    let year_of_century = scaled >> 32;
    let day_of_year = (scaled & 0xFFFF_FFFF) / 2_939_745 / 4;
    let scaled = 2_141 * day_of_year + 197_913;
    // From March, which is 3; January and February belong to the next year.
    let (month, day) = (scaled >> 16, (scaled & 0xFFFF) / 2_141 + 1);
    let (year, month) = if day_of_year < 306 {
        (100 * century + year_of_century, month)
    } else {
        (100 * century + year_of_century + 1, month - 12)
    };
    Ok(Date {
        year: narrow(year.cast_signed() - CYCLES_BEFORE * 400)?,
        month: narrow(month)?,
        day: narrow(day)?,
    })
}

/// Days since 1970-01-01; none for a day that does not exist.
pub(super) fn days_of(date: Date) -> Option<i64> {
    if !exists(date) {
        return None;
    }
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let year = if month <= 2 { year - 1 } else { year };
    let month = if month <= 2 { month + 9 } else { month - 3 };
    let in_cycle = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_cycle = in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + day_of_year;
    Some(year.div_euclid(400) * 146_097 + day_of_cycle - 719_468)
}

fn exists(date: Date) -> bool {
    let leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    let last = match date.month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&date.day)
}

#[inline]
fn narrow<N, T: TryFrom<N>>(value: N) -> Result<T, Failure> {
    T::try_from(value).map_err(|_| Failure::DatetimeOverflow)
}

/// Today, by the clock of this machine (UTC).
pub(super) fn today() -> Date {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let days = i64::try_from(seconds).unwrap_or(0) / SECONDS_PER_DAY;
    date_of(days).unwrap_or_default()
}

impl Clock {
    /// The time that many nanoseconds after midnight.
    #[inline]
    pub(super) fn of_nanos(nanos: i64) -> Result<Self, Failure> {
        let seconds = nanos.div_euclid(NANOS_PER_SECOND);
        if !(0..SECONDS_PER_DAY).contains(&seconds) {
            return Err(Failure::DatetimeOverflow);
        }
        Ok(Self {
            time: Time {
                hour: narrow(seconds / 3_600)?,
                minute: narrow(seconds / 60 % 60)?,
                second: narrow(seconds % 60)?,
            },
            fraction: narrow(nanos.rem_euclid(NANOS_PER_SECOND))?,
        })
    }

    /// Nanoseconds after midnight; none for a time that does not exist.
    pub(super) fn nanos(self) -> Option<i64> {
        let Time { hour, minute, second } = self.time;
        let fraction = i64::from(self.fraction);
        if hour > 23 || minute > 59 || second > 59 || fraction >= NANOS_PER_SECOND {
            return None;
        }
        let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
        Some(seconds * NANOS_PER_SECOND + fraction)
    }

    /// Whether it is midnight exactly.
    pub(super) fn is_midnight(self) -> bool {
        self == Self::default()
    }

    /// `hh:mm:ss[.f…]`
    pub(super) fn write(self, scratch: &mut Scratch) {
        scratch.push_padded(u32::from(self.time.hour), 2);
        scratch.push(b":");
        scratch.push_padded(u32::from(self.time.minute), 2);
        scratch.push(b":");
        scratch.push_padded(u32::from(self.time.second), 2);
        if self.fraction > 0 {
            let (mut fraction, mut digits) = (self.fraction, 9);
            while fraction % 10 == 0 {
                fraction /= 10;
                digits -= 1;
            }
            scratch.push(b".");
            scratch.push_padded(fraction, digits);
        }
    }
}

/// `yyyy-mm-dd`
pub(super) fn write_date(date: Date, scratch: &mut Scratch) {
    if date.year < 0 {
        scratch.push(b"-");
    }
    scratch.push_padded(u32::from(date.year.unsigned_abs()), 4);
    scratch.push(b"-");
    scratch.push_padded(u32::from(date.month), 2);
    scratch.push(b"-");
    scratch.push_padded(u32::from(date.day), 2);
}

/// A date and a time in one structure.
pub(super) fn timestamp(date: Date, clock: Clock) -> Timestamp {
    Timestamp {
        year: date.year,
        month: date.month,
        day: date.day,
        hour: clock.time.hour,
        minute: clock.time.minute,
        second: clock.time.second,
        fraction: clock.fraction,
    }
}

/// The two parts of a timestamp.
pub(super) fn parts(timestamp: Timestamp) -> (Date, Clock) {
    (
        Date {
            year: timestamp.year,
            month: timestamp.month,
            day: timestamp.day,
        },
        Clock {
            time: Time {
                hour: timestamp.hour,
                minute: timestamp.minute,
                second: timestamp.second,
            },
            fraction: timestamp.fraction,
        },
    )
}

impl Literal {
    /// Reads a literal, blanks around it allowed:
    ///
    /// ```text
    /// literal   = plain | "{" ("d" | "t" | "ts") "'" plain "'" "}"
    /// plain     = date | time | date (" " | "T") time [zone]
    /// date      = yyyy "-" mm "-" dd
    /// time      = hh ":" mm [":" ss ["." fraction]]
    /// zone      = "Z" | ("+" | "-") hh [":"] mm
    /// ```
    ///
    /// A zone is the ISO form found in documents; such a time is moved to UTC.
    /// Text of another shape is `BadCharacter`; the right shape with an impossible field is `DatetimeFormat`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let text = without_escape(text.trim_matches([' ', '\0']));
        if let Some(clock) = clock(text) {
            return Ok(Self {
                date: None,
                clock: Some(clock?),
            });
        }
        let (date_text, rest) = text.split_at_checked(10).ok_or(Failure::BadCharacter)?;
        let date = date(date_text).ok_or(Failure::BadCharacter)?;
        let days = days_of(date).ok_or(Failure::DatetimeFormat)?;
        if rest.is_empty() {
            return Ok(Self {
                date: Some(date),
                clock: None,
            });
        }
        let rest = rest.strip_prefix([' ', 'T', 't']).ok_or(Failure::BadCharacter)?;
        let (time_text, east) = split_zone(rest.trim_matches(' ')).ok_or(Failure::BadCharacter)?;
        let clock = clock(time_text).ok_or(Failure::BadCharacter)??;
        if east == 0 {
            return Ok(Self {
                date: Some(date),
                clock: Some(clock),
            });
        }
        let nanos = clock.nanos().ok_or(Failure::DatetimeFormat)? - east * NANOS_PER_SECOND;
        let date = date_of(days + nanos.div_euclid(NANOS_PER_DAY))?;
        let clock = Clock::of_nanos(nanos.rem_euclid(NANOS_PER_DAY))?;
        Ok(Self {
            date: Some(date),
            clock: Some(clock),
        })
    }
}

/// What stands between the quotes of `{ts '…'}`.
fn without_escape(text: &str) -> &str {
    let escape = || {
        let inner = text.strip_prefix('{')?.strip_suffix('}')?.trim_matches(' ');
        let inner = ["ts", "TS", "d", "D", "t", "T"]
            .iter()
            .find_map(|word| inner.strip_prefix(word))?;
        inner.trim_matches(' ').strip_prefix('\'')?.strip_suffix('\'')
    };
    escape().unwrap_or(text)
}

fn date(text: &str) -> Option<Date> {
    let mut fields = text.split('-');
    let date = Date {
        year: i16::try_from(digits(fields.next()?, 4)?).ok()?,
        month: u16::try_from(digits(fields.next()?, 2)?).ok()?,
        day: u16::try_from(digits(fields.next()?, 2)?).ok()?,
    };
    fields.next().is_none().then_some(date)
}

/// None when the text is no time; an error when it is one that does not exist.
fn clock(text: &str) -> Option<Result<Clock, Failure>> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction_of(fraction)?),
        None => (text, 0),
    };
    let mut fields = whole.split(':');
    let hour = u16::try_from(digits(fields.next()?, 2)?).ok()?;
    let minute = u16::try_from(digits(fields.next()?, 2)?).ok()?;
    let second = match fields.next() {
        Some(second) => u16::try_from(digits(second, 2)?).ok()?,
        None => 0,
    };
    if fields.next().is_some() {
        return None;
    }
    let clock = Clock {
        time: Time { hour, minute, second },
        fraction,
    };
    Some(clock.nanos().map(|_| clock).ok_or(Failure::DatetimeFormat))
}

/// Nanoseconds of a fraction; digits beyond the ninth are dropped.
fn fraction_of(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
}

/// Cuts off the zone; answers how many seconds it is east of UTC.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, 0));
    };
    let (time, zone) = text.split_at_checked(at)?;
    let east = if zone.starts_with('+') { 1 } else { -1 };
    let zone = zone.trim_start_matches(['+', '-']);
    let (hours, minutes) = match zone.split_once(':') {
        Some(parts) => parts,
        None => zone.split_at_checked(2)?,
    };
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
    Some((time, east * i64::from(digits(hours, 2)? * 60 + minutes) * 60))
}

fn digits(text: &str, width: usize) -> Option<u32> {
    let valid = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
