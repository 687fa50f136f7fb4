//! Intervals: out of texts, numbers and differences of times, and into parameters.

use std::ptr::null_mut;

use crate::driver::*;

/// `SQL_INTERVAL_STRUCT`
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Interval {
    code: i32,
    sign: i16,
    fields: [u32; 5],
}

const YEAR: i16 = 101;
const MONTH: i16 = 102;
const DAY: i16 = 103;
const SECOND: i16 = 106;
const YEAR_TO_MONTH: i16 = 107;
const DAY_TO_HOUR: i16 = 108;
const DAY_TO_SECOND: i16 = 110;

fn interval(c_type: i16, sign: i16, fields: [u32; 5]) -> Interval {
    Interval {
        code: (c_type - 100).into(),
        sign,
        fields,
    }
}

/// The value of an expression as an interval, and the SQLSTATE that came with it.
fn fetched(open: &Open, expression: &str, c_type: i16) -> (Option<Interval>, String) {
    let statement = open.query(&format!("SELECT {expression}"));
    ok(driver().SQLFetch(statement), STMT, statement);
    let (mut value, mut length) = (Interval::default(), 0_isize);
    let code = driver().SQLGetData(statement, 1, c_type, place(&mut value), 0, &mut length);
    let state = state(STMT, statement);
    ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
    if code == ERROR {
        return (None, state);
    }
    assert_eq!(length, 28);
    (Some(value), state)
}

#[test]
fn differences_texts_and_numbers_are_fetched_as_intervals() {
    let open = Open::people();
    let later = "TIMESTAMP '2024-03-02 04:05:06.25' - TIMESTAMP '2024-02-29 00:00:00'";
    for (expression, c_type, value, state) in [
        (
            later,
            DAY_TO_SECOND,
            Some(interval(DAY_TO_SECOND, 0, [2, 4, 5, 6, 250_000])),
            "",
        ),
        (
            later,
            DAY_TO_HOUR,
            Some(interval(DAY_TO_HOUR, 0, [2, 4, 0, 0, 0])),
            "01S07",
        ),
        (later, DAY, Some(interval(DAY, 0, [2, 0, 0, 0, 0])), "01S07"),
        (later, SECOND, None, "22015"),
        (later, YEAR, None, "22018"),
        (
            "INTERVAL '-14' MONTH",
            YEAR_TO_MONTH,
            Some(interval(YEAR_TO_MONTH, 1, [1, 2, 0, 0, 0])),
            "",
        ),
        ("INTERVAL '3' DAY", DAY, Some(interval(DAY, 0, [3, 0, 0, 0, 0])), ""),
        (
            "'INTERVAL ''1 02'' DAY TO HOUR'",
            DAY_TO_HOUR,
            Some(interval(DAY_TO_HOUR, 0, [1, 2, 0, 0, 0])),
            "",
        ),
        ("'-7'", MONTH, Some(interval(MONTH, 1, [0, 7, 0, 0, 0])), ""),
        ("'soon'", MONTH, None, "22018"),
        ("42", DAY, Some(interval(DAY, 0, [42, 0, 0, 0, 0])), ""),
        ("100", DAY, None, "22015"),
        (
            "CAST(-1.5 AS DECIMAL(5,2))",
            SECOND,
            Some(interval(SECOND, 1, [0, 0, 0, 1, 500_000])),
            "",
        ),
        (
            "CAST(1.5 AS DECIMAL(5,2))",
            DAY,
            Some(interval(DAY, 0, [1, 0, 0, 0, 0])),
            "01S07",
        ),
        ("42", DAY_TO_HOUR, None, "07006"),
        ("1.5e0", DAY, None, "07006"),
        ("DATE '2024-02-29'", DAY, None, "07006"),
    ] {
        assert_eq!(
            fetched(&open, expression, c_type),
            (value, state.to_owned()),
            "{expression} {c_type}"
        );
    }
}

#[test]
fn differences_are_described_and_shown_as_text() {
    let open = Open::people();
    let statement =
        open.query("SELECT TIMESTAMP '2024-03-02 04:05:06.25' - TIMESTAMP '2024-03-03 00:00:00', INTERVAL '14' MONTH");
    let mut described = 0_i16;
    let code = driver().SQLColAttribute(statement, 1, 2, null_mut(), 0, null_mut(), place(&mut described).cast());
    ok(code, STMT, statement);
    assert_eq!(described, -9);
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "-0 19:54:53.75");
    assert_eq!(text(statement, 2).unwrap(), "1-2");
}

/// `SQL_DESC_DATETIME_INTERVAL_PRECISION`, `SQL_DESC_PRECISION`
const LEADING: i16 = 26;
const FRACTION: i16 = 1005;

#[test]
fn the_descriptor_says_how_many_digits_the_fields_have() {
    let open = Open::people();
    let statement = open.query("SELECT INTERVAL '123456.123456789' SECOND");
    let (mut value, mut length, mut ard) = (Interval::default(), 0_isize, null_mut());
    let code = driver().SQLBindCol(statement, 1, SECOND, place(&mut value), 0, &mut length);
    ok(code, STMT, statement);
    ok(
        driver().SQLGetStmtAttr(statement, 10010, place(&mut ard), 8, null_mut()),
        STMT,
        statement,
    );
    ok(driver().SQLSetDescField(ard, 1, LEADING, word(6), 0), DESC, ard);
    ok(driver().SQLSetDescField(ard, 1, FRACTION, word(3), 0), DESC, ard);
    ok(driver().SQLSetDescField(ard, 1, 1010, place(&mut value), 0), DESC, ard);
    assert_eq!(driver().SQLFetch(statement), WITH_INFO);
    assert_eq!(state(STMT, statement), "01S07");
    assert_eq!((value, length), (interval(SECOND, 0, [0, 0, 0, 123_456, 123]), 28));
}

/// The first column of a query with one parameter, or the SQLSTATE.
fn answered(open: &Open, sql: &str, c_type: i16, sql_type: i16, mut value: Interval) -> Result<String, String> {
    let statement = open.statement();
    let code = driver().SQLBindParameter(
        statement,
        1,
        1,
        c_type,
        sql_type,
        20,
        0,
        place(&mut value),
        0,
        null_mut(),
    );
    ok(code, STMT, statement);
    if driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32) == ERROR {
        return Err(state(STMT, statement));
    }
    ok(driver().SQLFetch(statement), STMT, statement);
    Ok(text(statement, 1).unwrap())
}

#[test]
fn parameters_are_intervals_and_what_they_convert_to() {
    let open = Open::people();
    let two_days = interval(DAY, 0, [2, 0, 0, 0, 0]);
    let since = "SELECT CAST(DATE '2024-02-29' + CAST(? AS INTERVAL) AS VARCHAR)";
    assert!(
        answered(&open, since, DAY, DAY, two_days)
            .unwrap()
            .starts_with("2024-03-02")
    );
    let back = interval(YEAR_TO_MONTH, 1, [1, 2, 0, 0, 0]);
    assert!(
        answered(&open, since, YEAR_TO_MONTH, YEAR_TO_MONTH, back)
            .unwrap()
            .starts_with("2022-12-29")
    );
    let same = "SELECT ?";
    let long = interval(DAY_TO_SECOND, 0, [1, 2, 3, 4, 500_000]);
    for (c_type, sql_type, value, expected) in [
        (DAY_TO_SECOND, 12, long, Ok("1 02:03:04.5")),
        (DAY_TO_SECOND, DAY_TO_SECOND, long, Ok("1 02:03:04.5")),
        (DAY_TO_SECOND, DAY, long, Err("22015")),
        (DAY, 4, two_days, Ok("2")),
        (DAY, 8, two_days, Err("07006")),
        (DAY_TO_SECOND, 4, long, Err("07006")),
        (DAY, YEAR, two_days, Err("07006")),
        (
            DAY_TO_HOUR,
            DAY_TO_HOUR,
            interval(DAY_TO_HOUR, 0, [1, 24, 0, 0, 0]),
            Err("22015"),
        ),
    ] {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(
            answered(&open, same, c_type, sql_type, value),
            expected,
            "{c_type} {sql_type}"
        );
    }
    // Numbers and texts become intervals of the SQL type.
    let number = |count: i64| {
        let mut value = Interval::default();
        let bytes: Vec<u8> = count.to_ne_bytes().to_vec();
        value.code = i32::from_ne_bytes(bytes[..4].try_into().unwrap());
        value
    };
    assert_eq!(answered(&open, same, -16, DAY, number(3)), Ok("3 00:00:00".to_owned()));
    assert_eq!(
        answered(&open, same, -16, DAY_TO_HOUR, number(3)),
        Err("07006".to_owned())
    );
}
