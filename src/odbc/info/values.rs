//! Answers of SQLGetInfo that are no capability bits of the SQL grammar.

use crate::engine::session::CATALOG;
use crate::odbc::catalog::arguments::ESCAPE;

use super::{Answer, Facts};

/// The constant answers by kind; what the driver computes comes in [`value`].
const YES_OR_NO: &[(u16, bool)] = &[
    (11, false),   // SQL_ROW_UPDATES
    (19, true),    // SQL_ACCESSIBLE_TABLES
    (20, true),    // SQL_ACCESSIBLE_PROCEDURES
    (21, true),    // SQL_PROCEDURES
    (25, true),    // SQL_DATA_SOURCE_READ_ONLY
    (27, true),    // SQL_EXPRESSIONS_IN_ORDERBY
    (36, true),    // SQL_MULT_RESULT_SETS: of arrays of parameters
    (37, false),   // SQL_MULTIPLE_ACTIVE_TXN
    (38, true),    // SQL_OUTER_JOINS
    (73, false),   // SQL_INTEGRITY
    (87, true),    // SQL_COLUMN_ALIAS
    (90, false),   // SQL_ORDER_BY_COLUMNS_IN_SELECT
    (103, true),   // SQL_MAX_ROW_SIZE_INCLUDES_LONG
    (111, false),  // SQL_NEED_LONG_DATA_LEN
    (113, true),   // SQL_LIKE_ESCAPE_CLAUSE
    (10002, true), // SQL_DESCRIBE_PARAMETER
    (10003, true), // SQL_CATALOG_NAME
];

const TEXTS: &[(u16, &str)] = &[
    (6, "liblatchkey.so"), // SQL_DRIVER_NAME
    (10, ODBC_VERSION),    // SQL_ODBC_VER, where no driver manager answers
    (16, CATALOG),         // SQL_DATABASE_NAME
    (17, "Latchkey"),      // SQL_DBMS_NAME: programs key their dialects on it, so it never changes
    (29, "\""),            // SQL_IDENTIFIER_QUOTE_CHAR
    (39, "schema"),        // SQL_SCHEMA_TERM
    (40, "procedure"),     // SQL_PROCEDURE_TERM
    (41, "."),             // SQL_CATALOG_NAME_SEPARATOR
    (42, "catalog"),       // SQL_CATALOG_TERM
    (45, "table"),         // SQL_TABLE_TERM
    (47, ""),              // SQL_USER_NAME: the account is known to the service alone
    (77, ODBC_VERSION),    // SQL_DRIVER_ODBC_VER
    (89, KEYWORDS),        // SQL_KEYWORDS
    (94, ""),              // SQL_SPECIAL_CHARACTERS
    (10000, "1995"),       // SQL_XOPEN_CLI_YEAR
    (10004, ""),           // SQL_COLLATION_SEQ
];

const SMALL: &[(u16, u16)] = &[
    (0, 0),       // SQL_MAX_DRIVER_CONNECTIONS: no limit
    (1, 0),       // SQL_MAX_CONCURRENT_ACTIVITIES: no limit
    (9, 1),       // SQL_ODBC_API_CONFORMANCE: level 1
    (12, 1),      // SQL_ODBC_SAG_CLI_CONFORMANCE: compliant
    (15, 1),      // SQL_ODBC_SQL_CONFORMANCE: core
    (22, 0),      // SQL_CONCAT_NULL_BEHAVIOR: NULL
    (23, 2),      // SQL_CURSOR_COMMIT_BEHAVIOR: preserve
    (24, 2),      // SQL_CURSOR_ROLLBACK_BEHAVIOR: preserve
    (28, 4),      // SQL_IDENTIFIER_CASE: not sensitive, kept as the documents spell it
    (30, 255),    // SQL_MAX_COLUMN_NAME_LEN: programs size buffers by these, so 0 (unlimited) will not do
    (31, 64),     // SQL_MAX_CURSOR_NAME_LEN
    (32, 255),    // SQL_MAX_SCHEMA_NAME_LEN
    (33, 255),    // SQL_MAX_PROCEDURE_NAME_LEN
    (34, 255),    // SQL_MAX_CATALOG_NAME_LEN
    (35, 255),    // SQL_MAX_TABLE_NAME_LEN
    (46, 0),      // SQL_TXN_CAPABLE: none
    (74, 2),      // SQL_CORRELATION_NAME: any
    (75, 1),      // SQL_NON_NULLABLE_COLUMNS
    (84, 0),      // SQL_FILE_USAGE: not a single-tier driver
    (85, 0),      // SQL_NULL_COLLATION: high
    (88, 2),      // SQL_GROUP_BY: contains the select list
    (93, 3),      // SQL_QUOTED_IDENTIFIER_CASE: an exact spelling wins over one that differs in case
    (97, 0),      // SQL_MAX_COLUMNS_IN_GROUP_BY
    (98, 0),      // SQL_MAX_COLUMNS_IN_INDEX
    (99, 0),      // SQL_MAX_COLUMNS_IN_ORDER_BY
    (100, 0),     // SQL_MAX_COLUMNS_IN_SELECT
    (101, 0),     // SQL_MAX_COLUMNS_IN_TABLE
    (106, 0),     // SQL_MAX_TABLES_IN_SELECT
    (107, 255),   // SQL_MAX_USER_NAME_LEN
    (114, 1),     // SQL_CATALOG_LOCATION: at the start
    (116, 0),     // SQL_ACTIVE_ENVIRONMENTS: no limit
    (10005, 255), // SQL_MAX_IDENTIFIER_LEN
];

const LARGE: &[(u16, u32)] = &[
    (8, 0xBF),     // SQL_FETCH_DIRECTION: all but the resume of ODBC 1
    (26, 0),       // SQL_DEFAULT_TXN_ISOLATION: no transactions
    (43, 1),       // SQL_SCROLL_CONCURRENCY: read only
    (44, 0x11),    // SQL_SCROLL_OPTIONS: forward only, static
    (72, 0),       // SQL_TXN_ISOLATION_OPTION
    (78, 1),       // SQL_LOCK_TYPES: no change
    (79, 3),       // SQL_POS_OPERATIONS: position, refresh
    (80, 0),       // SQL_POSITIONED_STATEMENTS
    (81, 15),      // SQL_GETDATA_EXTENSIONS: any column, any order, blocks, bound columns
    (82, 0x48),    // SQL_BOOKMARK_PERSISTENCE: transactions, scrolling
    (83, 0),       // SQL_STATIC_SENSITIVITY
    (86, 0),       // SQL_ALTER_TABLE
    (91, 5),       // SQL_SCHEMA_USAGE: in statements on rows and on tables
    (92, 5),       // SQL_CATALOG_USAGE: in statements on rows and on tables
    (102, 0),      // SQL_MAX_INDEX_SIZE
    (104, 0),      // SQL_MAX_ROW_SIZE
    (105, 0),      // SQL_MAX_STATEMENT_LEN
    (108, 0),      // SQL_MAX_CHAR_LITERAL_LEN
    (112, 0),      // SQL_MAX_BINARY_LITERAL_LEN
    (117, 0),      // SQL_ALTER_DOMAIN
    (118, 1),      // SQL_SQL_CONFORMANCE: SQL-92 entry level
    (120, 0),      // SQL_BATCH_ROW_COUNT
    (121, 0),      // SQL_BATCH_SUPPORT
    (127, 0),      // SQL_CREATE_ASSERTION
    (128, 0),      // SQL_CREATE_CHARACTER_SET
    (129, 0),      // SQL_CREATE_COLLATION
    (130, 0),      // SQL_CREATE_DOMAIN
    (131, 0),      // SQL_CREATE_SCHEMA
    (133, 0),      // SQL_CREATE_TRANSLATION
    (134, 0),      // SQL_CREATE_VIEW
    (136, 0),      // SQL_DROP_ASSERTION
    (137, 0),      // SQL_DROP_CHARACTER_SET
    (138, 0),      // SQL_DROP_COLLATION
    (139, 0),      // SQL_DROP_DOMAIN
    (140, 0),      // SQL_DROP_SCHEMA
    (142, 0),      // SQL_DROP_TRANSLATION
    (143, 0),      // SQL_DROP_VIEW
    (144, 0),      // SQL_DYNAMIC_CURSOR_ATTRIBUTES1
    (145, 0),      // SQL_DYNAMIC_CURSOR_ATTRIBUTES2
    (146, 0x1241), // SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES1: next; position and refresh without a lock
    (147, 0x881),  // SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES2: read only, SQL_ATTR_MAX_ROWS in queries and catalogs
    (148, 0),      // SQL_INDEX_KEYWORDS
    (150, 0),      // SQL_KEYSET_CURSOR_ATTRIBUTES1
    (151, 0),      // SQL_KEYSET_CURSOR_ATTRIBUTES2
    (152, 1),      // SQL_ODBC_INTERFACE_CONFORMANCE: core
    (153, 2),      // SQL_PARAM_ARRAY_ROW_COUNTS: one count for all sets
    (154, 1),      // SQL_PARAM_ARRAY_SELECTS: a result for each set
    (156, 0),      // SQL_SQL92_FOREIGN_KEY_DELETE_RULE
    (157, 0),      // SQL_SQL92_FOREIGN_KEY_UPDATE_RULE
    (158, 0),      // SQL_SQL92_GRANT
    (162, 0),      // SQL_SQL92_REVOKE
    (166, 2),      // SQL_STANDARD_CLI_CONFORMANCE: ISO 92
    (167, 0x124F), // SQL_STATIC_CURSOR_ATTRIBUTES1: as forward only; absolute, relative, bookmark
    (168, 0x881),  // SQL_STATIC_CURSOR_ATTRIBUTES2: as forward only
    (170, 0),      // SQL_DDL_INDEX
    (180, 0),      // SQL_RETURN_ESCAPE_CLAUSE of ODBC 4: an error here breaks Power BI
    (1750, 0),     // SQL_DTC_TRANSITION_COST
    (10001, 1),    // SQL_CURSOR_SENSITIVITY: insensitive
    (10021, 0),    // SQL_ASYNC_MODE: none
    (10022, 0),    // SQL_MAX_ASYNC_CONCURRENT_STATEMENTS
    (10023, 0),    // SQL_ASYNC_DBC_FUNCTIONS
    (10024, 0),    // SQL_DRIVER_AWARE_POOLING_SUPPORTED
    (10025, 0),    // SQL_ASYNC_NOTIFICATION
];

const ODBC_VERSION: &str = "03.80";

/// Reserved words of the engine that are not among the standard's own.
const KEYWORDS: &str = "ANTI,CLUSTER,CUBE,DISTRIBUTE,FETCH,GROUPING,ILIKE,LATERAL,LIMIT,MINUS,OFFSET,PIVOT,QUALIFY,\
                        ROLLUP,SEMI,SORT,TABLESAMPLE,TOP,UNNEST,UNPIVOT,WINDOW";

/// The answer to an information type; none when the number is not one of these.
pub(super) fn value(id: u16, facts: &Facts) -> Option<Answer> {
    match id {
        2 => return Some(Answer::Text(facts.data_source.clone())),
        13 => return Some(Answer::Text(facts.server.clone())),
        7 | 18 => return Some(Answer::Text(version())),
        14 => return Some(Answer::Text(ESCAPE.to_string())),
        _ => {}
    }
    if let Some(yes) = find(YES_OR_NO, id) {
        return Some(Answer::Text(if yes { "Y" } else { "N" }.to_owned()));
    }
    let text = find(TEXTS, id).map(|text| Answer::Text(text.to_owned()));
    text.or_else(|| find(SMALL, id).map(Answer::U16))
        .or_else(|| find(LARGE, id).map(Answer::U32))
}

/// The version as ODBC writes it: `MM.mm.pppp`.
fn version() -> String {
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    format!(
        "{:02}.{:02}.{:04}",
        number(env!("CARGO_PKG_VERSION_MAJOR")),
        number(env!("CARGO_PKG_VERSION_MINOR")),
        number(env!("CARGO_PKG_VERSION_PATCH"))
    )
}

fn find<T: Copy>(table: &[(u16, T)], id: u16) -> Option<T> {
    table.iter().find(|(known, _)| *known == id).map(|(_, value)| *value)
}
