"""Prints the rows of a query by ctypes alone: tour.py LIBRARY CONNECTION-STRING SQL"""

import ctypes
import sys

OK, END = 0, 1

library, connection_string, sql = sys.argv[1:]
latchkey = ctypes.CDLL(library)
latchkey.lk_version.restype = ctypes.c_char_p


def check(status, handle):
    if status == OK:
        return
    code, state, message = ctypes.c_int32(), ctypes.c_char_p(), ctypes.c_char_p()
    latchkey.lk_error(handle, ctypes.byref(code), ctypes.byref(state), ctypes.byref(message))
    raise RuntimeError(f"{(state.value or b'').decode()}: {(message.value or b'').decode()}")


session, statement = ctypes.c_void_p(), ctypes.c_void_p()
check(latchkey.lk_session_new(ctypes.byref(session)), None)
try:
    check(latchkey.lk_session_open(session, connection_string.encode()), session)
    check(latchkey.lk_statement_new(session, ctypes.byref(statement)), session)
    check(latchkey.lk_run(statement, sql.encode()), statement)
    columns = ctypes.c_size_t()
    check(latchkey.lk_column_count(statement, ctypes.byref(columns)), statement)
    while (status := latchkey.lk_next(statement)) == OK:
        row = []
        for column in range(columns.value):
            text = ctypes.c_char_p()
            check(latchkey.lk_text(statement, ctypes.c_size_t(column), ctypes.byref(text), None), statement)
            row.append(None if text.value is None else text.value.decode())
        print(row)
    if status != END:
        check(status, statement)
except RuntimeError as error:
    sys.exit(str(error))
finally:
    latchkey.lk_session_free(session)
