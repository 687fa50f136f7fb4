//! SQL Server's CONVERT between texts and dates, with its numbered styles.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use crate::error::{Error, Kind};

use super::calendar;
use super::row::{Answer, Answers, Function, Takes, Value, function, text, unfit};

pub(super) const FUNCTIONS: &[Function] = &[
    // The value, the style, and the length of the text.
    function(
        "convert_to_text",
        &[&[Takes::Any, Takes::Whole, Takes::Whole]],
        Answers::Text,
        |row| match row {
            [value, Value::Whole(style), Value::Whole(length)] => to_text(value, *style, *length),
            _ => Ok(None),
        },
    ),
    // The value and the style; what cannot be read is an error here and NULL in the other.
    function(
        "convert_to_timestamp",
        &[&[Takes::Moment, Takes::Whole]],
        Answers::Timestamp,
        |row| match row {
            [value, Value::Whole(style)] => to_timestamp(value, *style),
            _ => Ok(None),
        },
    ),
    function(
        "try_convert_to_timestamp",
        &[&[Takes::Moment, Takes::Whole]],
        Answers::Timestamp,
        |row| match row {
            [value, Value::Whole(style)] => Ok(to_timestamp(value, *style).unwrap_or_default()),
            _ => Ok(None),
        },
    ),
];

/// The style of a CONVERT that names none: ISO 8601 with a blank, and a fraction where there is one.
pub(in crate::engine) const DEFAULT_STYLE: i64 = -1;

/// How a style writes a date, and what follows for the time.
struct Style {
    numbers: &'static [i64],
    date: &'static str,
    time: &'static str,
}

const fn style(numbers: &'static [i64], date: &'static str, time: &'static str) -> Style {
    Style { numbers, date, time }
}

const STYLES: &[Style] = &[
    style(&[DEFAULT_STYLE], "%Y-%m-%d", " %H:%M:%S%.f"),
    style(&[0, 100], "%b %e %Y", " %l:%M%p"),
    style(&[1], "%m/%d/%y", ""),
    style(&[101], "%m/%d/%Y", ""),
    style(&[2], "%y.%m.%d", ""),
    style(&[102], "%Y.%m.%d", ""),
    style(&[3], "%d/%m/%y", ""),
    style(&[103], "%d/%m/%Y", ""),
    style(&[4], "%d.%m.%y", ""),
    style(&[104], "%d.%m.%Y", ""),
    style(&[5], "%d-%m-%y", ""),
    style(&[105], "%d-%m-%Y", ""),
    style(&[6], "%d %b %y", ""),
    style(&[106], "%d %b %Y", ""),
    style(&[7], "%b %d, %y", ""),
    style(&[107], "%b %d, %Y", ""),
    style(&[8, 24, 108], "", "%H:%M:%S"),
    style(&[9, 109], "%b %e %Y", " %l:%M:%S:%3f%p"),
    style(&[10], "%m-%d-%y", ""),
    style(&[110], "%m-%d-%Y", ""),
    style(&[11], "%y/%m/%d", ""),
    style(&[111], "%Y/%m/%d", ""),
    style(&[12], "%y%m%d", ""),
    style(&[112], "%Y%m%d", ""),
    style(&[13, 113], "%d %b %Y", " %H:%M:%S:%3f"),
    style(&[14, 114], "", "%H:%M:%S:%3f"),
    style(&[20, 120], "%Y-%m-%d", " %H:%M:%S"),
    style(&[21, 25, 121], "%Y-%m-%d", " %H:%M:%S%.3f"),
    style(&[23], "%Y-%m-%d", ""),
    style(&[126, 127], "%Y-%m-%d", "T%H:%M:%S%.f"),
];

/// Whether there is a style of this number.
pub(in crate::engine) fn is_style(number: i64) -> bool {
    found(number).is_some()
}

fn found(number: i64) -> Option<&'static Style> {
    STYLES.iter().find(|style| style.numbers.contains(&number))
}

fn known(number: i64) -> Result<&'static Style, Error> {
    found(number).ok_or_else(|| {
        Error::new(
            Kind::Unsupported,
            format!("CONVERT does not have the style {number}; 120 is yyyy-mm-dd hh:mi:ss"),
        )
    })
}

fn to_text(value: &Value<'_>, number: i64, length: i64) -> Answer {
    let style = known(number)?;
    let longest = usize::try_from(length).unwrap_or(usize::MAX);
    let written = match value {
        Value::Text(said) => said.to_string(),
        // SQL Server does not show a part of a number.
        Value::Whole(count) => {
            let written = count.to_string();
            if written.len() <= longest {
                written
            } else {
                "*".to_owned()
            }
        }
        Value::Number(number) => {
            let written = number.to_string();
            if written.len() > longest {
                let message = format!("The number {written} is longer than the {longest} characters of CONVERT");
                return Err(Error::new(Kind::OutOfRange, message));
            }
            written
        }
        Value::Truth(truth) => i32::from(*truth).to_string(),
        Value::Date(date) => match style.date {
            "" => date.and_time(NaiveTime::MIN).format(style.time).to_string(),
            form => date.format(form).to_string(),
        },
        Value::Time(time) => match style.time {
            "" => time.format("%H:%M:%S%.f").to_string(),
            form => time.format(form.trim_start_matches([' ', 'T'])).to_string(),
        },
        Value::Timestamp(moment) => moment.format(&format!("{}{}", style.date, style.time)).to_string(),
    };
    text(written.chars().take(longest).collect::<String>())
}

fn to_timestamp(value: &Value<'_>, number: i64) -> Answer {
    let style = known(number)?;
    let moment = match value {
        Value::Text(said) => parse(said.trim(), style).ok_or_else(|| {
            unfit(format!(
                "The text '{said}' cannot be read as a date or time of the style {number}"
            ))
        })?,
        other => calendar::read(other)?,
    };
    Ok(Some(Value::Timestamp(moment)))
}

/// A text in a style, or with the date of it and a plain time or none. Styles that are ISO 8601 take all of its forms.
fn parse(said: &str, style: &Style) -> Option<NaiveDateTime> {
    if style.date.is_empty() || style.date == "%Y-%m-%d" {
        return calendar::parse(said);
    }
    let times = [style.time, " %H:%M:%S%.f", " %H:%M"];
    let with_time = times
        .iter()
        .filter(|time| !time.is_empty())
        .find_map(|time| NaiveDateTime::parse_from_str(said, &format!("{}{time}", style.date)).ok());
    let moment = with_time.or_else(|| {
        let date = NaiveDate::parse_from_str(said, style.date).ok()?;
        Some(date.and_time(NaiveTime::MIN))
    })?;
    // Two digits mean a year from 1950 to 2049.
    let is_of_last_century = style.date.contains("%y") && moment.year() >= 2050;
    match is_of_last_century {
        true => moment.with_year(moment.year() - 100),
        false => Some(moment),
    }
}
