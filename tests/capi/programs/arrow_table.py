"""Reads a query into a pyarrow table without a copy: arrow_table.py LIBRARY CONNECTION-STRING SQL"""

import ctypes
import sys

import pyarrow

library, connection_string, sql = sys.argv[1:]
latchkey = ctypes.CDLL(library)


def check(status, handle):
    if status == 0:
        return
    state, message = ctypes.c_char_p(), ctypes.c_char_p()
    latchkey.lk_error(handle, None, ctypes.byref(state), ctypes.byref(message))
    raise RuntimeError(f"{(state.value or b'').decode()}: {(message.value or b'').decode()}")


def query(sql):
    """A reader of record batches, which may outlive the session."""
    # struct ArrowArrayStream: five pointers. pyarrow takes what is in it over.
    stream = (ctypes.c_void_p * 5)()
    session, statement = ctypes.c_void_p(), ctypes.c_void_p()
    check(latchkey.lk_session_new(ctypes.byref(session)), None)
    try:
        check(latchkey.lk_session_open(session, connection_string.encode()), session)
        check(latchkey.lk_statement_new(session, ctypes.byref(statement)), session)
        check(latchkey.lk_run(statement, sql.encode()), statement)
        check(latchkey.lk_stream(statement, ctypes.byref(stream)), statement)
    finally:
        latchkey.lk_session_free(session)
    return pyarrow.RecordBatchReader._import_from_c(ctypes.addressof(stream))


try:
    table = query(sql).read_all()
except (RuntimeError, OSError, pyarrow.ArrowException) as error:
    sys.exit(str(error))
print(table.schema.to_string(show_schema_metadata=False, show_field_metadata=False))
for row in table.to_pylist():
    print(row)
