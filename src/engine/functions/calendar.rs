//! Functions of dates and times. A week begins on Sunday, as SQL Server has it unless it is told otherwise.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::error::{Error, Kind, Result};

use super::parts::Part;
use super::row::{Answer, Answers, Function, Takes, Value, function, text, unfit, whole};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "dateadd",
        &[&[Takes::Text, Takes::Whole, Takes::Moment]],
        Answers::LikeArgument(2),
        add,
    ),
    function(
        "datediff",
        &[&[Takes::Text, Takes::Moment, Takes::Moment]],
        Answers::Whole,
        difference,
    ),
    function("datename", &[&[Takes::Text, Takes::Moment]], Answers::Text, name),
    function(
        "datepart",
        &[&[Takes::Text, Takes::Moment]],
        Answers::Whole,
        |row| match row {
            [Value::Text(part), moment] => whole(part_of(known(part)?, read(moment)?)),
            _ => Ok(None),
        },
    ),
    function(
        "datetrunc",
        &[&[Takes::Text, Takes::Moment]],
        Answers::LikeArgument(1),
        |row| match row {
            [Value::Text(part), moment] => Ok(truncate(known(part)?, read(moment)?).map(Value::Timestamp)),
            _ => Ok(None),
        },
    ),
    function(
        "eomonth",
        &[&[Takes::Moment], &[Takes::Moment, Takes::Whole]],
        Answers::Date,
        end_of_month,
    ),
    function("isdate", &[&[Takes::Any]], Answers::Whole, |row| match row {
        [Value::Text(said)] => whole(i64::from(parse(said).is_some())),
        [Value::Date(_) | Value::Timestamp(_)] => whole(1),
        _ => whole(0),
    }),
    function("to_days", &[&[Takes::Moment]], Answers::Whole, |row| match row {
        [moment] => whole(days(read(moment)?.date()) + DAYS_BEFORE_1970),
        _ => Ok(None),
    }),
    function("from_days", &[&[Takes::Whole]], Answers::Date, |row| match row {
        [Value::Whole(count)] => date_of(count.checked_sub(DAYS_BEFORE_1970)).map(|date| Some(Value::Date(date))),
        _ => Ok(None),
    }),
    function("datefromparts", &[&[Takes::Whole; 3]], Answers::Date, |row| {
        let date = date_from(row).ok_or_else(|| no_such("date"))?;
        Ok(Some(Value::Date(date)))
    }),
    function("datetimefromparts", &[&[Takes::Whole; 7]], Answers::Timestamp, |row| {
        timestamp_from(row, Some(3))
    }),
    function("datetime2fromparts", &[&[Takes::Whole; 8]], Answers::Timestamp, |row| {
        timestamp_from(row, None)
    }),
    function(
        "smalldatetimefromparts",
        &[&[Takes::Whole; 5]],
        Answers::Timestamp,
        |row| timestamp_from(row, None),
    ),
    function("timefromparts", &[&[Takes::Whole; 5]], Answers::Time, |row| {
        let time = time_from(row, None).ok_or_else(|| no_such("time"))?;
        Ok(Some(Value::Time(time)))
    }),
];

/// Days from the year 0 to 1970, as MySQL's `TO_DAYS` counts them.
const DAYS_BEFORE_1970: i64 = 719_528;
/// Days from 1970 to 1900, where SQL Server counts from.
const DAYS_TO_1900: i64 = -25_567;

/// The moment a value says. A time is one of 1900-01-01.
pub(super) fn read(value: &Value<'_>) -> Result<NaiveDateTime> {
    match value {
        Value::Timestamp(moment) => Ok(*moment),
        Value::Date(date) => Ok(date.and_time(NaiveTime::MIN)),
        Value::Time(time) => Ok(date_of(Some(DAYS_TO_1900))?.and_time(*time)),
        Value::Whole(days) => Ok(date_of(days.checked_add(DAYS_TO_1900))?.and_time(NaiveTime::MIN)),
        Value::Text(said) => {
            parse(said).ok_or_else(|| unfit(format!("The text '{said}' cannot be read as a date or time")))
        }
        Value::Number(_) | Value::Truth(_) => Err(unfit("A number is not a date or time".to_owned())),
    }
}

/// Reads the spellings of a date and time that mean the same everywhere, and the American one.
pub(super) fn parse(said: &str) -> Option<NaiveDateTime> {
    const DATES: [&str; 4] = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%m/%d/%Y"];
    const TIMES: [&str; 2] = ["%H:%M:%S%.f", "%H:%M"];
    let said = said.trim();
    let time = |said: &str| TIMES.iter().find_map(|form| NaiveTime::parse_from_str(said, form).ok());
    let date = |said: &str| {
        // A year has four digits; chrono would take fewer.
        let is_whole = |form: &&&str| !form.starts_with("%Y") || said.bytes().take(4).all(|c| c.is_ascii_digit());
        DATES
            .iter()
            .filter(is_whole)
            .find_map(|form| NaiveDate::parse_from_str(said, form).ok())
            .filter(|date| (1..=9999).contains(&date.year()))
    };
    match said.split_once(['T', ' ']) {
        Some((day, clock)) => Some(date(day)?.and_time(time(clock.trim().trim_end_matches('Z'))?)),
        None => match date(said) {
            Some(date) => Some(date.and_time(NaiveTime::MIN)),
            None => Some(NaiveDate::from_ymd_opt(1900, 1, 1)?.and_time(time(said)?)),
        },
    }
}

fn known(part: &str) -> Result<Part> {
    Part::named(part).ok_or_else(|| {
        let message = format!("There is no part {part} of a date; the parts are year, month, day, hour and so on");
        Error::new(Kind::Syntax, message)
    })
}

fn no_such(what: &str) -> Error {
    unfit(format!("There is no {what} of these parts"))
}

fn too_far() -> Error {
    Error::new(Kind::OutOfRange, "A date is outside of the years 1 to 9999".to_owned())
}

fn days(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

fn date_of(days: Option<i64>) -> Result<NaiveDate> {
    let days = days.and_then(|days| i32::try_from(days).ok());
    let date = days.and_then(NaiveDate::from_epoch_days);
    date.filter(|date| (1..=9999).contains(&date.year()))
        .ok_or_else(too_far)
}

fn is_in_range(moment: &NaiveDateTime) -> bool {
    (1..=9999).contains(&moment.year())
}

fn add(row: &[Value<'_>]) -> Answer {
    let [Value::Text(part), Value::Whole(count), moment] = row else {
        return Ok(None);
    };
    let (part, moment) = (known(part)?, read(moment)?);
    let moved = match part {
        Part::Year => months_later(moment, *count, 12),
        Part::Quarter => months_later(moment, *count, 3),
        Part::Month => months_later(moment, *count, 1),
        _ => later(part, *count)?.and_then(|time| moment.checked_add_signed(time)),
    };
    let moved = moved.filter(is_in_range).ok_or_else(too_far)?;
    Ok(Some(Value::Timestamp(moved)))
}

/// A day that the month does not have becomes its last.
fn months_later(moment: NaiveDateTime, count: i64, each: i64) -> Option<NaiveDateTime> {
    let count = i32::try_from(count.checked_mul(each)?).ok()?;
    let months = Months::new(count.unsigned_abs());
    match count.is_negative() {
        true => moment.checked_sub_months(months),
        false => moment.checked_add_months(months),
    }
}

fn later(part: Part, count: i64) -> Result<Option<TimeDelta>> {
    Ok(match part {
        Part::Week => TimeDelta::try_weeks(count),
        Part::Day | Part::DayOfYear | Part::Weekday => TimeDelta::try_days(count),
        Part::Hour => TimeDelta::try_hours(count),
        Part::Minute => TimeDelta::try_minutes(count),
        Part::Second => TimeDelta::try_seconds(count),
        Part::Millisecond => TimeDelta::try_milliseconds(count),
        Part::Microsecond => Some(TimeDelta::microseconds(count)),
        Part::Nanosecond => Some(TimeDelta::nanoseconds(count)),
        Part::Year | Part::Quarter | Part::Month | Part::IsoWeek => return Err(not_counted(part)),
    })
}

fn not_counted(part: Part) -> Error {
    Error::new(
        Kind::Syntax,
        format!("Dates are not added or subtracted by {}; use week or day", part.name()),
    )
}

/// The boundaries between two moments.
fn difference(row: &[Value<'_>]) -> Answer {
    let [Value::Text(part), from, to] = row else {
        return Ok(None);
    };
    let (part, from, to) = (known(part)?, read(from)?, read(to)?);
    let boundaries = |moment| boundaries_before(part, moment).ok_or_else(|| not_counted(part));
    let count = boundaries(to)? - boundaries(from)?;
    match i64::try_from(count) {
        Ok(count) => whole(count),
        Err(_) => Err(Error::new(
            Kind::OutOfRange,
            format!(
                "There are too many {}s between two dates; use a longer part",
                part.name()
            ),
        )),
    }
}

/// How many boundaries of a part lie between a fixed moment and this one.
fn boundaries_before(part: Part, moment: NaiveDateTime) -> Option<i128> {
    let year = i128::from(moment.year());
    Some(match part {
        Part::Year => year,
        Part::Quarter => year * 4 + i128::from(moment.quarter()),
        Part::Month => year * 12 + i128::from(moment.month()),
        Part::Day | Part::DayOfYear | Part::Weekday => i128::from(days(moment.date())),
        // 1970-01-01 was a Thursday, four days into its week.
        Part::Week => i128::from((days(moment.date()) + 4).div_euclid(7)),
        Part::IsoWeek => return None,
        time => nanoseconds(moment).div_euclid(i128::from(time.nanoseconds()?)),
    })
}

fn nanoseconds(moment: NaiveDateTime) -> i128 {
    let utc = moment.and_utc();
    i128::from(utc.timestamp()) * 1_000_000_000 + i128::from(utc.timestamp_subsec_nanos())
}

fn part_of(part: Part, moment: NaiveDateTime) -> i64 {
    let from_sunday = |date: NaiveDate| i64::from(date.weekday().num_days_from_sunday());
    match part {
        Part::Year => i64::from(moment.year()),
        Part::Quarter => i64::from(moment.quarter()),
        Part::Month => i64::from(moment.month()),
        Part::DayOfYear => i64::from(moment.ordinal()),
        Part::Day => i64::from(moment.day()),
        // The first week is the one with the first of January.
        Part::Week => {
            let first = moment.date().with_ordinal(1).map_or(0, from_sunday);
            (i64::from(moment.ordinal0()) + first) / 7 + 1
        }
        Part::IsoWeek => i64::from(moment.iso_week().week()),
        Part::Weekday => from_sunday(moment.date()) + 1,
        Part::Hour => i64::from(moment.hour()),
        Part::Minute => i64::from(moment.minute()),
        Part::Second => i64::from(moment.second()),
        Part::Millisecond => i64::from(moment.nanosecond() / 1_000_000),
        Part::Microsecond => i64::from(moment.nanosecond() / 1_000),
        Part::Nanosecond => i64::from(moment.nanosecond()),
    }
}

fn name(row: &[Value<'_>]) -> Answer {
    let [Value::Text(part), moment] = row else {
        return Ok(None);
    };
    let (part, moment) = (known(part)?, read(moment)?);
    match part {
        Part::Month => text(moment.format("%B").to_string()),
        Part::Weekday => text(moment.format("%A").to_string()),
        _ => text(part_of(part, moment).to_string()),
    }
}

/// The moment its part began.
fn truncate(part: Part, moment: NaiveDateTime) -> Option<NaiveDateTime> {
    let date = moment.date();
    let began = match part {
        Part::Year => date.with_ordinal(1)?,
        Part::Quarter => date.with_day(1)?.with_month(moment.quarter() * 3 - 2)?,
        Part::Month => date.with_day(1)?,
        Part::Week => date.checked_sub_days(Days::new(date.weekday().num_days_from_sunday().into()))?,
        Part::IsoWeek => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))?,
        Part::Day | Part::DayOfYear | Part::Weekday => date,
        time => {
            let past = nanoseconds(moment).rem_euclid(i128::from(time.nanoseconds()?));
            return moment.checked_sub_signed(TimeDelta::nanoseconds(i64::try_from(past).ok()?));
        }
    };
    Some(began.and_time(NaiveTime::MIN))
}

fn end_of_month(row: &[Value<'_>]) -> Answer {
    let (moment, months) = match row {
        [moment, Value::Whole(months)] => (read(moment)?, *months),
        [moment] => (read(moment)?, 0),
        _ => return Ok(None),
    };
    let next = truncate(Part::Month, moment).and_then(|first| months_later(first, months.checked_add(1)?, 1));
    let last = next.and_then(|next| next.checked_sub_days(Days::new(1)));
    let last = last.filter(is_in_range).ok_or_else(too_far)?;
    Ok(Some(Value::Date(last.date())))
}

fn date_from(row: &[Value<'_>]) -> Option<NaiveDate> {
    let [Value::Whole(year), Value::Whole(month), Value::Whole(day), ..] = row else {
        return None;
    };
    let year = i32::try_from(*year).ok().filter(|year| (1..=9999).contains(year))?;
    NaiveDate::from_ymd_opt(year, u32::try_from(*month).ok()?, u32::try_from(*day).ok()?)
}

/// Hour and minute, and as many of second, fraction and digits of the fraction as there are.
fn time_from(row: &[Value<'_>], digits: Option<u32>) -> Option<NaiveTime> {
    let part = |at: usize| match row.get(at) {
        Some(Value::Whole(part)) => u32::try_from(*part).ok(),
        Some(_) => None,
        None => Some(0),
    };
    let digits = digits.or_else(|| part(4)).filter(|digits| *digits <= 7)?;
    let fraction = part(3).filter(|fraction| *fraction < 10_u32.pow(digits))?;
    let nanoseconds = fraction.checked_mul(10_u32.pow(9 - digits))?;
    NaiveTime::from_hms_nano_opt(part(0)?, part(1)?, part(2)?, nanoseconds)
}

fn timestamp_from(row: &[Value<'_>], digits: Option<u32>) -> Answer {
    let time = row.get(3..).and_then(|row| time_from(row, digits));
    match (date_from(row), time) {
        (Some(date), Some(time)) => Ok(Some(Value::Timestamp(date.and_time(time)))),
        _ => Err(no_such("timestamp")),
    }
}
