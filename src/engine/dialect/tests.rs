//! What users write, and what the engine reads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn rewritten(sql: &str) -> String {
    escapes::rewrite(sql, Braces::Escapes)
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .sql
}

fn refused(sql: &str) -> String {
    match escapes::rewrite(sql, Braces::Escapes) {
        Err(error) => error.message().to_owned(),
        Ok(rewritten) => panic!("{sql} became {}", rewritten.sql),
    }
}

fn parsed(sql: &str) -> Result<Parsed> {
    parse(sql, Braces::Escapes)
}

#[test]
fn each_spelling_becomes_the_engine_s() {
    let cases = [
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 ; -- end", "SELECT 1"),
        ("SELECT [a]]b], [c\"d]", "SELECT \"a]b\", \"c\"\"d\""),
        ("SELECT[a]FROM[t]", "SELECT\"a\"FROM\"t\""),
        ("SELECT a [b] FROM t [u]", "SELECT a \"b\" FROM t \"u\""),
        ("SELECT TOP 5 [2020 sales] FROM t", "SELECT TOP 5 \"2020 sales\" FROM t"),
        ("SELECT t.[a b], [t].[c]", "SELECT t.\"a b\", \"t\".\"c\""),
        (
            "SELECT a[1], a [2], f(x)[1], ARRAY[1, b], ARRAY[[1], [2]]",
            "SELECT a[1], a [2], f(x)[1], ARRAY[1, b], ARRAY[[1], [2]]",
        ),
        (
            "WHERE a = ? AND b = '?' AND \"?\" = ?",
            "WHERE a = $1 AND b = '?' AND \"?\" = $2",
        ),
        ("{d '2024-01-31'}", "DATE '2024-01-31'"),
        ("{ D'2024-01-31' }", "DATE '2024-01-31'"),
        ("{t '01:02:03'}", "TIME '01:02:03'"),
        (
            "{ts '2024-01-31 01:02:03.5'}",
            "CAST('2024-01-31 01:02:03.5' AS TIMESTAMP(6))",
        ),
        (
            "{guid '12345678-90AB-cdef-1234-567890abcdef'}",
            "'12345678-90AB-cdef-1234-567890abcdef'",
        ),
        ("a LIKE 'x' {escape '\\'}", "a LIKE 'x' ESCAPE '\\'"),
        ("{escape ''''}", "ESCAPE ''''"),
        (
            "FROM {oj a LEFT OUTER JOIN [b] ON a.x = b.x}",
            "FROM a LEFT OUTER JOIN \"b\" ON a.x = b.x",
        ),
        ("{interval '3' day}", "INTERVAL '3 days'"),
        ("{fn UCASE({fn LTRIM([a b])})}", "upper(ltrim(\"a b\"))"),
        ("{fn LOCATE(?, ?)}", "strpos($2, $1)"),
        ("{fn CONCAT(f(a, b), '}{,')}", "(f(a, b) || '}{,')"),
        ("{fn CONVERT(a, SQL_VARCHAR)}", "CAST(a AS VARCHAR)"),
        (
            "{fn EXTRACT(YEAR FROM {d '2024-01-31'})}",
            "EXTRACT(YEAR FROM DATE '2024-01-31')",
        ),
        ("{fn CURDATE()}", "current_date"),
        (
            "{fn IFNULL(a, (SELECT max(b), 1 FROM t))}",
            "coalesce(a, (SELECT max(b), 1 FROM t))",
        ),
        (
            "SELECT N'é', E'a\\'?', x'00', $$ ? $$, q'[a'?]'",
            "SELECT 'é', E'a\\'?', x'00', $$ ? $$, q'[a'?]'",
        ),
        ("SELECT 1e5, .5, 1.e-3, a.b, 1-- ?\n", "SELECT 1e5, .5, 1.e-3, a.b, 1"),
        ("SELECT /* ? /* [x] */ {d} */ 1", "SELECT /* ? /* [x] */ {d} */ 1"),
    ];
    for (sql, expected) in cases {
        assert_eq!(rewritten(sql), expected, "{sql}");
    }
}

#[test]
fn a_call_is_rewritten_only_where_an_expression_may_stand() {
    let cases = [
        ("SELECT GETDATE()", "SELECT CAST(now() AS TIMESTAMP(6))"),
        ("SELECT TOP 5 YEAR(d)", "SELECT TOP 5 datepart('year', d)"),
        ("SELECT TOP (5) year (d)", "SELECT TOP (5) datepart('year', d)"),
        ("WHERE a = 1 OR ISNULL(b, ?) = ?", "WHERE a = 1 OR coalesce(b, $1) = $2"),
        (
            "SELECT IIF(a > ?, ISNULL(b, ?), {fn LCASE(?)})",
            "SELECT CASE WHEN a > $1 THEN coalesce(b, $2) ELSE lower($3) END",
        ),
        (
            "SELECT ROUND(?, 1, 0)",
            "SELECT CASE WHEN 0 = 0 THEN round($1, 1) ELSE trunc($1, 1) END",
        ),
        (
            "SELECT DATEPART(yy, d), DATEPART('MM', d), DATEPART([hh], d)",
            "SELECT datepart('year', d), datepart('month', d), datepart('hour', d)",
        ),
        (
            "SELECT CHOOSE(i, 'a', b)",
            "SELECT CASE CAST(i AS BIGINT) WHEN 1 THEN 'a' WHEN 2 THEN b END",
        ),
        (
            "SELECT CONVERT(NVARCHAR (10), d, 120)",
            "SELECT convert_to_text(d, 120, 10)",
        ),
        (
            "SELECT EXTRACT(DAY FROM GETDATE())",
            "SELECT EXTRACT(DAY FROM CAST(now() AS TIMESTAMP(6)))",
        ),
        // A string, a comment or a comma inside is none of the call's.
        (
            "SELECT ISNULL(f(',', b) /* , */, ')')",
            "SELECT coalesce(f(',', b) /* , */, ')')",
        ),
    ];
    for (sql, expected) in cases {
        assert_eq!(rewritten(sql), expected, "{sql}");
    }
    let untouched = [
        "SELECT CAST(x AS CHAR(10))",
        "SELECT x::LOG(10)",
        "INSERT INTO year (a) VALUES (1)",
        "CREATE TABLE month (a INT)",
        "SELECT t.year(1)",
        "SELECT 1 AS day, year FROM log",
        "WITH a AS (SELECT 1), year (n) AS (SELECT 2) SELECT n FROM year",
        "SELECT 'GETDATE()', \"GETDATE\"() -- GETDATE()\nFROM t",
        "SELECT a FROM t JOIN day (1)",
    ];
    for sql in untouched {
        assert_eq!(rewritten(sql), sql);
    }
}

#[test]
fn every_form_of_interval_is_the_engine_s() {
    let cases = [
        ("{INTERVAL '326' YEAR(4)}", "INTERVAL '326 years'"),
        ("{INTERVAL '326' MONTH(3)}", "INTERVAL '326 months'"),
        ("{INTERVAL '3261' DAY(4)}", "INTERVAL '3261 days'"),
        ("{INTERVAL '163' HOUR(3)}", "INTERVAL '163 hours'"),
        ("{INTERVAL '163' MINUTE(3)}", "INTERVAL '163 minutes'"),
        ("{INTERVAL '223.16' SECOND(3,2)}", "INTERVAL '223.16 seconds'"),
        ("{interval -'3-2' YEAR(4) TO MONTH}", "INTERVAL '-3 years -2 months'"),
        ("{INTERVAL '163 11' DAY(3) TO HOUR}", "INTERVAL '163 days 11 hours'"),
        (
            "{INTERVAL '163 11:39' DAY(3) TO MINUTE}",
            "INTERVAL '163 days 11 hours 39 minutes'",
        ),
        (
            "{INTERVAL '163 11:39:59.163' DAY(3) TO SECOND(3)}",
            "INTERVAL '163 days 11 hours 39 minutes 59.163 seconds'",
        ),
        (
            "{INTERVAL '163:39' HOUR(3) TO MINUTE}",
            "INTERVAL '163 hours 39 minutes'",
        ),
        (
            "{INTERVAL -'163:39:59.1' HOUR(3) TO SECOND(4)}",
            "INTERVAL '-163 hours -39 minutes -59.1 seconds'",
        ),
        (
            "{INTERVAL '163:59.16' MINUTE(3) TO SECOND(2)}",
            "INTERVAL '163 minutes 59.16 seconds'",
        ),
        ("{ interval + '-1' day }", "INTERVAL '-1 days'"),
        ("{interval - '-1' day}", "INTERVAL '1 days'"),
    ];
    for (sql, expected) in cases {
        assert_eq!(rewritten(sql), expected, "{sql}");
    }
    for sql in [
        "{interval '1'}",
        "{interval 1 day}",
        "{interval '1' fortnight}",
        "{interval '1-2' year to day}",
        "{interval '1-12' year to month}",
        "{interval '1 24' day to hour}",
        "{interval '163' day(2)}",
        "{interval '1.5' day}",
        "{interval '' day}",
        "{interval '1' hour to day}",
        "{interval '1' day day}",
    ] {
        assert!(refused(sql).contains("cannot be read"), "{sql}");
    }
}

#[test]
fn what_cannot_be_rewritten_is_told_with_its_place() {
    let cases = [
        ("SELECT {d '2024-1-31'}", "{d 'yyyy-mm-dd'} (line 1, column 9)"),
        (
            "SELECT {ts '2024-01-31'}",
            "{ts 'yyyy-mm-dd hh:mm:ss[.f…]'} (line 1, column 9)",
        ),
        ("SELECT\n {nosuch 1}", "{nosuch …} is not supported (line 2, column 2)"),
        (
            "SELECT {fn NOSUCH(1)}",
            "NOSUCH is not supported in {fn …} (line 1, column 12)",
        ),
        ("SELECT {fn UCASE(a, b)}", "UCASE does not take 2 arguments"),
        ("SELECT {fn UCASE a}", "NAME(argument, …)"),
        ("SELECT {fn UCASE(a) b}", "NAME(argument, …)"),
        ("SELECT {fn CONVERT(a, VARCHAR)}", "SQL_VARCHAR"),
        ("SELECT {fn UCASE(a)", "not closed by a }"),
        ("SELECT a}", "} without its {"),
        ("SELECT {}", "empty"),
        ("SELECT {call p()}", "whole statement"),
        ("SELECT é, 'x", "text is not closed (line 1, column 11)"),
        ("SELECT \"x", "quoted name is not closed"),
        ("SELECT [x", "bracketed name is not closed"),
        ("SELECT /* x", "comment is not closed"),
        ("SELECT ?, $1", "mixes ?"),
        (
            "SELECT\n DATEADD(fortnight, 1, d)",
            "DATEADD does not know the part fortnight; it takes one such as year, month, day or hour (line 2, column 10)",
        ),
        (
            "SELECT ISNULL(1)",
            "ISNULL does not take 1 arguments (line 1, column 8)",
        ),
        ("SELECT CONVERT(VARCHAR(9), d, 130)", "does not know the style 130"),
        ("SELECT CONVERT(geography, d)", "does not know the data type geography"),
        ("SELECT CHOOSE(1)", "CHOOSE takes an index"),
    ];
    for (sql, part) in cases {
        let message = refused(sql);
        assert!(message.contains(part), "{sql}: {message}");
    }
}

#[test]
fn the_parser_s_places_are_those_of_the_user_s_text() {
    let sql = "SELECT {fn UCASE({fn LTRIM(a)})} AS [x y],\n  {ts '2024-01-31 00:00:00'} b c FROM t";
    let error = parsed(sql).unwrap_err();
    assert!(error.message().ends_with("(line 2, column 32)"), "{error:?}");
    // A literal may be a secret in a misspelled call.
    let error = parsed("EXE GetOAuthAccessToken Verifier='hunter2'").unwrap_err();
    assert!(!error.message().contains("hunter2"), "{error:?}");
    let error = parsed("SELECT a FROM t WHERE 'x' 'hunter2'").unwrap_err();
    assert!(!error.message().contains("hunter"), "{error:?}");
}

#[test]
fn markers_are_counted() {
    assert_eq!(parsed("SELECT ? FROM t WHERE a IN (?, ?)").unwrap().markers, 3);
    assert_eq!(parsed("SELECT '?' -- ?").unwrap().markers, 0);
}

proptest! {
    #[test]
    fn every_text_is_cut_into_tokens_without_loss(sql in "\\PC*") {
        if let Ok(tokens) = lexer::tokens(&sql) {
            let mut end = 0;
            for token in &tokens {
                prop_assert_eq!(token.span.start, end);
                prop_assert!(token.span.end > end);
                end = token.span.end;
            }
            prop_assert_eq!(end, sql.len());
        }
    }

    #[test]
    fn texts_names_and_comments_are_never_changed(inner in "[^*/\n]*") {
        let text = format!("'{}'", inner.replace('\'', "''"));
        let name = format!("\"{}\"", inner.replace('"', "\"\""));
        let sql = format!("SELECT {text}, {name} /*{inner}*/ --{inner}\nFROM t");
        prop_assert_eq!(rewritten(&sql), sql);
        prop_assert_eq!(lexer::literal(&text), Some(inner.clone()));
        prop_assert_eq!(lexer::unquoted(&name), inner);
    }

    #[test]
    fn a_bracketed_name_is_the_same_name(inner in "\\PC*") {
        let sql = format!("SELECT [{}] FROM t", inner.replace(']', "]]"));
        let expected = format!("SELECT \"{}\" FROM t", inner.replace('"', "\"\""));
        prop_assert_eq!(rewritten(&sql), expected);
    }

    #[test]
    fn no_text_makes_the_reader_fail_badly(sql in "[{}()\\[\\]'\"?@$;,. a-z0-9-]{0,40}") {
        let _ = parsed(&sql);
        let _ = native(&sql);
    }
}
