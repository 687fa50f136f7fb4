//! The conversion matrix: every SQL type with every C type, in both directions, as the driver does it.

use std::collections::BTreeSet;
use std::ptr::null_mut;

use crate::driver::*;
use crate::pages;

/// A C type: its name on the page, its number, and values of it for the way in.
struct CType {
    name: &'static str,
    numbers: &'static [i16],
    values: fn() -> Vec<Vec<u8>>,
}

macro_rules! numbers {
    ($type:ty: $($value:expr),*) => {
        || vec![$(<$type>::to_ne_bytes($value).to_vec()),*]
    };
}

const TEXTS: &[&str] = &[
    "1",
    "1.5",
    "1000000000000000000000",
    "2024-02-29",
    "12:30:15",
    "12:30:15.25",
    "2024-02-29 12:30:15",
    "2024-02-29 00:00:00",
    "A1B2",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "1-2",
    "1 02:03:04.5",
    "x",
];

const C_TYPES: &[CType] = &[
    CType {
        name: "CHAR",
        numbers: &[1],
        values: || TEXTS.iter().map(|text| text.as_bytes().to_vec()).collect(),
    },
    CType {
        name: "WCHAR",
        numbers: &[-8],
        values: || {
            TEXTS
                .iter()
                .map(|text| text.encode_utf16().flat_map(u16::to_ne_bytes).collect())
                .collect()
        },
    },
    CType {
        name: "BIT",
        numbers: &[-7],
        values: numbers!(u8: 0, 1),
    },
    CType {
        name: "STINYINT",
        numbers: &[-26],
        values: numbers!(i8: 1, -100),
    },
    CType {
        name: "UTINYINT",
        numbers: &[-28],
        values: numbers!(u8: 1, 200),
    },
    CType {
        name: "SSHORT",
        numbers: &[-15],
        values: numbers!(i16: 1, -30_000),
    },
    CType {
        name: "USHORT",
        numbers: &[-17],
        values: numbers!(u16: 1, 60_000),
    },
    CType {
        name: "SLONG",
        numbers: &[-16],
        values: numbers!(i32: 1, -2_000_000_000),
    },
    CType {
        name: "ULONG",
        numbers: &[-18],
        values: numbers!(u32: 1, 4_000_000_000),
    },
    CType {
        name: "SBIGINT",
        numbers: &[-25],
        values: numbers!(i64: 1, i64::MIN),
    },
    CType {
        name: "UBIGINT",
        numbers: &[-27],
        values: numbers!(u64: 1, u64::MAX),
    },
    CType {
        name: "FLOAT",
        numbers: &[7],
        values: numbers!(f32: 1.0, 1.5, 1e30),
    },
    CType {
        name: "DOUBLE",
        numbers: &[8],
        values: numbers!(f64: 1.0, 1.5, 1e300),
    },
    CType {
        name: "NUMERIC",
        numbers: &[2],
        values: || vec![numeric(1, 0), numeric(15, 1), numeric(u128::MAX / 4, 0)],
    },
    CType {
        name: "TYPE_DATE",
        numbers: &[91],
        values: || vec![shorts(&[2024, 2, 29]), shorts(&[2024, 2, 30])],
    },
    CType {
        name: "TYPE_TIME",
        numbers: &[92],
        values: || vec![shorts(&[12, 30, 15]), shorts(&[25, 0, 0])],
    },
    CType {
        name: "TYPE_TIMESTAMP",
        numbers: &[93],
        values: || {
            vec![
                timestamp(&[2024, 2, 29, 12, 30, 15], 0),
                timestamp(&[2024, 2, 29, 12, 30, 15], 250_000_000),
                timestamp(&[2024, 2, 29, 0, 0, 0], 0),
                timestamp(&[2024, 13, 1, 0, 0, 0], 0),
            ]
        },
    },
    CType {
        name: "BINARY",
        numbers: &[-2],
        values: || {
            let mut values = vec![
                vec![1],
                vec![0xFF; 5],
                b"12".to_vec(),
                b"1234".to_vec(),
                b"12345678".to_vec(),
            ];
            values.extend([
                shorts(&[2024, 2, 29]),
                shorts(&[12, 30, 15]),
                timestamp(&[2024, 2, 29, 12, 30, 15], 0),
            ]);
            values
        },
    },
    CType {
        name: "GUID",
        numbers: &[-11],
        values: || vec![(1..=16).collect()],
    },
    CType {
        name: "INTERVAL of one field",
        numbers: ONE_FIELD,
        values: || vec![interval([1; 5]), interval([100_000; 5])],
    },
    CType {
        name: "INTERVAL of several",
        numbers: SEVERAL_FIELDS,
        values: || vec![interval([1; 5]), interval([1, 100, 100, 100, 0])],
    },
];

/// YEAR to SECOND
const ONE_FIELD: &[i16] = &[101, 102, 103, 104, 105, 106];
/// YEAR_TO_MONTH to MINUTE_TO_SECOND
const SEVERAL_FIELDS: &[i16] = &[107, 108, 109, 110, 111, 112, 113];

fn shorts(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_ne_bytes()).collect()
}

fn timestamp(values: &[u16], fraction: u32) -> Vec<u8> {
    let mut bytes = shorts(values);
    bytes.extend(fraction.to_ne_bytes());
    bytes
}

/// `SQL_NUMERIC_STRUCT`, positive.
fn numeric(value: u128, scale: i8) -> Vec<u8> {
    let mut bytes = vec![38, scale.cast_unsigned(), 1];
    bytes.extend(value.to_le_bytes());
    bytes
}

/// `SQL_INTERVAL_STRUCT`, positive.
fn interval(fields: [u32; 5]) -> Vec<u8> {
    // The driver takes the type from the binding.
    let mut bytes = vec![0; 8];
    bytes.extend(fields.iter().flat_map(|field| field.to_ne_bytes()));
    bytes
}

/// An SQL type: its name on the page, its number, and expressions whose type it is.
struct Source {
    name: &'static str,
    number: i16,
    expressions: &'static [&'static str],
}

const LITERALS: &[&str] = &[
    "'1'",
    "'1.5'",
    "'1e300'",
    "'2024-02-29'",
    "'12:30:15.25'",
    "'2024-02-29 12:30:15'",
    "'6f9619ff-8b86-d011-b42d-00c04fc964ff'",
    "'1-2'",
    "'1 02:03:04.5'",
    "'x'",
];

const WHOLE: &[&str] = &["1", "0", "-1", "max"];

const SOURCES: &[Source] = &[
    Source {
        name: "WVARCHAR",
        number: -9,
        expressions: LITERALS,
    },
    Source {
        name: "WLONGVARCHAR",
        number: -10,
        expressions: LITERALS,
    },
    Source {
        name: "BIT",
        number: -7,
        expressions: &["true", "false"],
    },
    Source {
        name: "TINYINT",
        number: -6,
        expressions: WHOLE,
    },
    Source {
        name: "SMALLINT",
        number: 5,
        expressions: WHOLE,
    },
    Source {
        name: "INTEGER",
        number: 4,
        expressions: WHOLE,
    },
    Source {
        name: "BIGINT",
        number: -5,
        expressions: WHOLE,
    },
    Source {
        name: "DECIMAL",
        number: 3,
        expressions: &["1", "1.5", "-1", "1000000000000000000000"],
    },
    Source {
        name: "REAL",
        number: 7,
        expressions: &["1", "1.5", "-1", "1e30"],
    },
    Source {
        name: "DOUBLE",
        number: 8,
        expressions: &["1", "1.5", "-1", "1e300"],
    },
    Source {
        name: "VARBINARY",
        number: -3,
        expressions: &["X'0102'"],
    },
    Source {
        name: "LONGVARBINARY",
        number: -4,
        expressions: &["X'0102'"],
    },
    Source {
        name: "TYPE_DATE",
        number: 91,
        expressions: &["DATE '2024-02-29'"],
    },
    Source {
        name: "TYPE_TIME",
        number: 92,
        expressions: &["TIME '12:30:15'", "TIME '12:30:15.25'"],
    },
    Source {
        name: "TYPE_TIMESTAMP",
        number: 93,
        expressions: &["TIMESTAMP '2024-02-29 00:00:00'", "TIMESTAMP '2024-02-29 12:30:15.25'"],
    },
];

impl Source {
    /// A query whose only column has this type.
    fn query(&self, expression: &str) -> String {
        let cast = match self.number {
            -6 => "TINYINT",
            5 => "SMALLINT",
            4 => "INTEGER",
            -5 => "BIGINT",
            3 => "DECIMAL(38,4)",
            7 => "REAL",
            8 => "DOUBLE",
            -10 => return format!("SELECT text FROM long WHERE text = {expression}"),
            -4 => return "SELECT bytes FROM long WHERE bytes IS NOT NULL".to_owned(),
            _ => return format!("SELECT {expression}"),
        };
        let highest = match self.number {
            -6 => "127",
            5 => "32767",
            4 => "2147483647",
            _ => "9223372036854775807",
        };
        format!(
            "SELECT CAST({} AS {cast})",
            if expression == "max" { highest } else { expression }
        )
    }
}

/// Every SQL type that a parameter may be bound as.
const TARGETS: &[(&str, &[i16])] = &[
    ("CHAR", &[1]),
    ("VARCHAR", &[12]),
    ("LONGVARCHAR", &[-1]),
    ("WCHAR", &[-8]),
    ("WVARCHAR", &[-9]),
    ("WLONGVARCHAR", &[-10]),
    ("BIT", &[-7]),
    ("TINYINT", &[-6]),
    ("SMALLINT", &[5]),
    ("INTEGER", &[4]),
    ("BIGINT", &[-5]),
    ("DECIMAL", &[3]),
    ("NUMERIC", &[2]),
    ("REAL", &[7]),
    ("FLOAT", &[6]),
    ("DOUBLE", &[8]),
    ("BINARY", &[-2]),
    ("VARBINARY", &[-3]),
    ("LONGVARBINARY", &[-4]),
    ("TYPE_DATE", &[91]),
    ("TYPE_TIME", &[92]),
    ("TYPE_TIMESTAMP", &[93]),
    ("GUID", &[-11]),
    ("INTERVAL of one field", ONE_FIELD),
    ("INTERVAL of several", SEVERAL_FIELDS),
];

/// What a call did, as the page shows it.
fn shown(code: i16, statement: Handle) -> String {
    match code {
        SUCCESS => "ok".to_owned(),
        WITH_INFO | ERROR => state(STMT, statement),
        other => panic!("{other}"),
    }
}

/// What all values of a pair of types did: nothing but 07006 is no conversion at all.
fn cell(results: BTreeSet<String>) -> String {
    match results.len() {
        1 if results.contains("07006") => "–".to_owned(),
        _ => {
            let ok = results.contains("ok").then(|| "ok".to_owned());
            let states = results.into_iter().filter(|result| result != "ok" && result != "07006");
            ok.into_iter().chain(states).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The cells of a row: what the values of an SQL type do with each C type.
fn read(open: &Open, source: &Source) -> Vec<String> {
    let mut results = vec![BTreeSet::new(); C_TYPES.len()];
    for expression in source.expressions {
        let statement = open.query(&source.query(expression));
        let mut described = 0_i16;
        let code = driver().SQLDescribeCol(
            statement,
            1,
            null_mut(),
            0,
            null_mut(),
            &mut described,
            null_mut(),
            null_mut(),
            null_mut(),
        );
        ok(code, STMT, statement);
        assert_eq!(described, source.number, "{expression}");
        ok(driver().SQLFetch(statement), STMT, statement);
        for (c_type, results) in C_TYPES.iter().zip(&mut results) {
            // Another type begins the value anew.
            for number in c_type.numbers {
                let (mut buffer, mut length) = ([0_u64; 64], 0_isize);
                let code = driver().SQLGetData(statement, 1, *number, place(&mut buffer), 512, &mut length);
                results.insert(shown(code, statement));
            }
        }
        ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
    }
    results.into_iter().map(cell).collect()
}

/// What the values of a C type do as parameters of some SQL types.
fn write(statement: Handle, sql_types: &[i16], c_type: &CType) -> String {
    let values = (c_type.values)();
    let pairs = sql_types
        .iter()
        .flat_map(|sql_type| c_type.numbers.iter().map(move |number| (*sql_type, *number)));
    let tries = pairs.flat_map(|pair| values.iter().cloned().map(move |value| (pair, value)));
    let results = tries.map(|((sql_type, number), mut value)| {
        let mut length = value.len() as isize;
        // Digits for the exact numbers; a text of any length.
        let (size, digits) = if matches!(sql_type, 2 | 3) { (20, 2) } else { (0, 0) };
        let code = driver().SQLBindParameter(
            statement,
            1,
            1,
            number,
            sql_type,
            size,
            digits,
            value.as_mut_ptr().cast(),
            length,
            &mut length,
        );
        let code = if code == SUCCESS {
            driver().SQLExecute(statement)
        } else {
            code
        };
        let shown = shown(code, statement);
        ok(driver().SQLFreeStmt(statement, 0), STMT, statement);
        shown
    });
    cell(results.collect())
}

fn table(rows: impl Iterator<Item = (&'static str, Vec<String>)>) -> String {
    let names: Vec<_> = C_TYPES.iter().map(|c_type| c_type.name).collect();
    let mut table = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for (name, cells) in rows {
        table.push_str(&format!("| **{name}** | {} |\n", cells.join(" | ")));
    }
    table
}

#[test]
fn the_page_of_conversions_is_what_the_driver_does() {
    let open = Open::people();
    open.query("CREATE TABLE temp.long (text TEXT, bytes BYTEA)");
    open.query("INSERT INTO temp.long VALUES (NULL, X'0102')");
    for text in LITERALS {
        open.query(&format!("INSERT INTO temp.long VALUES ({text}, NULL)"));
    }
    let fetched = table(SOURCES.iter().map(|source| (source.name, read(&open, source))));
    let statement = open.statement();
    ok(
        driver().SQLPrepare(statement, c"SELECT ?".as_ptr().cast(), -3),
        STMT,
        statement,
    );
    let bound = TARGETS.iter().map(|(name, sql_types)| {
        let cells = C_TYPES.iter().map(|c_type| write(statement, sql_types, c_type));
        (*name, cells.collect())
    });
    let bound = table(bound);
    let page = format!(
        "# Conversions\n\n\
         Rows are SQL types (`SQL_…`), columns C types (`SQL_C_…`). A cell tells what the values that were tried did: `ok` \
         when one came through whole, and the SQLSTATE of those that did not. `–` is a conversion that the standard does \
         not have (07006). The thirteen interval types are two rows or columns: those of one field (`DAY`) and those of \
         several (`DAY_TO_SECOND`).\n\n\
         This page is written by `tests/abi/conversions.rs`, which tries every pair on the driver and fails when the page \
         is stale.\n\n\
         ## From columns\n\n{fetched}\n\
         A text or binary value that is longer than its buffer comes in pieces (01004); a number whose digits before the \
         point do not fit its buffer does not come at all (22003). NULL without an indicator is 22002.\n\n\
         ## To parameters\n\n{bound}\n\
         A text or binary value longer than the column size of its binding is 22001.\n"
    );
    pages::hold("conversions.md", &page);
}
