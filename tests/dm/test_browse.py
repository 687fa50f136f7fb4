"""SQLBrowseConnect through unixODBC: an application that asks what a connection needs, narrow and wide."""

PROGRAM = """
import ctypes, sys
odbc = ctypes.CDLL("libodbc.so.2")
place, wide = sys.argv[1], sys.argv[2] == "wide"
NEED_DATA = 99
env, dbc, stmt = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
assert odbc.SQLAllocHandle(1, None, ctypes.byref(env)) == 0
assert odbc.SQLSetEnvAttr(env, 200, ctypes.c_void_p(380), 0) == 0
assert odbc.SQLAllocHandle(2, env, ctypes.byref(dbc)) == 0

def browse(text):
    encoding, unit = ("utf-16-le", 2) if wide else ("utf-8", 1)
    out, length = ctypes.create_string_buffer(4096), ctypes.c_short()
    given = text.encode(encoding) + bytes(unit)
    function = odbc.SQLBrowseConnectW if wide else odbc.SQLBrowseConnect
    code = ctypes.c_short(
        function(dbc, given, ctypes.c_short(-3), out, ctypes.c_short(4096 // unit), ctypes.byref(length))
    ).value
    return code, out.raw[: length.value * unit].decode(encoding)

code, asked = browse("Driver={Latchkey}")
assert code == NEED_DATA, (code, asked)
assert asked.startswith("URI:URI=?;*AuthScheme:AuthScheme={OAuth,"), asked
code, asked = browse("URI=https://localhost/people.json;AuthScheme=Basic")
assert code == NEED_DATA and asked.startswith("UID:User=?;PWD:Password=?;*"), (code, asked)
assert odbc.SQLDisconnect(dbc) == 0

code, asked = browse("Driver={Latchkey}")
assert code == NEED_DATA and asked.startswith("URI:URI=?;"), (code, asked)
code, completed = browse(f"URI={place}")
assert code == 0 and "Driver=Latchkey;" in completed and f"URI={place};" in completed, (code, completed)
assert odbc.SQLAllocHandle(3, dbc, ctypes.byref(stmt)) == 0
assert odbc.SQLExecDirect(stmt, b"SELECT name FROM people", -3) == 0
assert odbc.SQLFetch(stmt) == 0
assert odbc.SQLFreeHandle(3, stmt) == 0 and odbc.SQLDisconnect(dbc) == 0
assert odbc.SQLFreeHandle(2, dbc) == 0 and odbc.SQLFreeHandle(1, env) == 0
print("connected")
"""


def test_a_program_finds_the_connection_step_by_step(place):
    place.document("people.json", [{"name": "Ada"}])
    for form in ("narrow", "wide"):
        result = place.python(PROGRAM, str(place.documents / "people.json"), form)
        assert result.stdout == "connected\n", form + result.stdout + result.stderr
