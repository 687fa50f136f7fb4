/* Forgets to release what it took out of a stream, which valgrind must notice: careless CONNECTION-STRING SQL */
#include <stdio.h>
#include <string.h>

#include <latchkey.h>

static int64_t take_one(lk_statement *statement) {
    struct ArrowArrayStream stream;
    struct ArrowArray rows;
    int64_t length = -1;
    if (lk_stream(statement, &stream) != LK_OK)
        return -1;
    if (stream.get_next(&stream, &rows) == 0)
        length = rows.length;
    stream.release(&stream);
    memset(&rows, 0, sizeof rows);
    return length;
}

int main(int count, char **arguments) {
    lk_session *session;
    lk_statement *statement;
    if (count != 3 || lk_session_new(&session) != LK_OK)
        return 2;
    if (lk_session_open(session, arguments[1]) == LK_OK && lk_statement_new(session, &statement) == LK_OK &&
        lk_run(statement, arguments[2]) == LK_OK)
        printf("%d rows\n", (int)take_one(statement));
    lk_session_free(session);
    return 0;
}
