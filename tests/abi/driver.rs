//! The library, loaded, with its functions as methods; and handles that free themselves.

#![allow(unsafe_code, reason = "calling C functions")]
#![allow(non_snake_case, reason = "the names are the standard's")]

use std::ffi::c_void;
use std::path::PathBuf;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use libloading::{Library, Symbol};

pub type Handle = *mut c_void;

pub const SUCCESS: i16 = 0;
pub const WITH_INFO: i16 = 1;
pub const NO_DATA: i16 = 100;
pub const NEED_DATA: i16 = 99;
pub const ERROR: i16 = -1;
pub const INVALID_HANDLE: i16 = -2;

pub const ENV: i16 = 1;
pub const DBC: i16 = 2;
pub const STMT: i16 = 3;
pub const DESC: i16 = 4;

/// The shared library that was built with this test, or the one that the environment names.
pub fn library() -> PathBuf {
    let named = std::env::var_os("LATCHKEY_DRIVER").map(PathBuf::from);
    let library = named.unwrap_or_else(|| std::env::current_exe().unwrap().with_file_name("liblatchkey.so"));
    assert!(library.exists(), "{} is not built", library.display());
    library
}

pub struct Driver(Library);

/// The library, loaded once.
pub fn driver() -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    // SAFETY: loading the library runs no code of its own.
    DRIVER.get_or_init(|| Driver(unsafe { Library::new(library()) }.unwrap()))
}

macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        impl Driver { $(
            #[allow(clippy::too_many_arguments)]
            pub fn $name(&self, $($argument: $type),*) -> i16 {
                // SAFETY: the signature is the standard's.
                unsafe {
                    let function: Symbol<unsafe extern "C" fn($($type),*) -> i16> =
                        self.0.get(stringify!($name)).unwrap();
                    function($($argument),*)
                }
            }
        )* }
    };
}

functions! {
    SQLAllocHandle(kind: i16, parent: Handle, out: *mut Handle);
    SQLFreeHandle(kind: i16, handle: Handle);
    SQLFreeStmt(statement: Handle, option: u16);
    SQLCloseCursor(statement: Handle);
    SQLCancel(statement: Handle);
    SQLCancelHandle(kind: i16, handle: Handle);
    SQLSetEnvAttr(handle: Handle, attribute: i32, value: *mut c_void, length: i32);
    SQLGetEnvAttr(handle: Handle, attribute: i32, value: *mut c_void, capacity: i32, length: *mut i32);
    SQLSetConnectAttr(handle: Handle, attribute: i32, value: *mut c_void, length: i32);
    SQLSetConnectAttrW(handle: Handle, attribute: i32, value: *mut c_void, length: i32);
    SQLGetConnectAttr(handle: Handle, attribute: i32, value: *mut c_void, capacity: i32, length: *mut i32);
    SQLGetConnectAttrW(handle: Handle, attribute: i32, value: *mut c_void, capacity: i32, length: *mut i32);
    SQLSetStmtAttr(handle: Handle, attribute: i32, value: *mut c_void, length: i32);
    SQLGetStmtAttr(handle: Handle, attribute: i32, value: *mut c_void, capacity: i32, length: *mut i32);
    SQLGetFunctions(handle: Handle, id: u16, supported: *mut u16);
    SQLGetInfo(handle: Handle, id: u16, value: *mut c_void, capacity: i16, length: *mut i16);
    SQLGetInfoW(handle: Handle, id: u16, value: *mut c_void, capacity: i16, length: *mut i16);
    SQLNativeSql(handle: Handle, sql: *const u8, length: i32, out: *mut u8, capacity: i32, out_length: *mut i32);
    SQLEndTran(kind: i16, handle: Handle, operation: i16);
    SQLDriverConnect(
        handle: Handle, window: *mut c_void, input: *const u8, input_length: i16,
        out: *mut u8, capacity: i16, length: *mut i16, completion: u16
    );
    SQLDriverConnectW(
        handle: Handle, window: *mut c_void, input: *const u16, input_length: i16,
        out: *mut u16, capacity: i16, length: *mut i16, completion: u16
    );
    SQLBrowseConnect(
        handle: Handle, input: *const u8, input_length: i16, out: *mut u8, capacity: i16, length: *mut i16
    );
    SQLBrowseConnectW(
        handle: Handle, input: *const u16, input_length: i16, out: *mut u16, capacity: i16, length: *mut i16
    );
    SQLDisconnect(handle: Handle);
    SQLPrepare(statement: Handle, sql: *const u8, length: i32);
    SQLExecute(statement: Handle);
    SQLExecDirect(statement: Handle, sql: *const u8, length: i32);
    SQLNumParams(statement: Handle, count: *mut i16);
    SQLDescribeParam(
        statement: Handle, number: u16, data_type: *mut i16, size: *mut usize, digits: *mut i16, nullable: *mut i16
    );
    SQLBindParameter(
        statement: Handle, number: u16, direction: i16, c_type: i16, sql_type: i16, size: usize, digits: i16,
        value: *mut c_void, buffer_length: isize, indicator: *mut isize
    );
    SQLSetCursorName(statement: Handle, name: *const u8, length: i16);
    SQLGetCursorName(statement: Handle, name: *mut u8, capacity: i16, length: *mut i16);
    SQLNumResultCols(statement: Handle, count: *mut i16);
    SQLDescribeCol(
        statement: Handle, number: u16, name: *mut u8, capacity: i16, length: *mut i16,
        data_type: *mut i16, size: *mut usize, digits: *mut i16, nullable: *mut i16
    );
    SQLColAttribute(
        statement: Handle, number: u16, id: u16, text: *mut c_void, capacity: i16, length: *mut i16, out: *mut isize
    );
    SQLColAttributeW(
        statement: Handle, number: u16, id: u16, text: *mut c_void, capacity: i16, length: *mut i16, out: *mut isize
    );
    SQLBindCol(
        statement: Handle, column: u16, c_type: i16, value: *mut c_void, buffer_length: isize, indicator: *mut isize
    );
    SQLFetch(statement: Handle);
    SQLFetchScroll(statement: Handle, orientation: i16, offset: isize);
    SQLExtendedFetch(statement: Handle, orientation: u16, offset: isize, count: *mut usize, status: *mut u16);
    SQLGetData(
        statement: Handle, column: u16, c_type: i16, value: *mut c_void, buffer_length: isize, indicator: *mut isize
    );
    SQLSetPos(statement: Handle, row: u64, operation: u16, lock: u16);
    SQLMoreResults(statement: Handle);
    SQLParamData(statement: Handle, value: *mut *mut c_void);
    SQLPutData(statement: Handle, data: *mut c_void, length: isize);
    SQLRowCount(statement: Handle, count: *mut isize);
    SQLGetDescField(
        descriptor: Handle, number: i16, id: i16, value: *mut c_void, capacity: i32, length: *mut i32
    );
    SQLSetDescField(descriptor: Handle, number: i16, id: i16, value: *mut c_void, length: i32);
    SQLGetDescRec(
        descriptor: Handle, number: i16, name: *mut u8, capacity: i16, length: *mut i16, verbose_type: *mut i16,
        code: *mut i16, octets: *mut isize, precision: *mut i16, scale: *mut i16, nullable: *mut i16
    );
    SQLCopyDesc(source: Handle, target: Handle);
    SQLGetDiagRec(
        kind: i16, handle: Handle, number: i16, state: *mut u8, native: *mut i32,
        message: *mut u8, capacity: i16, length: *mut i16
    );
    SQLGetDiagRecW(
        kind: i16, handle: Handle, number: i16, state: *mut u16, native: *mut i32,
        message: *mut u16, capacity: i16, length: *mut i16
    );
    SQLGetDiagField(
        kind: i16, handle: Handle, number: i16, id: i16, value: *mut c_void, capacity: i16, length: *mut i16
    );
    SQLTables(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16, kinds: *const u8, kinds_length: i16
    );
    SQLPrimaryKeys(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16
    );
    SQLForeignKeys(
        statement: Handle, primary_catalog: *const u8, primary_catalog_length: i16, primary_schema: *const u8,
        primary_schema_length: i16, primary_table: *const u8, primary_table_length: i16, foreign_catalog: *const u8,
        foreign_catalog_length: i16, foreign_schema: *const u8, foreign_schema_length: i16,
        foreign_table: *const u8, foreign_table_length: i16
    );
    SQLStatistics(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16, unique: u16, accuracy: u16
    );
    SQLSpecialColumns(
        statement: Handle, kind: u16, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16, scope: u16, nullable: u16
    );
    SQLTablePrivileges(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16
    );
    SQLColumnPrivileges(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16, column: *const u8, column_length: i16
    );
    SQLGetTypeInfo(statement: Handle, sql_type: i16);
    SQLConnect(
        handle: Handle, dsn: *const u8, dsn_length: i16, user: *const u8, user_length: i16,
        password: *const u8, password_length: i16
    );
    SQLConnectW(
        handle: Handle, dsn: *const u16, dsn_length: i16, user: *const u16, user_length: i16,
        password: *const u16, password_length: i16
    );
    SQLNativeSqlW(handle: Handle, sql: *const u16, length: i32, out: *mut u16, capacity: i32, out_length: *mut i32);
    SQLPrepareW(statement: Handle, sql: *const u16, length: i32);
    SQLExecDirectW(statement: Handle, sql: *const u16, length: i32);
    SQLSetStmtAttrW(handle: Handle, attribute: i32, value: *mut c_void, length: i32);
    SQLGetStmtAttrW(handle: Handle, attribute: i32, value: *mut c_void, capacity: i32, length: *mut i32);
    SQLSetCursorNameW(statement: Handle, name: *const u16, length: i16);
    SQLGetCursorNameW(statement: Handle, name: *mut u16, capacity: i16, length: *mut i16);
    SQLDescribeColW(
        statement: Handle, number: u16, name: *mut u16, capacity: i16, length: *mut i16,
        data_type: *mut i16, size: *mut usize, digits: *mut i16, nullable: *mut i16
    );
    SQLGetDescFieldW(
        descriptor: Handle, number: i16, id: i16, value: *mut c_void, capacity: i32, length: *mut i32
    );
    SQLSetDescFieldW(descriptor: Handle, number: i16, id: i16, value: *mut c_void, length: i32);
    SQLGetDescRecW(
        descriptor: Handle, number: i16, name: *mut u16, capacity: i16, length: *mut i16, verbose_type: *mut i16,
        code: *mut i16, octets: *mut isize, precision: *mut i16, scale: *mut i16, nullable: *mut i16
    );
    SQLSetDescRec(
        descriptor: Handle, number: i16, verbose_type: i16, code: i16, octets: isize, precision: i16, scale: i16,
        data: *mut c_void, octet_length: *mut isize, indicator: *mut isize
    );
    SQLGetDiagFieldW(
        kind: i16, handle: Handle, number: i16, id: i16, value: *mut c_void, capacity: i16, length: *mut i16
    );
    SQLGetTypeInfoW(statement: Handle, sql_type: i16);
    SQLTablesW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16, kinds: *const u16, kinds_length: i16
    );
    SQLColumns(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        table: *const u8, table_length: i16, column: *const u8, column_length: i16
    );
    SQLColumnsW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16, column: *const u16, column_length: i16
    );
    SQLColumnPrivilegesW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16, column: *const u16, column_length: i16
    );
    SQLProcedureColumns(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        procedure: *const u8, procedure_length: i16, column: *const u8, column_length: i16
    );
    SQLProcedureColumnsW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        procedure: *const u16, procedure_length: i16, column: *const u16, column_length: i16
    );
    SQLProcedures(
        statement: Handle, catalog: *const u8, catalog_length: i16, schema: *const u8, schema_length: i16,
        procedure: *const u8, procedure_length: i16
    );
    SQLProceduresW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        procedure: *const u16, procedure_length: i16
    );
    SQLPrimaryKeysW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16
    );
    SQLTablePrivilegesW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16
    );
    SQLForeignKeysW(
        statement: Handle, primary_catalog: *const u16, primary_catalog_length: i16, primary_schema: *const u16,
        primary_schema_length: i16, primary_table: *const u16, primary_table_length: i16, foreign_catalog: *const u16,
        foreign_catalog_length: i16, foreign_schema: *const u16, foreign_schema_length: i16,
        foreign_table: *const u16, foreign_table_length: i16
    );
    SQLStatisticsW(
        statement: Handle, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16, unique: u16, accuracy: u16
    );
    SQLSpecialColumnsW(
        statement: Handle, kind: u16, catalog: *const u16, catalog_length: i16, schema: *const u16, schema_length: i16,
        table: *const u16, table_length: i16, scope: u16, nullable: u16
    );
}

/// A number in the place of a pointer.
pub fn word(number: isize) -> *mut c_void {
    std::ptr::without_provenance_mut(number as usize)
}

/// The address of a variable, for the many `void *` of the standard.
pub fn place<T>(variable: &mut T) -> *mut c_void {
    std::ptr::from_mut(variable).cast()
}

/// Changes a variable that the driver reads through a pointer.
pub fn set<T>(variable: &mut T, value: T) {
    // SAFETY: the pointer comes from a reference; volatile, as nothing here reads the variable again.
    unsafe { std::ptr::from_mut(variable).write_volatile(value) }
}

/// The SQLSTATE of the first record of a handle; empty when there is none.
pub fn state(kind: i16, handle: Handle) -> String {
    record(kind, handle, 1).map(|(state, _)| state).unwrap_or_default()
}

/// SQLSTATE and message of a record.
pub fn record(kind: i16, handle: Handle, number: i16) -> Option<(String, String)> {
    let mut state = [0_u8; 6];
    let mut message = [0_u8; 2048];
    let mut length = 0_i16;
    let code = driver().SQLGetDiagRec(
        kind,
        handle,
        number,
        state.as_mut_ptr(),
        null_mut(),
        message.as_mut_ptr(),
        2048,
        &mut length,
    );
    (code == SUCCESS).then(|| {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (text(&state[..5]), text(&message[..length as usize]))
    })
}

/// Fails with the diagnostics of the handle unless the call succeeded.
#[track_caller]
pub fn ok(code: i16, kind: i16, handle: Handle) {
    assert!(
        code == SUCCESS || code == WITH_INFO,
        "{code}: {:?}",
        record(kind, handle, 1)
    );
}

pub fn allocate(kind: i16, parent: Handle) -> Handle {
    let mut handle = null_mut();
    ok(
        driver().SQLAllocHandle(kind, parent, &mut handle),
        ENV.max(kind - 1),
        parent,
    );
    assert!(!handle.is_null());
    handle
}

/// An environment of ODBC 3.80 with one connection, not open.
pub struct Closed {
    pub env: Handle,
    pub dbc: Handle,
}

impl Closed {
    pub fn new() -> Self {
        Self::of_version(380)
    }

    pub fn of_version(version: isize) -> Self {
        let env = allocate(ENV, null_mut());
        ok(driver().SQLSetEnvAttr(env, 200, word(version), 0), ENV, env);
        Self {
            env,
            dbc: allocate(DBC, env),
        }
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        driver().SQLDisconnect(self.dbc);
        driver().SQLFreeHandle(DBC, self.dbc);
        driver().SQLFreeHandle(ENV, self.env);
    }
}

/// A connection over documents on the disk.
pub struct Open {
    pub closed: Closed,
    _folder: tempfile::TempDir,
}

/// Five people; the fourth has no age, the fifth a name beyond ASCII.
pub const PEOPLE: &str = r#"[
    {"id": 1, "name": "Ada", "age": 36, "born": "1815-12-10"},
    {"id": 2, "name": "Grace", "age": 85, "born": "1906-12-09"},
    {"id": 3, "name": "Edsger", "age": 72, "born": "1930-05-11"},
    {"id": 4, "name": "Barbara", "age": null, "born": "1939-11-07"},
    {"id": 5, "name": "Zuse 🖥 größer", "age": 85, "born": "1910-06-22"}
]"#;

impl Open {
    /// The five people, as table `people`.
    pub fn people() -> Self {
        Self::over(PEOPLE, 380)
    }

    pub fn over(document: &str, version: isize) -> Self {
        Self::with(document, version, "")
    }

    /// Over a document, with further properties.
    pub fn with(document: &str, version: isize, properties: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.json");
        std::fs::write(&path, document).unwrap();
        let closed = Closed::of_version(version);
        let text = format!("URI={};{properties}", path.display());
        let code = driver().SQLDriverConnect(
            closed.dbc,
            null_mut(),
            text.as_ptr(),
            text.len() as i16,
            null_mut(),
            0,
            null_mut(),
            0,
        );
        ok(code, DBC, closed.dbc);
        Self {
            closed,
            _folder: folder,
        }
    }

    pub fn dbc(&self) -> Handle {
        self.closed.dbc
    }

    pub fn statement(&self) -> Handle {
        allocate(STMT, self.closed.dbc)
    }

    /// A statement that has executed this query.
    #[track_caller]
    pub fn query(&self, sql: &str) -> Handle {
        let statement = self.statement();
        ok(
            driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32),
            STMT,
            statement,
        );
        statement
    }
}

/// A value as narrow text; none for NULL.
#[track_caller]
pub fn text(statement: Handle, column: u16) -> Option<String> {
    let mut buffer = vec![0_u8; 4096];
    let mut length = 0_isize;
    ok(
        driver().SQLGetData(statement, column, 1, buffer.as_mut_ptr().cast(), 4096, &mut length),
        STMT,
        statement,
    );
    usize::try_from(length)
        .ok()
        .map(|length| String::from_utf8(buffer[..length].to_vec()).unwrap())
}

/// A text as the wide functions take it, terminated.
pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A null text.
pub const NO_TEXT: *const u8 = null();
