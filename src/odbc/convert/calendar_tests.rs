//! Dates and times against the calendar of another library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::string_slice,
    clippy::panic
)]

use datafusion::arrow::array::{Array, Date32Array};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::prelude::*;

use super::*;

fn shown(days: i64) -> String {
    let mut scratch = Scratch::new();
    write_date(date_of(days).unwrap(), &mut scratch);
    scratch.text().to_owned()
}

fn date(year: i16, month: u16, day: u16) -> Date {
    Date { year, month, day }
}

proptest! {
    #[test]
    fn days_agree_with_arrow(days in -719_162_i32..2_932_896) {
        let array = Date32Array::from(vec![days]);
        let options = FormatOptions::default();
        let formatter = ArrayFormatter::try_new(&array as &dyn Array, &options).unwrap();
        prop_assert_eq!(shown(i64::from(days)), formatter.value(0).to_string());
    }

    #[test]
    fn days_survive_the_calendar(days in -12_000_000_i64..12_000_000) {
        if let Ok(date) = date_of(days) {
            prop_assert_eq!(days_of(date), Some(days));
        }
    }
}

#[test]
fn days_that_do_not_exist_are_none() {
    for (year, month, day) in [
        (2023, 2, 29),
        (1900, 2, 29),
        (2024, 4, 31),
        (2024, 0, 1),
        (2024, 13, 1),
        (2024, 1, 0),
    ] {
        assert_eq!(days_of(date(year, month, day)), None);
    }
    assert_eq!(days_of(date(2000, 2, 29)), Some(11_016));
    assert_eq!(date_of(i64::MAX), Err(Failure::DatetimeOverflow));
    assert_eq!(date_of(20_000_000), Err(Failure::DatetimeOverflow));
}

#[test]
fn literals_are_read() {
    let clock = |hour, minute, second, fraction| Clock {
        time: Time { hour, minute, second },
        fraction,
    };
    for (text, day, time) in [
        ("2024-02-29", Some(date(2024, 2, 29)), None),
        (" 2024-02-29 ", Some(date(2024, 2, 29)), None),
        ("{d '2024-02-29'}", Some(date(2024, 2, 29)), None),
        ("01:02:03", None, Some(clock(1, 2, 3, 0))),
        ("01:02", None, Some(clock(1, 2, 0, 0))),
        ("{t '01:02:03.5'}", None, Some(clock(1, 2, 3, 500_000_000))),
        (
            "2024-02-29 01:02:03.123456789",
            Some(date(2024, 2, 29)),
            Some(clock(1, 2, 3, 123_456_789)),
        ),
        (
            "{ts '2024-02-29 01:02:03'}",
            Some(date(2024, 2, 29)),
            Some(clock(1, 2, 3, 0)),
        ),
        ("2024-02-29T01:02:03Z", Some(date(2024, 2, 29)), Some(clock(1, 2, 3, 0))),
        (
            "2024-03-01T01:02:03.25+02:00",
            Some(date(2024, 2, 29)),
            Some(clock(23, 2, 3, 250_000_000)),
        ),
        (
            "2024-02-29T23:30:00-0100",
            Some(date(2024, 3, 1)),
            Some(clock(0, 30, 0, 0)),
        ),
    ] {
        assert_eq!(Literal::parse(text), Ok(Literal { date: day, clock: time }), "{text}");
    }
    for text in [
        "",
        "x",
        "2024-2-29",
        "20240229",
        "2024-02-29x",
        "2024-02-29 1:02:03",
        "2024-02-29 01:02:03.",
        "grüße und",
    ] {
        assert_eq!(Literal::parse(text), Err(Failure::BadCharacter), "{text}");
    }
    for text in ["2024-02-30", "24:00:00", "2024-02-29 01:60:00"] {
        assert_eq!(Literal::parse(text), Err(Failure::DatetimeFormat), "{text}");
    }
}

#[test]
fn fractions_are_written_without_trailing_zeros() {
    for (fraction, text) in [
        (0, "01:02:03"),
        (500_000_000, "01:02:03.5"),
        (1, "01:02:03.000000001"),
        (120_000, "01:02:03.00012"),
    ] {
        let mut scratch = Scratch::new();
        Clock {
            time: Time {
                hour: 1,
                minute: 2,
                second: 3,
            },
            fraction,
        }
        .write(&mut scratch);
        assert_eq!(scratch.text(), text);
    }
}
