"""LibreOffice Base over the driver, by a script: run by LibreOffice's Python against a headless office.

Lists the tables, opens one, scrolls, asks with parameters, and exports a query to a spreadsheet.
"""

import ctypes
import os
import select
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sdbc import SQLException

pipe, source, text, spreadsheet = sys.argv[1:]


def show(name, value):
    print(f"{name}={value}", flush=True)


def changes(folder):
    """A descriptor that can be read when something new is in a folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    IN_CREATE, IN_NONBLOCK = 0x100, os.O_NONBLOCK
    watch = libc.inotify_init1(IN_NONBLOCK)
    if watch < 0 or libc.inotify_add_watch(watch, os.fsencode(folder), IN_CREATE) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    return watch


def office():
    """The office, once it accepts: its pipe is a socket in a folder for temporary files."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + 60
    watch = changes("/tmp")
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
        # The socket is there a moment before it is listened at.
        if not any(name.endswith(f"_{pipe}") for name in os.listdir("/tmp")):
            select.select([watch], [], [], max(deadline - time.monotonic(), 0))
            while select.select([watch], [], [], 0)[0]:
                os.read(watch, 65536)


def settings(**values):
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


context = office()
create = context.ServiceManager.createInstanceWithContext
base = create("com.sun.star.sdb.DatabaseContext", context).createInstance()
base.URL = f"sdbc:odbc:{source}"
db = base.getConnection("", "")

show("tables", ",".join(name.split(".")[-1] for name in db.Tables.ElementNames))
table = next(name for name in db.Tables.ElementNames if name.endswith("people"))
show("columns", ",".join(db.Tables.getByName(table).Columns.ElementNames))

# A row set is what a table or a query is opened with.
rows = create("com.sun.star.sdb.RowSet", context)
rows.ActiveConnection = db
rows.CommandType = 0
rows.Command = table
rows.execute()
rows.last()
show("rows", rows.RowCount)
rows.absolute(2)
show("second", rows.getString(2))
rows.first()
show("first", rows.getString(2))


def one(sql, *parameters):
    query = db.prepareStatement(sql)
    for number, parameter in enumerate(parameters, 1):
        if isinstance(parameter, int):
            query.setLong(number, parameter)
        else:
            query.setString(number, parameter)
    result = query.executeQuery()
    result.next()
    return result


show("by_number", one('SELECT name FROM people WHERE id = ?', 2).getString(1))
show("by_text", one('SELECT id FROM people WHERE name = ?', text).getString(1))
empty = one("SELECT name FROM people WHERE id = ?", 3)
empty.getString(1)
show("null", "NULL" if empty.wasNull() else "?")
row = one("SELECT born, seen, score, big, note FROM people WHERE id = ?", 1)
born, seen = row.getDate(1), row.getTimestamp(2)
show("date", f"{born.Year:04}-{born.Month:02}-{born.Day:02}")
show(
    "timestamp",
    f"{seen.Year:04}-{seen.Month:02}-{seen.Day:02} {seen.Hours:02}:{seen.Minutes:02}:{seen.Seconds:02}"
    f".{seen.NanoSeconds // 1_000_000:03}",
)
show("number", row.getDouble(3))
show("big", row.getString(4))
note = row.getString(5)
show("long", f"{len(note)}{note[-3:]}")
show("long_parameter", one("SELECT id FROM people WHERE note = ?", note).getString(1))
try:
    one("SELECT * FROM nobody")
except SQLException as error:
    show("error", f"{error.SQLState} {error.Message}")
show("procedure", one("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'").getString(1))

# A query into a spreadsheet, as dragging it there does.
desktop = create("com.sun.star.frame.Desktop", context)
sheet = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, settings(Hidden=True))
cells = sheet.Sheets.getByIndex(0)
result = db.createStatement().executeQuery("SELECT id, name, score FROM people ORDER BY id")
line = 0
while result.next():
    cells.getCellByPosition(0, line).Value = result.getLong(1)
    cells.getCellByPosition(1, line).String = result.getString(2)
    cells.getCellByPosition(2, line).Value = result.getDouble(3)
    line += 1
sheet.storeToURL(uno.systemPathToFileUrl(spreadsheet), settings(FilterName="Text - txt - csv (StarCalc)", FilterOptions="44,34,76"))
sheet.close(True)
db.close()
try:
    desktop.terminate()
except Exception:
    # The office is gone before it can answer.
    pass
