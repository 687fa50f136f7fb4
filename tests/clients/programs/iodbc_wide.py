"""A wide program under iODBC, where SQLWCHAR is a wchar_t of four bytes."""

import ctypes
import sys

iodbc = ctypes.CDLL("libiodbc.so.2")
ENV, DBC, STMT, NTS, WCHAR = 1, 2, 3, -3, -8
Long = ctypes.c_ssize_t


def show(name, value):
    print(f"{name}={value}")


def diagnostics(kind, handle):
    state, message, native = ctypes.create_unicode_buffer(6), ctypes.create_unicode_buffer(512), ctypes.c_int()
    length = ctypes.c_short()
    iodbc.SQLGetDiagRecW(kind, handle, 1, state, ctypes.byref(native), message, 512, ctypes.byref(length))
    return f"{state.value} {message.value}"


class Failure(Exception):
    pass


def ok(code, kind, handle):
    code = ctypes.c_short(code).value
    if code not in (0, 1, 100):
        raise Failure(diagnostics(kind, handle))
    return code != 100


def allocate(kind, parent):
    handle = ctypes.c_void_p()
    ok(iodbc.SQLAllocHandle(kind, parent, ctypes.byref(handle)), kind - 1, parent)
    return handle


environment = allocate(ENV, None)
iodbc.SQLSetEnvAttr(environment, 200, ctypes.c_void_p(3), 0)
db = allocate(DBC, environment)
completed, length = ctypes.create_unicode_buffer(2048), ctypes.c_short()
connected = iodbc.SQLDriverConnectW(db, None, sys.argv[1], NTS, completed, 2048, ctypes.byref(length), 0)
ok(connected, DBC, db)


def value(statement, column, size=64):
    whole, left = "", Long()
    while True:
        piece = ctypes.create_unicode_buffer(size)
        code = iodbc.SQLGetData(statement, ctypes.c_ushort(column), WCHAR, piece, Long(size * 4), ctypes.byref(left)) & 0xFFFF
        if not ok(code, STMT, statement):
            return whole
        if left.value == -1:
            return "NULL"
        whole += piece.value
        if code == 0:
            return whole


def rows(statement, column):
    values = []
    while ok(iodbc.SQLFetch(statement), STMT, statement):
        values.append(value(statement, column))
    return values


def query(sql, *parameters):
    statement = allocate(STMT, db)
    for number, text in enumerate(parameters, 1):
        buffer = ctypes.create_unicode_buffer(text)
        bound = iodbc.SQLBindParameter(
            statement, ctypes.c_ushort(number), 1, WCHAR, -9, Long(len(text)), 0, buffer, Long(0), None
        )
        ok(bound, STMT, statement)
    ok(iodbc.SQLExecDirectW(statement, sql, NTS), STMT, statement)
    return statement


def listed(function, *arguments, column):
    statement = allocate(STMT, db)
    ok(function(statement, *arguments), STMT, statement)
    return ",".join(rows(statement, column))


nobody = (None, 0)
show("tables", listed(iodbc.SQLTablesW, *nobody, *nobody, *nobody, "TABLE", NTS, column=3))
show("columns", listed(iodbc.SQLColumnsW, *nobody, *nobody, "people", NTS, *nobody, column=4))
show("by_number", rows(query("SELECT name FROM people WHERE id = ?", "2"), 1)[0])
show("by_text", rows(query("SELECT id FROM people WHERE name = ?", sys.argv[2]), 1)[0])
show("null", rows(query("SELECT name FROM people WHERE id = 3"), 1)[0])
for name, column in [("date", "born"), ("timestamp", "seen"), ("number", "score"), ("big", "big")]:
    show(name, rows(query(f"SELECT {column} FROM people WHERE id = 1"), 1)[0])
note = rows(query("SELECT note FROM people WHERE id = 1"), 1)[0]
show("long", f"{len(note)}{note[-3:]}")
show("long_parameter", rows(query("SELECT id FROM people WHERE note = ?", note), 1)[0])
try:
    query("SELECT * FROM nobody")
except Failure as error:
    show("error", error)
show("procedure", rows(query("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'"), 1)[0])
iodbc.SQLDisconnect(db)
