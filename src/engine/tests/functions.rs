//! Functions as SQL Server has them.

use super::*;

#[test]
fn texts() {
    for (sql, expected) in [
        ("LEN('ab  ')", "2"),
        ("LEN(' é😀')", "3"),
        ("LEN(12345)", "5"),
        ("CHARINDEX('b', 'abab')", "2"),
        ("CHARINDEX('b', 'éabab', 4)", "5"),
        ("CHARINDEX('z', 'abab')", "0"),
        ("CHARINDEX('b', 'ab', 9)", "0"),
        ("CHARINDEX('a', 'ab', -9223372036854775807)", "1"),
        ("PATINDEX('%ter%', 'interesting data')", "3"),
        ("PATINDEX('%[0-9]%', 'abc7')", "4"),
        ("PATINDEX('%[^a-c]%', 'abcd')", "4"),
        ("PATINDEX('a_c', 'abc')", "1"),
        ("PATINDEX('b%', 'abc')", "0"),
        ("PATINDEX('%a%b%', 'xaxxb')", "2"),
        ("STUFF('abcdef', 2, 3, 'ijklmn')", "aijklmnef"),
        ("STUFF('abc', 2, 1, NULL)", "ac"),
        ("STUFF('abc', 4, 1, 'x')", "NULL"),
        ("REPLICATE('ab', 3)", "ababab"),
        ("REPLICATE('ab', -1)", "NULL"),
        ("'[' || SPACE(2) || ']'", "[  ]"),
        ("QUOTENAME('a]b')", "[a]]b]"),
        ("QUOTENAME('ab', '\"')", "\"ab\""),
        ("QUOTENAME('ab', 'x')", "NULL"),
        ("CHAR(65)", "A"),
        ("CHAR(256)", "NULL"),
        ("NCHAR(8364)", "€"),
        ("UNICODE('€')", "8364"),
        ("UNICODE('')", "NULL"),
        ("STR(123.45, 6, 1)", " 123.5"),
        ("STR(123.45, 2, 2)", "**"),
        ("STR(2.5)", "         3"),
        ("STR(123.456, 5, 3)", "123.5"),
        ("STR(-0.5, 4, 1)", "-0.5"),
        ("SUBSTRING('abcdef', 2, 3)", "bcd"),
        ("REVERSE('abc')", "cba"),
        ("STARTSWITH('abc', 'ab')", "true"),
        ("ENDSWITH('abc', 'bc')", "true"),
        ("CONTAINS('abc', 'b')", "true"),
        ("INDEXOF('abc', 'c')", "2"),
        ("INDEXOF('abc', 'z')", "-1"),
        ("INDEXOF('abcabc', 'a', 1)", "3"),
        ("SPLIT('a/b/c/d', '/', 1)", "a"),
        ("SPLIT('a/b/c/d', '/', -2)", "c"),
        ("TOSTRING(12)", "12"),
        ("HEX(255)", "FF"),
        ("CONCAT('a', NULL, 1)", "a1"),
        ("SOUNDEX('Smith')", "S530"),
        ("SOUNDEX('Ashcraft')", "A261"),
        ("SOUNDEX('Tymczak')", "T522"),
        ("SOUNDEX('Pfister')", "P236"),
        ("SOUNDEX('')", "0000"),
        ("DIFFERENCE('Green', 'Greene')", "4"),
        ("DIFFERENCE('Blotchet-Halls', 'Greene')", "0"),
        ("ISNULL(NULL, 'x')", "x"),
        ("LEN(NULL)", "NULL"),
        ("UCASE('a') || LCASE('B')", "Ab"),
    ] {
        assert_eq!(one(&format!("SELECT {sql}")), expected, "{sql}");
    }
}

#[test]
fn dates() {
    for (sql, expected) in [
        ("DATEADD(month, 1, {d '2024-01-31'})", "2024-02-29"),
        ("DATEADD(yy, -1, '2024-02-29')", "2023-02-28T00:00:00"),
        ("DATEADD(hh, 25, {d '2024-02-29'})", "2024-03-01T01:00:00"),
        ("DATEADD(ms, -1, {ts '2024-01-01 00:00:00'})", "2023-12-31T23:59:59.999"),
        ("DATEADD(week, 1, {d '2024-02-29'})", "2024-03-07"),
        ("DATEADD('qq', 1, '20240131')", "2024-04-30T00:00:00"),
        (
            "DATEADD(month, DATEDIFF(month, 0, {d '2024-02-29'}), 0)",
            "2024-02-01T00:00:00",
        ),
        ("DATEDIFF(year, '2023-12-31', '2024-01-01')", "1"),
        ("DATEDIFF(month, '2024-01-31', '2024-02-01')", "1"),
        ("DATEDIFF(day, '2024-02-28', '2024-03-01')", "2"),
        ("DATEDIFF(day, '2024-03-01', '2024-02-28')", "-2"),
        // Saturday to Sunday.
        ("DATEDIFF(wk, '2024-03-02', '2024-03-03')", "1"),
        ("DATEDIFF(wk, '2024-03-03', '2024-03-09')", "0"),
        ("DATEDIFF(wk, '1969-12-27', '1969-12-28')", "1"),
        ("DATEDIFF(hh, '2024-01-01 00:59:59', '2024-01-01 01:00:00')", "1"),
        ("DATEDIFF(q, '2023-11-30', '2024-04-01')", "2"),
        ("DATEDIFF(ss, '1969-12-31 23:59:59.5', '1970-01-01 00:00:00')", "1"),
        ("DATEDIFF(ns, '00:00:00', '00:00:00.000001')", "1000"),
        ("DATEPART(dw, {d '2024-02-29'})", "5"),
        ("DATEPART(wk, {d '2024-01-06'})", "1"),
        ("DATEPART(wk, {d '2024-01-07'})", "2"),
        ("DATEPART(isowk, {d '2021-01-03'})", "53"),
        ("DATEPART(dy, '2024-12-31')", "366"),
        ("DATEPART(q, '2024-12-31')", "4"),
        ("DATEPART(ms, {ts '2024-02-29 01:02:03.456789'})", "456"),
        ("DATEPART(mcs, {ts '2024-02-29 01:02:03.456789'})", "456789"),
        ("DATEPART(hour, {t '13:02:03'})", "13"),
        ("DATENAME(month, {d '2024-02-29'})", "February"),
        ("DATENAME('dw', {d '2024-02-29'})", "Thursday"),
        ("DATENAME(yy, {d '2024-02-29'})", "2024"),
        ("DATETRUNC(week, {d '2024-02-29'})", "2024-02-25"),
        ("DATETRUNC(hour, {ts '1960-02-29 01:02:03.4'})", "1960-02-29T01:00:00"),
        ("DATEFROMPARTS(2024, 2, 29)", "2024-02-29"),
        (
            "DATETIMEFROMPARTS(2024, 2, 29, 1, 2, 3, 456)",
            "2024-02-29T01:02:03.456",
        ),
        (
            "DATETIME2FROMPARTS(2024, 2, 29, 1, 2, 3, 5, 1)",
            "2024-02-29T01:02:03.500",
        ),
        ("SMALLDATETIMEFROMPARTS(2024, 2, 29, 1, 2)", "2024-02-29T01:02:00"),
        ("TIMEFROMPARTS(1, 2, 3, 50, 2)", "01:02:03.500"),
        ("EOMONTH({d '2024-02-01'})", "2024-02-29"),
        ("EOMONTH('2024-12-31', 2)", "2025-02-28"),
        (
            "YEAR('2024-02-29') * 10000 + MONTH('2024-02-29') * 100 + DAY('2024-02-29')",
            "20240229",
        ),
        (
            "HOUR({ts '2024-02-29 01:02:03'}) * 100 + MINUTE({ts '2024-02-29 01:02:03'})",
            "102",
        ),
        ("DAYOFWEEK({d '2024-02-29'}) + DAYOFYEAR({d '2024-02-29'})", "65"),
        ("ISDATE('2024-02-30')", "0"),
        ("ISDATE('2024-02-29')", "1"),
        ("ISDATE(NULL)", "0"),
        ("ISDATE('12:30')", "1"),
        ("FROM_UNIXTIME(1540495231)", "2018-10-25T19:20:31"),
        ("FROM_UNIXTIME(1540495357385, 0)", "2018-10-25T19:22:37.385"),
        ("TO_DAYS({d '1970-01-01'})", "719528"),
        ("FROM_DAYS(719528)", "1970-01-01"),
        ("MAKEDATE(2024, 60)", "2024-02-29"),
        ("FDWEEK({d '2024-02-29'})", "2024-02-25"),
        ("LDWEEK({d '2024-02-29'})", "2024-03-02"),
        ("FDMONTH({ts '2024-02-29 01:02:03'})", "2024-02-01"),
        ("LDMONTH('2024-02-01')", "2024-02-29"),
        ("FDQUARTER({d '2024-02-29'})", "2024-01-01"),
        ("LDQUARTER({d '2024-02-29'})", "2024-03-31"),
        ("DATEDIFF(day, L_YESTERDAY(), L_TOMORROW())", "2"),
        ("DATEDIFF(day, L_TODAY(), GETDATE())", "0"),
        (
            "{fn TIMESTAMPADD(SQL_TSI_FRAC_SECOND, 500000000, {ts '2024-02-29 01:02:03'})}",
            "2024-02-29T01:02:03.500",
        ),
        (
            "{fn TIMESTAMPADD(SQL_TSI_MONTH, 1, {d '2024-01-31'})}",
            "2024-02-29T00:00:00",
        ),
        (
            "{fn TIMESTAMPDIFF(SQL_TSI_WEEK, {d '2024-03-02'}, {d '2024-03-03'})}",
            "1",
        ),
        ("{d '2024-01-31'} + {INTERVAL '1' MONTH}", "2024-02-29"),
        (
            "{ts '2024-03-01 00:00:00'} - {INTERVAL '1 12:30' DAY TO MINUTE}",
            "2024-02-28T11:30:00",
        ),
        (
            "{ts '2024-03-01 00:00:00'} + {INTERVAL -'1-1' YEAR TO MONTH}",
            "2023-02-01T00:00:00",
        ),
        (
            "{ts '2024-03-01 00:00:00'} - {INTERVAL '0.5' SECOND}",
            "2024-02-29T23:59:59.500",
        ),
    ] {
        assert_eq!(one(&format!("SELECT {sql}")), expected, "{sql}");
    }
}

#[test]
fn conversions() {
    const NOON: &str = "{ts '2024-02-09 13:02:03.456'}";
    for (style, expected) in [
        (100, "Feb  9 2024  1:02PM"),
        (1, "02/09/24"),
        (101, "02/09/2024"),
        (102, "2024.02.09"),
        (103, "09/02/2024"),
        (104, "09.02.2024"),
        (105, "09-02-2024"),
        (106, "09 Feb 2024"),
        (107, "Feb 09, 2024"),
        (108, "13:02:03"),
        (109, "Feb  9 2024  1:02:03:456PM"),
        (110, "02-09-2024"),
        (111, "2024/02/09"),
        (112, "20240209"),
        (113, "09 Feb 2024 13:02:03:456"),
        (114, "13:02:03:456"),
        (120, "2024-02-09 13:02:03"),
        (121, "2024-02-09 13:02:03.456"),
        (23, "2024-02-09"),
        (126, "2024-02-09T13:02:03.456"),
    ] {
        assert_eq!(
            one(&format!("SELECT CONVERT(VARCHAR(30), {NOON}, {style})")),
            expected,
            "{style}"
        );
    }
    for (sql, expected) in [
        ("CONVERT(VARCHAR(10), {ts '2024-02-09 13:02:03'}, 120)", "2024-02-09"),
        ("CONVERT(VARCHAR, {ts '2024-02-09 13:02:03'})", "2024-02-09 13:02:03"),
        ("CONVERT(NVARCHAR(MAX), {d '2024-02-09'}, 120)", "2024-02-09"),
        ("CONVERT(CHAR(8), {d '2024-02-09'}, 112)", "20240209"),
        ("CONVERT(VARCHAR(5), {t '13:02:03'}, 108)", "13:02"),
        ("CONVERT(VARCHAR(3), 1234)", "*"),
        ("CONVERT(VARCHAR, CONVERT(BIT, 5))", "1"),
        ("CONVERT(INT, '42')", "42"),
        ("CONVERT(INT, 12.9)", "12"),
        ("CONVERT(DECIMAL(10, 2), '1.005')", "1.01"),
        ("CONVERT(MONEY, 1)", "1.0000"),
        ("CONVERT(DATE, '09/02/2024', 103)", "2024-02-09"),
        ("CONVERT(DATETIME, 'Feb  9 2024  1:02PM', 100)", "2024-02-09T13:02:00"),
        ("CONVERT(DATETIME2, '2024-02-09T13:02:03', 126)", "2024-02-09T13:02:03"),
        ("CONVERT(DATE, '02/09/49', 1)", "2049-02-09"),
        ("CONVERT(DATE, '02/09/50', 1)", "1950-02-09"),
        ("CONVERT(DATE, GETDATE()) = CAST(GETDATE() AS DATE)", "true"),
        ("TRY_CONVERT(INT, 'x')", "NULL"),
        ("TRY_CONVERT(DATE, '30/02/2024', 103)", "NULL"),
        ("TRY_CAST('x' AS INTEGER)", "NULL"),
        ("CAST('2024-02-09 13:02:00' AS DATETIME)", "2024-02-09T13:02:00"),
        ("CAST('2024-02-09' AS DATETIME2)", "2024-02-09T00:00:00"),
        ("CAST(1 AS MONEY)", "1.0000"),
        ("CAST(1 AS BIT)", "true"),
        ("ISNUMERIC('-1,234.5e3')", "1"),
        ("ISNUMERIC('$5')", "1"),
        ("ISNUMERIC('1x')", "0"),
        ("ISNUMERIC(NULL)", "0"),
        ("ISNUMERIC(5)", "1"),
    ] {
        assert_eq!(one(&format!("SELECT {sql}")), expected, "{sql}");
    }
}

#[test]
fn numbers_and_choices() {
    for (sql, expected) in [
        ("IIF(1 > 2, 'a', 'b')", "b"),
        ("CHOOSE(2, 'a', 'b', 'c')", "b"),
        ("CHOOSE(4, 'a', 'b')", "NULL"),
        ("SQUARE(3)", "9.0"),
        ("ATN2(0, 1)", "0.0"),
        ("CEILING(1.2)", "2.0"),
        ("ROUND(LOG(EXP(1)), 10)", "1.0"),
        ("ROUND(LOG(8, 2), 10)", "3.0"),
        ("LOG10(100)", "2.0"),
        ("SIGN(-5)", "-1.0"),
        ("NEGATE(5)", "-5"),
        ("ROUND(1.26, 1)", "1.3"),
        ("ROUND(1.29, 1, 1)", "1.2"),
        ("RAND() < 1", "true"),
        ("LEN(NEWID())", "36"),
        ("NEWID() = UPPER(NEWID())", "false"),
        ("GREATEST(1, NULL, 3) + LEAST(2, NULL)", "5"),
        (
            "ENCODE(HASHBYTES('SHA2_256', 'abc'), 'hex')",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "ENCODE(HASHBYTES('md5', 'abc'), 'hex')",
            "900150983cd24fb0d6963f7d28e17f72",
        ),
    ] {
        assert_eq!(one(&format!("SELECT {sql}")), expected, "{sql}");
    }
}

#[test]
fn they_work_on_columns_and_in_every_clause() {
    assert_eq!(
        rows("SELECT YEAR(born), COUNT_BIG(*) FROM people WHERE LEN(name) > 3 GROUP BY YEAR(born) ORDER BY YEAR(born)"),
        [["1906", "1"], ["1969", "1"]]
    );
    assert_eq!(
        rows("SELECT TOP 2 DATEADD(day, id, born), STUFF(name, 1, 1, '*') FROM people ORDER BY DATEDIFF(day, born, 0)"),
        [["1969-12-31", "*inus"], ["1906-12-11", "*race"]]
    );
    assert_eq!(
        rows(
            "SELECT STDEV(age) > 7, STDEVP(age) > 6, VAR(age) > 50, VARP(age) > 30, COUNT_BIG(DISTINCT age) FROM people"
        ),
        [["true", "true", "true", "true", "3"]]
    );
}

#[test]
fn markers_are_taken_by_the_functions() {
    let session = people();
    let sql = "SELECT ISNULL(?, 'x'), DATEADD(month, ?, {d '2024-01-31'}), LEN(?), DATEDIFF(day, ?, '2024-03-01')";
    let values = vec![
        ScalarValue::Utf8(None),
        ScalarValue::Int64(Some(1)),
        text("ab "),
        ScalarValue::Date32(Some(19_782)),
    ];
    assert_eq!(
        answer(&session, sql, values).unwrap().1,
        [["x", "2024-02-29", "2", "1"]]
    );
}

#[test]
fn columns_are_called_as_the_call_was_written() {
    assert_eq!(
        names(
            "SELECT DISTINCT TOP 1 YEAR(born), len( name ) + 1, {fn UCASE(name)}, id AS x, ISNULL(age,0) y FROM people"
        ),
        ["YEAR(born)", "len(name) + 1", "{fn UCASE(name)}", "x", "y"]
    );
    assert_eq!(
        names("WITH q AS (SELECT LEN(name) AS n FROM people) SELECT n, IIF(n > 1,\n  'a', 'b') FROM q"),
        ["n", "IIF(n > 1, 'a', 'b')"]
    );
    assert_eq!(
        names("(SELECT MONTH(born) FROM people) UNION SELECT 1"),
        ["MONTH(born)"]
    );
    assert_eq!(
        names("SELECT *, DAY(born) FROM people")[5..],
        ["tags".to_owned(), "DAY(born)".to_owned()]
    );
}

#[test]
fn what_there_is_not_is_named_with_its_place() {
    for (sql, kind, part) in [
        (
            "SELECT 1,\n FORMAT(born, 'd') FROM people",
            Kind::Syntax,
            "There is no function FORMAT (line 2, column 2)",
        ),
        (
            "SELECT LENN('x')",
            Kind::Syntax,
            "There is no function LENN; did you mean len? (line 1, column 8)",
        ),
        (
            "SELECT LEN('x', 1)",
            Kind::Syntax,
            "The function LEN does not take 2 arguments",
        ),
        (
            "SELECT DATEADD(isowk, 1, born) FROM people",
            Kind::Syntax,
            "not added or subtracted by iso_week",
        ),
        (
            "SELECT DATEADD(year, 9000, born) FROM people",
            Kind::OutOfRange,
            "outside of the years 1 to 9999",
        ),
        (
            "SELECT DATEADD(day, 9223372036854775807, born) FROM people",
            Kind::OutOfRange,
            "outside of the years",
        ),
        (
            "SELECT DATEFROMPARTS(2023, 2, 29)",
            Kind::Conversion,
            "There is no date of these parts",
        ),
        (
            "SELECT YEAR('x')",
            Kind::Conversion,
            "The text 'x' cannot be read as a date or time",
        ),
        (
            "SELECT CONVERT(DATE, '30/02/2024', 103)",
            Kind::Conversion,
            "cannot be read as a date or time of the style 103",
        ),
        ("SELECT HASHBYTES('SHA1', 'abc')", Kind::Syntax, "SHA1"),
    ] {
        let error = refused(sql);
        assert!(error.message().contains(part), "{sql}: {error:?}");
        assert_eq!(error.kind(), kind, "{sql}: {error:?}");
    }
}

#[test]
fn calls_may_nest_but_not_for_ever() {
    let deep = |depth: usize| format!("SELECT {}1{}", "NEGATE(".repeat(depth), ")".repeat(depth));
    assert_eq!(one(&deep(20)), "1");
    assert_eq!(refused(&deep(10_000)).kind(), Kind::Syntax);
    let doubling = |depth: usize| format!("SELECT {}1{}", "ROUND(".repeat(depth), ", 1, 0)".repeat(depth));
    assert!(refused(&doubling(40)).message().contains("too long"));
}

#[test]
fn whole_numbers_that_do_not_fit_are_an_error() {
    for sql in [
        "SELECT 9223372036854775807 + 1",
        "SELECT -9223372036854775807 - 2",
        "SELECT 9223372036854775807 * 2",
        "SELECT id + 9223372036854775807 FROM people",
        "SELECT MAX(id * 9223372036854775807) FROM people",
        "SELECT 1 FROM people WHERE id + 9223372036854775807 > 0",
        "SELECT (SELECT MAX(p.id + 9223372036854775807) FROM people p WHERE p.id = o.id) FROM people o",
        "SELECT COUNT(*) FROM people GROUP BY id + 9223372036854775807",
        "SELECT CAST(100 AS TINYINT) + CAST(100 AS TINYINT)",
    ] {
        let error = refused(sql);
        assert_eq!(error.kind(), Kind::OutOfRange, "{sql}: {error:?}");
    }
    let message = refused("SELECT 9223372036854775807 + 1").message().to_owned();
    assert!(message.contains("9223372036854775807 + 1"), "{message}");
    assert_eq!(one("SELECT 9223372036854775806 + 1"), "9223372036854775807");
    assert_eq!(
        one("SELECT CASE WHEN id = 2 THEN id * 9223372036854775807 ELSE id END FROM people WHERE id = 1"),
        "1"
    );
    assert_eq!(
        rows("SELECT age + id, COUNT(*) FROM people GROUP BY age + id HAVING SUM(id * 2) > 2 ORDER BY age + id"),
        [["33", "1"], ["47", "1"]]
    );
    assert_eq!(
        names("SELECT q.*, id*2 FROM (SELECT id + 1 FROM people) q, people"),
        ["people.id + Int64(1)", "id * 2"]
    );
}
