"""Qt SQL's QODBC driver, from PyQt."""

import sys

from PyQt5.QtCore import QCoreApplication, Qt
from PyQt5.QtSql import QSql, QSqlDatabase, QSqlQuery


def show(name, value):
    print(f"{name}={'NULL' if value is None or value == '' else value}")


application = QCoreApplication(sys.argv)
db = QSqlDatabase.addDatabase("QODBC")
# It puts the DSN= before the name itself.
db.setDatabaseName(sys.argv[1].removeprefix("DSN="))
assert db.open(), db.lastError().text()


def one(sql, *parameters):
    query = QSqlQuery(db)
    assert query.prepare(sql), query.lastError().text()
    for parameter in parameters:
        query.addBindValue(parameter)
    assert query.exec_(), query.lastError().text()
    assert query.next(), query.lastError().text()
    # A scrollable query goes back and comes again.
    assert query.last() and query.first(), query.lastError().text()
    return [None if query.isNull(column) else query.value(column) for column in range(query.record().count())]


show("tables", ",".join(db.tables(QSql.Tables)))
record = db.record("people")
show("columns", ",".join(record.fieldName(column) for column in range(record.count())))
show("by_number", one("SELECT name FROM people WHERE id = ?", 2)[0])
show("by_text", one("SELECT id FROM people WHERE name = ?", sys.argv[2])[0])
show("null", one("SELECT name FROM people WHERE id = ?", 3)[0])
born, seen, score, big, note = one("SELECT born, seen, score, big, note FROM people WHERE id = ?", 1)
show("date", born.toString(Qt.ISODate))
show("timestamp", seen.toString("yyyy-MM-dd hh:mm:ss.zzz"))
show("number", score)
show("big", big)
show("long", f"{len(note)}{note[-3:]}")
show("long_parameter", one("SELECT id FROM people WHERE note = ?", note)[0])
query = QSqlQuery(db)
assert not query.exec_("SELECT * FROM nobody")
show("error", query.lastError().nativeErrorCode() + " " + query.lastError().databaseText())
show("procedure", one("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'")[0])
del query
db.close()
