//! Bits of SQL grammar: predicates, joins, subqueries, literals, expressions, scratch tables.

use super::promises::{Bit, Promise, kept, not_kept};

/// The information types and their bits.
const MASKS: &[(u16, &[Bit])] = &[
    // SQL_SUBQUERIES
    (
        95,
        &[
            kept("SQL_SQ_COMPARISON", 0x1, "SELECT 1 WHERE 1 = (SELECT 1)"),
            kept("SQL_SQ_EXISTS", 0x2, "SELECT 1 WHERE EXISTS (SELECT 1)"),
            kept("SQL_SQ_IN", 0x4, "SELECT 1 WHERE 1 IN (SELECT 1)"),
            kept("SQL_SQ_QUANTIFIED", 0x8, "SELECT 1 WHERE 1 >= ALL (SELECT 1)"),
            kept(
                "SQL_SQ_CORRELATED_SUBQUERIES",
                0x10,
                "SELECT x FROM (VALUES (1)) AS t(x) WHERE EXISTS (SELECT 1 FROM (VALUES (1)) AS u(y) WHERE u.y = t.x)",
            ),
        ],
    ),
    // SQL_UNION
    (
        96,
        &[
            kept("SQL_U_UNION", 0x1, "SELECT 1 UNION SELECT 1"),
            kept("SQL_U_UNION_ALL", 0x2, "SELECT 1 UNION ALL SELECT 1"),
        ],
    ),
    // SQL_TIMEDATE_ADD_INTERVALS
    (
        109,
        &[
            kept(
                "SQL_FN_TSI_FRAC_SECOND",
                0x1,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_FRAC_SECOND, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_SECOND",
                0x2,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_SECOND, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_MINUTE",
                0x4,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_MINUTE, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_HOUR",
                0x8,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_HOUR, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_DAY",
                0x10,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_DAY, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_WEEK",
                0x20,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_WEEK, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_MONTH",
                0x40,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_MONTH, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_QUARTER",
                0x80,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_QUARTER, 1, {d '2024-02-29'})}",
            ),
            kept(
                "SQL_FN_TSI_YEAR",
                0x100,
                "SELECT {fn TIMESTAMPADD(SQL_TSI_YEAR, 1, {d '2024-02-29'})}",
            ),
        ],
    ),
    // SQL_TIMEDATE_DIFF_INTERVALS
    (
        110,
        &[
            kept(
                "SQL_FN_TSI_FRAC_SECOND",
                0x1,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_SECOND",
                0x2,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_SECOND, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_MINUTE",
                0x4,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_MINUTE, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_HOUR",
                0x8,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_HOUR, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_DAY",
                0x10,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_DAY, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_WEEK",
                0x20,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_WEEK, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_MONTH",
                0x40,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_MONTH, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_QUARTER",
                0x80,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_QUARTER, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
            kept(
                "SQL_FN_TSI_YEAR",
                0x100,
                "SELECT {fn TIMESTAMPDIFF(SQL_TSI_YEAR, {d '2024-02-29'}, {ts '2024-02-29 01:02:03'})}",
            ),
        ],
    ),
    // SQL_OJ_CAPABILITIES
    (
        115,
        &[
            kept(
                "SQL_OJ_LEFT",
                0x1,
                "SELECT * FROM {oj (VALUES (1)) AS a(x) LEFT OUTER JOIN (VALUES (1)) AS b(y) ON a.x = b.y}",
            ),
            kept(
                "SQL_OJ_RIGHT",
                0x2,
                "SELECT * FROM {oj (VALUES (1)) AS a(x) RIGHT OUTER JOIN (VALUES (1)) AS b(y) ON a.x = b.y}",
            ),
            kept(
                "SQL_OJ_FULL",
                0x4,
                "SELECT * FROM {oj (VALUES (1)) AS a(x) FULL OUTER JOIN (VALUES (1)) AS b(y) ON a.x = b.y}",
            ),
            kept(
                "SQL_OJ_NESTED",
                0x8,
                "SELECT * FROM {oj (VALUES (1)) AS a(x) LEFT OUTER JOIN ((VALUES (1)) AS b(y) \
                 LEFT OUTER JOIN (VALUES (1)) AS c(z) ON b.y = c.z) ON a.x = b.y}",
            ),
            kept(
                "SQL_OJ_NOT_ORDERED",
                0x10,
                "SELECT * FROM {oj (VALUES (1)) AS a(x) LEFT OUTER JOIN (VALUES (1)) AS b(y) ON b.y = a.x}",
            ),
            kept(
                "SQL_OJ_INNER",
                0x20,
                "SELECT * FROM (VALUES (1)) AS c(z) INNER JOIN (VALUES (1)) AS a(x) ON c.z = a.x \
                 LEFT OUTER JOIN (VALUES (1)) AS b(y) ON a.x = b.y",
            ),
            kept(
                "SQL_OJ_ALL_COMPARISON_OPS",
                0x40,
                "SELECT * FROM (VALUES (1)) AS a(x) LEFT OUTER JOIN (VALUES (1)) AS b(y) ON a.x <= b.y",
            ),
        ],
    ),
    // SQL_DATETIME_LITERALS
    (
        119,
        &[
            kept("SQL_DL_SQL92_DATE", 0x1, "SELECT DATE '2024-02-29'"),
            kept("SQL_DL_SQL92_TIME", 0x2, "SELECT TIME '01:02:03'"),
            kept("SQL_DL_SQL92_TIMESTAMP", 0x4, "SELECT TIMESTAMP '2024-02-29 01:02:03'"),
            kept("SQL_DL_SQL92_INTERVAL_YEAR", 0x8, "SELECT INTERVAL '1' YEAR"),
            kept("SQL_DL_SQL92_INTERVAL_MONTH", 0x10, "SELECT INTERVAL '1' MONTH"),
            kept("SQL_DL_SQL92_INTERVAL_DAY", 0x20, "SELECT INTERVAL '1' DAY"),
            kept("SQL_DL_SQL92_INTERVAL_HOUR", 0x40, "SELECT INTERVAL '1' HOUR"),
            kept("SQL_DL_SQL92_INTERVAL_MINUTE", 0x80, "SELECT INTERVAL '1' MINUTE"),
            kept("SQL_DL_SQL92_INTERVAL_SECOND", 0x100, "SELECT INTERVAL '1' SECOND"),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_YEAR_TO_MONTH",
                0x200,
                "SELECT INTERVAL '1-2' YEAR TO MONTH",
            ),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_DAY_TO_HOUR",
                0x400,
                "SELECT INTERVAL '1 02' DAY TO HOUR",
            ),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_DAY_TO_MINUTE",
                0x800,
                "SELECT INTERVAL '1 02:03' DAY TO MINUTE",
            ),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_DAY_TO_SECOND",
                0x1000,
                "SELECT INTERVAL '1 02:03:04' DAY TO SECOND",
            ),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_HOUR_TO_MINUTE",
                0x2000,
                "SELECT INTERVAL '01:02' HOUR TO MINUTE",
            ),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_HOUR_TO_SECOND",
                0x4000,
                "SELECT INTERVAL '01:02:03' HOUR TO SECOND",
            ),
            not_kept(
                "SQL_DL_SQL92_INTERVAL_MINUTE_TO_SECOND",
                0x8000,
                "SELECT INTERVAL '01:02' MINUTE TO SECOND",
            ),
        ],
    ),
    // SQL_CREATE_TABLE
    (
        132,
        &[
            kept("SQL_CT_CREATE_TABLE", 0x1, "CREATE TABLE t (a INTEGER)"),
            kept(
                "SQL_CT_COMMIT_PRESERVE",
                0x2,
                "CREATE LOCAL TEMPORARY TABLE t (a INTEGER) ON COMMIT PRESERVE ROWS",
            ),
            not_kept(
                "SQL_CT_COMMIT_DELETE",
                0x4,
                "CREATE LOCAL TEMPORARY TABLE t (a INTEGER) ON COMMIT DELETE ROWS",
            ),
            not_kept(
                "SQL_CT_GLOBAL_TEMPORARY",
                0x8,
                "CREATE GLOBAL TEMPORARY TABLE t (a INTEGER)",
            ),
            kept(
                "SQL_CT_LOCAL_TEMPORARY",
                0x10,
                "CREATE LOCAL TEMPORARY TABLE t (a INTEGER)",
            ),
            // NOT NULL alone is SQL_NON_NULLABLE_COLUMNS.
            not_kept("SQL_CT_COLUMN_CONSTRAINT", 0x200, "CREATE TABLE t (a INTEGER UNIQUE)"),
            kept("SQL_CT_COLUMN_DEFAULT", 0x400, "CREATE TABLE t (a INTEGER DEFAULT 1)"),
            not_kept(
                "SQL_CT_COLUMN_COLLATION",
                0x800,
                "CREATE TABLE t (a VARCHAR(5) COLLATE c)",
            ),
            not_kept(
                "SQL_CT_TABLE_CONSTRAINT",
                0x1000,
                "CREATE TABLE t (a INTEGER, PRIMARY KEY (a))",
            ),
            not_kept(
                "SQL_CT_CONSTRAINT_NAME_DEFINITION",
                0x2000,
                "CREATE TABLE t (a INTEGER, CONSTRAINT c UNIQUE (a))",
            ),
        ],
    ),
    // SQL_DROP_TABLE
    (
        141,
        &[
            kept("SQL_DT_DROP_TABLE", 0x1, "CREATE TABLE t (a INTEGER); DROP TABLE t"),
            kept(
                "SQL_DT_RESTRICT",
                0x2,
                "CREATE TABLE t (a INTEGER); DROP TABLE t RESTRICT",
            ),
            kept(
                "SQL_DT_CASCADE",
                0x4,
                "CREATE TABLE t (a INTEGER); DROP TABLE t CASCADE",
            ),
        ],
    ),
    // SQL_INFO_SCHEMA_VIEWS
    (
        149,
        &[
            kept("SQL_ISV_COLUMNS", 0x40, "SELECT * FROM information_schema.columns"),
            kept("SQL_ISV_SCHEMATA", 0x2000, "SELECT * FROM information_schema.schemata"),
            not_kept(
                "SQL_ISV_TABLE_CONSTRAINTS",
                0x8000,
                "SELECT * FROM information_schema.table_constraints",
            ),
            kept("SQL_ISV_TABLES", 0x2_0000, "SELECT * FROM information_schema.tables"),
            kept("SQL_ISV_VIEWS", 0x40_0000, "SELECT * FROM information_schema.views"),
        ],
    ),
    // SQL_SQL92_DATETIME_FUNCTIONS
    (
        155,
        &[
            kept("SQL_SDF_CURRENT_DATE", 0x1, "SELECT CURRENT_DATE"),
            kept("SQL_SDF_CURRENT_TIME", 0x2, "SELECT CURRENT_TIME"),
            kept("SQL_SDF_CURRENT_TIMESTAMP", 0x4, "SELECT CURRENT_TIMESTAMP"),
        ],
    ),
    // SQL_SQL92_NUMERIC_VALUE_FUNCTIONS
    (
        159,
        &[
            kept("SQL_SNVF_BIT_LENGTH", 0x1, "SELECT BIT_LENGTH('a')"),
            kept("SQL_SNVF_CHAR_LENGTH", 0x2, "SELECT CHAR_LENGTH('a')"),
            kept("SQL_SNVF_CHARACTER_LENGTH", 0x4, "SELECT CHARACTER_LENGTH('a')"),
            kept("SQL_SNVF_EXTRACT", 0x8, "SELECT EXTRACT(YEAR FROM DATE '2024-02-29')"),
            kept("SQL_SNVF_OCTET_LENGTH", 0x10, "SELECT OCTET_LENGTH('a')"),
            kept("SQL_SNVF_POSITION", 0x20, "SELECT POSITION('b' IN 'ab')"),
        ],
    ),
    // SQL_SQL92_PREDICATES
    (
        160,
        &[
            kept("SQL_SP_EXISTS", 0x1, "SELECT 1 WHERE EXISTS (SELECT 1)"),
            kept("SQL_SP_ISNOTNULL", 0x2, "SELECT 1 WHERE 1 IS NOT NULL"),
            kept("SQL_SP_ISNULL", 0x4, "SELECT 1 WHERE 1 IS NULL"),
            not_kept(
                "SQL_SP_MATCH_FULL",
                0x8,
                "SELECT 1 WHERE (1, 2) MATCH FULL (SELECT 1, 2)",
            ),
            not_kept(
                "SQL_SP_MATCH_PARTIAL",
                0x10,
                "SELECT 1 WHERE (1, 2) MATCH PARTIAL (SELECT 1, 2)",
            ),
            not_kept(
                "SQL_SP_MATCH_UNIQUE_FULL",
                0x20,
                "SELECT 1 WHERE (1, 2) MATCH UNIQUE FULL (SELECT 1, 2)",
            ),
            not_kept(
                "SQL_SP_MATCH_UNIQUE_PARTIAL",
                0x40,
                "SELECT 1 WHERE (1, 2) MATCH UNIQUE PARTIAL (SELECT 1, 2)",
            ),
            not_kept(
                "SQL_SP_OVERLAPS",
                0x80,
                "SELECT 1 WHERE (DATE '2024-01-01', DATE '2024-01-03') OVERLAPS (DATE '2024-01-02', DATE '2024-01-04')",
            ),
            not_kept("SQL_SP_UNIQUE", 0x100, "SELECT 1 WHERE UNIQUE (SELECT 1)"),
            kept("SQL_SP_LIKE", 0x200, "SELECT 1 WHERE 'ab' LIKE 'a_%'"),
            kept("SQL_SP_IN", 0x400, "SELECT 1 WHERE 1 IN (1, 2)"),
            kept("SQL_SP_BETWEEN", 0x800, "SELECT 1 WHERE 1 BETWEEN 0 AND 2"),
            kept("SQL_SP_COMPARISON", 0x1000, "SELECT 1 WHERE 1 <> 2 AND 1 <= 2"),
            kept(
                "SQL_SP_QUANTIFIED_COMPARISON",
                0x2000,
                "SELECT 1 WHERE 1 = ANY (SELECT 1)",
            ),
        ],
    ),
    // SQL_SQL92_RELATIONAL_JOIN_OPERATORS
    (
        161,
        &[
            not_kept(
                "SQL_SRJO_CORRESPONDING_CLAUSE",
                0x1,
                "SELECT 1 AS x UNION CORRESPONDING SELECT 1 AS x",
            ),
            kept(
                "SQL_SRJO_CROSS_JOIN",
                0x2,
                "SELECT * FROM (VALUES (1)) AS a(x) CROSS JOIN (VALUES (1)) AS b(y)",
            ),
            kept("SQL_SRJO_EXCEPT_JOIN", 0x4, "SELECT 1 EXCEPT SELECT 2"),
            kept(
                "SQL_SRJO_FULL_OUTER_JOIN",
                0x8,
                "SELECT * FROM (VALUES (1)) AS a(x) FULL OUTER JOIN (VALUES (1)) AS b(x) ON a.x = b.x",
            ),
            kept(
                "SQL_SRJO_INNER_JOIN",
                0x10,
                "SELECT * FROM (VALUES (1)) AS a(x) INNER JOIN (VALUES (1)) AS b(x) USING (x)",
            ),
            kept("SQL_SRJO_INTERSECT_JOIN", 0x20, "SELECT 1 INTERSECT SELECT 1"),
            kept(
                "SQL_SRJO_LEFT_OUTER_JOIN",
                0x40,
                "SELECT * FROM (VALUES (1)) AS a(x) LEFT OUTER JOIN (VALUES (1)) AS b(x) ON a.x = b.x",
            ),
            kept(
                "SQL_SRJO_NATURAL_JOIN",
                0x80,
                "SELECT * FROM (VALUES (1)) AS a(x) NATURAL JOIN (VALUES (1)) AS b(x)",
            ),
            kept(
                "SQL_SRJO_RIGHT_OUTER_JOIN",
                0x100,
                "SELECT * FROM (VALUES (1)) AS a(x) RIGHT OUTER JOIN (VALUES (1)) AS b(x) ON a.x = b.x",
            ),
            not_kept(
                "SQL_SRJO_UNION_JOIN",
                0x200,
                "SELECT * FROM (VALUES (1)) AS a(x) UNION JOIN (VALUES (1)) AS b(y)",
            ),
        ],
    ),
    // SQL_SQL92_ROW_VALUE_CONSTRUCTOR
    (
        163,
        &[
            kept("SQL_SRVC_VALUE_EXPRESSION", 0x1, "SELECT 1 WHERE (1, 2) = (1, 2)"),
            kept("SQL_SRVC_NULL", 0x2, "SELECT 1 WHERE (1, NULL) = (1, 2)"),
            not_kept("SQL_SRVC_DEFAULT", 0x4, "SELECT 1 WHERE (1, DEFAULT) = (1, 2)"),
            not_kept("SQL_SRVC_ROW_SUBQUERY", 0x8, "SELECT 1 WHERE (1, 2) = (SELECT 1, 2)"),
        ],
    ),
    // SQL_SQL92_STRING_FUNCTIONS
    (
        164,
        &[
            not_kept("SQL_SSF_CONVERT", 0x1, "SELECT CONVERT('a' USING utf8)"),
            kept("SQL_SSF_LOWER", 0x2, "SELECT LOWER('A')"),
            kept("SQL_SSF_UPPER", 0x4, "SELECT UPPER('a')"),
            kept("SQL_SSF_SUBSTRING", 0x8, "SELECT SUBSTRING('abc' FROM 2 FOR 1)"),
            not_kept("SQL_SSF_TRANSLATE", 0x10, "SELECT TRANSLATE('a' USING utf8)"),
            kept("SQL_SSF_TRIM_BOTH", 0x20, "SELECT TRIM(BOTH ' ' FROM ' a ')"),
            kept("SQL_SSF_TRIM_LEADING", 0x40, "SELECT TRIM(LEADING ' ' FROM ' a ')"),
            kept("SQL_SSF_TRIM_TRAILING", 0x80, "SELECT TRIM(TRAILING ' ' FROM ' a ')"),
        ],
    ),
    // SQL_SQL92_VALUE_EXPRESSIONS
    (
        165,
        &[
            kept("SQL_SVE_CASE", 0x1, "SELECT CASE 1 WHEN 1 THEN 'a' ELSE 'b' END"),
            kept("SQL_SVE_CAST", 0x2, "SELECT CAST('1' AS INTEGER)"),
            kept("SQL_SVE_COALESCE", 0x4, "SELECT COALESCE(NULL, 1)"),
            kept("SQL_SVE_NULLIF", 0x8, "SELECT NULLIF(1, 2)"),
        ],
    ),
    // SQL_AGGREGATE_FUNCTIONS
    (
        169,
        &[
            kept("SQL_AF_AVG", 0x1, "SELECT AVG(x) FROM (VALUES (1)) AS t(x)"),
            kept("SQL_AF_COUNT", 0x2, "SELECT COUNT(*) FROM (VALUES (1)) AS t(x)"),
            kept("SQL_AF_MAX", 0x4, "SELECT MAX(x) FROM (VALUES (1)) AS t(x)"),
            kept("SQL_AF_MIN", 0x8, "SELECT MIN(x) FROM (VALUES (1)) AS t(x)"),
            kept("SQL_AF_SUM", 0x10, "SELECT SUM(x) FROM (VALUES (1)) AS t(x)"),
            kept(
                "SQL_AF_DISTINCT",
                0x20,
                "SELECT SUM(DISTINCT x) FROM (VALUES (1)) AS t(x)",
            ),
            kept("SQL_AF_ALL", 0x40, "SELECT SUM(ALL x) FROM (VALUES (1)) AS t(x)"),
        ],
    ),
    // SQL_INSERT_STATEMENT
    (
        172,
        &[
            kept(
                "SQL_IS_INSERT_LITERALS",
                0x1,
                "CREATE TABLE t (a INTEGER); INSERT INTO t (a) VALUES (1)",
            ),
            kept(
                "SQL_IS_INSERT_SEARCHED",
                0x2,
                "CREATE TABLE t (a INTEGER); INSERT INTO t SELECT 1",
            ),
            kept("SQL_IS_SELECT_INTO", 0x4, "SELECT 1 AS a INTO t"),
        ],
    ),
];

pub(super) fn promises() -> impl Iterator<Item = Promise> {
    MASKS.iter().flat_map(|(id, bits)| {
        bits.iter().map(|bit| Promise {
            id: *id,
            name: bit.name,
            bit: bit.bit,
            kept: bit.kept,
            sentence: bit.sentence.to_owned(),
        })
    })
}

pub(super) fn mask(id: u16) -> Option<u32> {
    let (_, bits) = MASKS.iter().find(|(known, _)| *known == id)?;
    Some(bits.iter().filter(|bit| bit.kept).fold(0, |mask, bit| mask | bit.bit))
}
