"""turbodbc: blocks bound column-wise, as Python objects and as NumPy arrays."""

import sys

import turbodbc

string, text = sys.argv[1:]


def show(name, value):
    print(f"{name}={'NULL' if value is None else value}")


def one(sql, *parameters):
    cursor.execute(sql, parameters)
    return cursor.fetchone()


# Long texts are bound whole: room for one in a row of a block.
options = turbodbc.make_options(read_buffer_size=turbodbc.Rows(2), varchar_max_character_limit=70_000)
db = turbodbc.connect(connection_string=string, turbodbc_options=options)
cursor = db.cursor()
show("by_number", one("SELECT name FROM people WHERE id = ?", 2)[0])
show("by_text", one("SELECT id FROM people WHERE name = ?", text)[0])
show("null", one("SELECT name FROM people WHERE id = ?", 3)[0])
born, seen, score, big, note = one("SELECT born, seen, score, big, note FROM people WHERE id = ?", 1)
show("date", born)
show("timestamp", seen)
show("number", score)
show("big", big)
show("long", f"{len(note)}{note[-3:]}")
show("long_parameter", one("SELECT id FROM people WHERE note = ?", note)[0])
try:
    one("SELECT * FROM nobody")
except turbodbc.DatabaseError as error:
    show("error", str(error).replace("\n", " "))
show("procedure", one("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'")[0])
cursor.execute("SELECT id, score FROM people ORDER BY id")
arrays = cursor.fetchallnumpy()
show("arrays", f"{arrays['id'].tolist()} {arrays['score'].sum()}")
db.close()
