/* Prints the rows of a query with a parameter: tour CONNECTION-STRING SQL VALUE */
#include <inttypes.h>
#include <stdio.h>

#include <latchkey.h>

/* Tells why the last call on a session or a statement failed. */
static int failed(const void *handle) {
    int32_t code;
    const char *sqlstate, *message;
    if (lk_error(handle, &code, &sqlstate, &message) == LK_OK)
        fprintf(stderr, "%s (%" PRId32 "): %s\n", sqlstate, code, message);
    return 1;
}

static int print_rows(lk_statement *statement) {
    size_t columns;
    lk_status status;
    if (lk_column_count(statement, &columns) != LK_OK)
        return failed(statement);
    while ((status = lk_next(statement)) == LK_OK) {
        for (size_t column = 0; column < columns; column++) {
            const char *name, *text;
            lk_type type;
            if (lk_column_name(statement, column, &name) != LK_OK || lk_column_type(statement, column, &type) != LK_OK)
                return failed(statement);
            bool is_null;
            if (lk_is_null(statement, column, &is_null) != LK_OK)
                return failed(statement);
            if (is_null) {
                printf("%s: nothing\n", name);
            } else if (type == LK_TYPE_INT64) {
                int64_t number;
                if (lk_int64(statement, column, &number) != LK_OK)
                    return failed(statement);
                printf("%s: %" PRId64 "\n", name, number);
            } else {
                /* Good until the next lk_next(). */
                if (lk_text(statement, column, &text, NULL) != LK_OK)
                    return failed(statement);
                printf("%s: %s\n", name, text);
            }
        }
    }
    return status == LK_END ? 0 : failed(statement);
}

int main(int count, char **arguments) {
    lk_session *session;
    lk_statement *statement;
    int result;
    if (count != 4 || lk_session_new(&session) != LK_OK)
        return 2;
    if (lk_session_open(session, arguments[1]) != LK_OK || lk_statement_new(session, &statement) != LK_OK)
        result = failed(session);
    else if (lk_prepare(statement, arguments[2]) != LK_OK || lk_bind_text(statement, 0, arguments[3]) != LK_OK ||
             lk_execute(statement) != LK_OK)
        result = failed(statement);
    else
        result = print_rows(statement);
    /* Its statements go with it. */
    lk_session_free(session);
    return result;
}
