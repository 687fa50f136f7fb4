/* Adds up a column of whole numbers through an Arrow stream: stream CONNECTION-STRING SQL */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <latchkey.h>

static int failed(const void *handle) {
    const char *sqlstate, *message;
    if (lk_error(handle, NULL, &sqlstate, &message) == LK_OK)
        fprintf(stderr, "%s: %s\n", sqlstate, message);
    return 1;
}

/* The numbers of the first column, straight from the library's buffers. */
static int64_t sum(const struct ArrowArray *rows) {
    const struct ArrowArray *column = rows->children[0];
    const uint8_t *validity = column->buffers[0];
    const int64_t *values = column->buffers[1];
    int64_t total = 0;
    for (int64_t row = 0; row < column->length; row++) {
        int64_t at = row + column->offset;
        if (!validity || validity[at / 8] >> (at % 8) & 1)
            total += values[at];
    }
    return total;
}

static int read_all(struct ArrowArrayStream *stream) {
    struct ArrowSchema schema;
    struct ArrowArray rows;
    int64_t total = 0, count = 0;
    int is_integer;
    if (stream->get_schema(stream, &schema) != 0)
        goto failed;
    is_integer = schema.n_children == 1 && strcmp(schema.children[0]->format, "l") == 0;
    schema.release(&schema);
    if (!is_integer) {
        fprintf(stderr, "The query has not one column of 64-bit integers.\n");
        return 1;
    }
    for (;;) {
        if (stream->get_next(stream, &rows) != 0)
            goto failed;
        if (!rows.release)
            break;
        total += sum(&rows);
        count += rows.length;
        rows.release(&rows);
    }
    printf("%" PRId64 " rows, %" PRId64 " together\n", count, total);
    return 0;
failed:
    fprintf(stderr, "%s\n", stream->get_last_error(stream));
    return 1;
}

int main(int count, char **arguments) {
    lk_session *session;
    lk_statement *statement;
    struct ArrowArrayStream stream;
    int result;
    if (count != 3 || lk_session_new(&session) != LK_OK)
        return 2;
    if (lk_session_open(session, arguments[1]) != LK_OK || lk_statement_new(session, &statement) != LK_OK) {
        result = failed(session);
    } else if (lk_run(statement, arguments[2]) != LK_OK || lk_stream(statement, &stream) != LK_OK) {
        result = failed(statement);
    } else {
        /* The stream is the program's own: it lives on without the session. */
        lk_session_free(session);
        session = NULL;
        result = read_all(&stream);
        stream.release(&stream);
    }
    if (session)
        lk_session_free(session);
    return result;
}
