//! Random functions with random arguments: whatever they are, a call answers with a return code and the host lives.
//!
//! Pointers are null or lead to memory that is there, as the standard obliges every application to see to; everything else
//! is arbitrary: handles that are stale, foreign or no handles, lengths, numbers, the order of calls. The seed of a run is
//! printed and can be set, so that a run can be repeated: `LATCHKEY_RANDOM_SEED`, `LATCHKEY_RANDOM_CALLS`.

use std::ffi::c_void;
use std::ptr::null_mut;

use crate::driver::*;

/// Enough for every text and every element of the rowsets and parameter arrays that are asked for.
const BUFFER: usize = 1 << 20;
/// The largest rowset and parameter array that is set.
const MOST_ROWS: isize = 16;

const STATEMENTS: &[&str] = &[
    "SELECT * FROM people",
    "SELECT name, age FROM people WHERE id = ? OR name = ?",
    "SELECT value, value * 1.5, 'é🖥' || value FROM generate_series(1, 20000)",
    "SELECT {fn UCASE(name)}, {d '2024-01-31'} FROM people ORDER BY 1 DESC",
    "SELECT TOP 2 [name] FROM people",
    "SELECT nothing FROM nowhere",
    "CREATE TABLE temp.t (a INT, b VARCHAR(10), c TIMESTAMP)",
    "INSERT INTO temp.t VALUES (?, ?, ?)",
    "UPDATE temp.t SET a = a + 1",
    "DELETE FROM temp.t WHERE a > ?",
    "DROP TABLE temp.t",
    "EXEC GetOAuthStatus",
    "{call NoSuchProcedure(?)}",
    "SELECT 1 / (id - 1) FROM people",
    "}{ '",
    "",
];

/// splitmix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Mostly a number that means something, now and then any at all.
    fn number(&mut self, known: std::ops::Range<i64>) -> i64 {
        if self.chance(90) {
            known.start + self.below((known.end - known.start) as usize) as i64
        } else {
            self.next() as i64
        }
    }
}

/// An application out of its mind.
struct Host {
    random: Random,
    handles: Vec<(i16, Handle)>,
    memory: Vec<u64>,
    uri: String,
}

impl Host {
    fn handle(&mut self, kind: i16) -> Handle {
        let fitting: Vec<Handle> = self
            .handles
            .iter()
            .filter(|(known, _)| *known == kind)
            .map(|(_, it)| *it)
            .collect();
        match self.random.below(40) {
            0 => null_mut(),
            1 => word(self.random.next() as isize),
            2 if !self.handles.is_empty() => self.handles[self.random.below(self.handles.len())].1,
            _ if fitting.is_empty() => null_mut(),
            // The latest are the likeliest to be alive.
            _ => fitting[fitting.len() - 1 - self.random.below(fitting.len().min(4))],
        }
    }

    fn buffer(&mut self) -> *mut c_void {
        if self.random.chance(10) {
            null_mut()
        } else {
            self.memory.as_mut_ptr().cast()
        }
    }

    fn text(&mut self) -> (*const u8, i16) {
        let text: &'static [u8] = self.random.of(&[
            b"people\0" as &[u8],
            b"%\0",
            b"\0",
            b"TABLE\0",
            b"n_me\0",
            b"\xFF\xFE\0",
        ]);
        let length = self.random.of(&[-3, 0, 1, text.len() as i16 - 1, -1, -30_000]);
        if self.random.chance(20) {
            (NO_TEXT, length)
        } else {
            (text.as_ptr(), length)
        }
    }

    fn allocate(&mut self) -> i16 {
        let kind = self.random.number(1..5) as i16;
        let parent = match kind {
            1 => null_mut(),
            2 => self.handle(ENV),
            _ => self.handle(DBC),
        };
        let mut handle = null_mut();
        let code = driver().SQLAllocHandle(kind, parent, &mut handle);
        if code >= 0 {
            self.handles.push((kind, handle));
            if kind == ENV {
                driver().SQLSetEnvAttr(handle, 200, word(self.random.of(&[2, 3, 380])), 0);
            }
        }
        code
    }

    fn call(&mut self) -> (&'static str, i16) {
        let buffer = self.buffer();
        let other = self.memory.as_mut_ptr().wrapping_add(BUFFER / 16);
        let statement = self.handle(STMT);
        let small = self.random.number(-2..12) as i16;
        let column = self.random.number(0..7) as u16;
        let c_type = self.random.of(&[
            1, -8, -2, 4, -16, -18, 5, -15, -28, -25, -27, 7, 8, 2, 91, 92, 93, 99, -11, -7, 9, 103, 107, 110, 77,
        ]);
        let capacity = self.random.of(&[0_i16, 1, 2, 3, 7, 64, 4096, i16::MAX, -1, i16::MIN]);
        let d = driver();
        match self.random.below(44) {
            0 | 1 => ("SQLAllocHandle", self.allocate()),
            2 => {
                let kind = self.random.number(1..5) as i16;
                let handle = self.handle(kind);
                let code = d.SQLFreeHandle(kind, handle);
                // Some are kept as stale ones.
                if self.random.chance(70) {
                    self.handles.retain(|(_, known)| *known != handle);
                }
                ("SQLFreeHandle", code)
            }
            3 => ("SQLFreeStmt", d.SQLFreeStmt(statement, small as u16)),
            4 => {
                let text = format!(
                    "URI={};{}\0",
                    self.uri,
                    self.random.of(&["", "Nonsense=1;", "Logfile", "}{;="])
                );
                let code = d.SQLDriverConnect(
                    self.handle(DBC),
                    null_mut(),
                    text.as_ptr(),
                    -3,
                    buffer.cast(),
                    capacity,
                    null_mut(),
                    small as u16,
                );
                ("SQLDriverConnect", code)
            }
            5 if self.random.chance(10) => ("SQLDisconnect", d.SQLDisconnect(self.handle(DBC))),
            5 if self.random.chance(30) => {
                let text = self
                    .random
                    .of(&["Driver=Latchkey", "URI=dropbox:///a", "InitiateOAuth=x", "}{;=", ""]);
                let length = text.len() as i16;
                let (out, length_out) = (buffer.cast(), other.cast());
                let code = d.SQLBrowseConnect(self.handle(DBC), text.as_ptr(), length, out, capacity, length_out);
                ("SQLBrowseConnect", code)
            }
            6..=9 => {
                let sql = self.random.of(STATEMENTS);
                let length = self.random.of(&[sql.len(), sql.len() / 2, sql.len()]) as i32;
                if self.random.chance(50) {
                    ("SQLExecDirect", d.SQLExecDirect(statement, sql.as_ptr(), length))
                } else {
                    ("SQLPrepare", d.SQLPrepare(statement, sql.as_ptr(), length))
                }
            }
            10 | 11 => ("SQLExecute", d.SQLExecute(statement)),
            12..=14 => ("SQLFetch", d.SQLFetch(statement)),
            15 | 16 => {
                let offset = self.random.number(-20..20) as isize;
                ("SQLFetchScroll", d.SQLFetchScroll(statement, small, offset))
            }
            17 => {
                let offset = self.random.number(-20..20) as isize;
                (
                    "SQLExtendedFetch",
                    d.SQLExtendedFetch(statement, small as u16, offset, other.cast(), buffer.cast()),
                )
            }
            18..=20 => {
                let code = d.SQLGetData(statement, column, c_type, buffer, capacity.into(), other.cast());
                ("SQLGetData", code)
            }
            21 | 22 => {
                // No longer than the part of the memory that one element of a rowset may have.
                let length = isize::from(capacity.min(4096));
                (
                    "SQLBindCol",
                    d.SQLBindCol(statement, column, c_type, buffer, length, other.cast()),
                )
            }
            23 | 24 => {
                let sql_type = self
                    .random
                    .of(&[1, 12, -9, -10, 4, -5, 8, 3, 2, 91, 92, 93, -2, -7, -11, 101, 110, 777]);
                let indicators = [-3_isize, -1, -2, -100, -120, 0, 1, 8, -5, -77];
                for row in 0..MOST_ROWS as usize {
                    self.memory[BUFFER / 16 + row] = self.random.of(&indicators) as u64;
                }
                let size = self.random.of(&[0_usize, 1, 10, 4000, usize::MAX]);
                let length = isize::from(capacity.min(4096));
                let direction = self.random.of(&[1, 1, 1, 1, 2, 4, 0]);
                let code = d.SQLBindParameter(
                    statement,
                    column,
                    direction,
                    c_type,
                    sql_type,
                    size,
                    small,
                    buffer,
                    length,
                    other.cast(),
                );
                ("SQLBindParameter", code)
            }
            25 => ("SQLParamData", d.SQLParamData(statement, other.cast())),
            26 => {
                let length = self.random.of(&[0, 1, 8, 100, -3, -1, -5, -99]);
                ("SQLPutData", d.SQLPutData(statement, buffer, length))
            }
            27..=29 => {
                let id = self.random.number(-3..30) as i32;
                // Pointers are pointers, and what is a count of elements stays within the memory.
                let value = match id {
                    16 | 17 | 19..=21 | 23..=26 => null_mut(),
                    5 | 18 => word(self.random.of(&[0, 0, 8, 24, 4096])),
                    _ => word(self.random.number(-1..MOST_ROWS as i64).min(MOST_ROWS as i64) as isize),
                };
                ("SQLSetStmtAttr", d.SQLSetStmtAttr(statement, id, value, small.into()))
            }
            30 => {
                let id = self.random.number(-3..30) as i32;
                (
                    "SQLGetStmtAttr",
                    d.SQLGetStmtAttr(statement, id, buffer, capacity.into(), other.cast()),
                )
            }
            31 => {
                let code = d.SQLColAttribute(
                    statement,
                    column,
                    self.random.number(0..40) as u16,
                    buffer,
                    capacity,
                    other.cast(),
                    null_mut(),
                );
                ("SQLColAttribute", code)
            }
            32 => {
                let code = d.SQLDescribeCol(
                    statement,
                    column,
                    buffer.cast(),
                    capacity,
                    other.cast(),
                    null_mut(),
                    null_mut(),
                    null_mut(),
                    null_mut(),
                );
                ("SQLDescribeCol", code)
            }
            33 => {
                let row = self.random.number(0..6) as u64;
                (
                    "SQLSetPos",
                    d.SQLSetPos(
                        statement,
                        row,
                        self.random.number(0..6) as u16,
                        self.random.number(0..4) as u16,
                    ),
                )
            }
            34 => {
                let ((a, al), (b, bl), (c, cl), (k, kl)) = (self.text(), self.text(), self.text(), self.text());
                // Lengths of texts that are longer than the text are the application's lie, not the driver's reading.
                ("SQLTables", d.SQLTables(statement, a, al, b, bl, c, cl, k, kl))
            }
            35 => {
                let ((a, al), (b, bl)) = (self.text(), self.text());
                let options = (self.random.number(0..3) as u16, self.random.number(0..3) as u16);
                (
                    "SQLStatistics",
                    d.SQLStatistics(statement, NO_TEXT, 0, a, al, b, bl, options.0, options.1),
                )
            }
            36 => (
                "SQLGetTypeInfo",
                d.SQLGetTypeInfo(statement, self.random.number(-12..115) as i16),
            ),
            37 => {
                let id = self.random.number(0..180) as u16;
                (
                    "SQLGetInfo",
                    d.SQLGetInfo(self.handle(DBC), id, buffer, capacity, other.cast()),
                )
            }
            38 => ("SQLMoreResults", d.SQLMoreResults(statement)),
            39 => ("SQLCancel", d.SQLCancel(statement)),
            40 => {
                let descriptor = self.handle(DESC);
                let id = self.random.of(&[
                    2, 3, 1001, 1002, 1003, 1004, 1005, 1006, 1010, 1011, 1013, 14, 20, 21, 34, 33, 35, 77,
                ]);
                // The pointers among the fields are set to nothing.
                let value = match id {
                    1004 | 1009 | 1010 | 20 | 21 | 34 => null_mut(),
                    _ => word(self.random.number(-1..16).clamp(-1, 16) as isize),
                };
                ("SQLSetDescField", d.SQLSetDescField(descriptor, small, id, value, 0))
            }
            41 => {
                let kind = self.random.number(1..5) as i16;
                let code = d.SQLGetDiagRec(
                    kind,
                    self.handle(kind),
                    small,
                    buffer.cast(),
                    other.cast(),
                    buffer.cast(),
                    capacity,
                    null_mut(),
                );
                ("SQLGetDiagRec", code)
            }
            42 => ("SQLCopyDesc", d.SQLCopyDesc(self.handle(DESC), self.handle(DESC))),
            _ => ("SQLRowCount", d.SQLRowCount(statement, other.cast())),
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect(name))
}

#[test]
#[allow(clippy::print_stdout, reason = "a run that fails is repeated from the seed it told")]
fn random_calls_are_answered_and_the_host_lives() {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let seed = setting("LATCHKEY_RANDOM_SEED", now.as_nanos() as u64);
    let calls = setting("LATCHKEY_RANDOM_CALLS", 20_000);
    println!("LATCHKEY_RANDOM_SEED={seed} LATCHKEY_RANDOM_CALLS={calls}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.json");
    std::fs::write(&path, PEOPLE).unwrap();
    let mut host = Host {
        random: Random(seed),
        handles: Vec::new(),
        memory: vec![0; BUFFER / 8],
        uri: path.display().to_string(),
    };
    let mut codes = std::collections::BTreeMap::<(&str, i16), u64>::new();
    for call in 0..calls {
        // An application that has nothing open does nothing of interest.
        if call % 40 == 0 {
            let env = allocate(ENV, null_mut());
            ok(driver().SQLSetEnvAttr(env, 200, word(380), 0), ENV, env);
            let dbc = allocate(DBC, env);
            let text = format!("URI={}\0", host.uri);
            let code = driver().SQLDriverConnect(dbc, null_mut(), text.as_ptr(), -3, null_mut(), 0, null_mut(), 0);
            ok(code, DBC, dbc);
            let statement = allocate(STMT, dbc);
            let descriptor = allocate(DESC, dbc);
            if host.random.chance(50) {
                driver().SQLSetStmtAttr(statement, 6, word(3), 0);
                driver().SQLSetStmtAttr(statement, 12, word(2), 0);
            }
            let sql = host.random.of(&STATEMENTS[..3]);
            driver().SQLPrepare(statement, sql.as_ptr(), sql.len() as i32);
            if !sql.contains("= ?") && host.random.chance(80) {
                ok(driver().SQLExecute(statement), STMT, statement);
                driver().SQLFetch(statement);
            }
            host.handles
                .extend([(ENV, env), (DBC, dbc), (STMT, statement), (DESC, descriptor)]);
        }
        let (name, code) = host.call();
        assert!(
            matches!(code, SUCCESS | WITH_INFO | NO_DATA | NEED_DATA | ERROR | INVALID_HANDLE),
            "{name} answered {code}"
        );
        *codes.entry((name, code)).or_default() += 1;
        if host.handles.len() > 60 {
            let drained: Vec<_> = host.handles.drain(..30).collect();
            for kind in [STMT, DESC, DBC, ENV] {
                for (_, handle) in drained.iter().filter(|(known, _)| *known == kind) {
                    if kind == DBC {
                        driver().SQLDisconnect(*handle);
                    }
                    driver().SQLFreeHandle(kind, *handle);
                }
            }
        }
    }
    for ((name, code), count) in &codes {
        println!("{name} {code}: {count}");
    }
    // Calls that never succeed would show nothing. SQLSetPos seldom does: it takes a cursor that is on a row.
    for (name, expected_within) in [
        ("SQLExecDirect", 20_000),
        ("SQLExecute", 20_000),
        ("SQLFetch", 20_000),
        ("SQLGetData", 20_000),
        ("SQLBindParameter", 20_000),
        ("SQLFetchScroll", 20_000),
        ("SQLSetPos", 200_000),
    ] {
        let succeeded = codes.iter().any(|((known, code), _)| *known == name && *code >= 0);
        assert!(succeeded || calls < expected_within, "{name} never succeeded");
    }
    // And the driver still serves an application in its right mind.
    let open = Open::people();
    let statement = open.query("SELECT name FROM people WHERE id = 1");
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "Ada");
}
