/* Everything that a program can do wrong ends in a status, and the program lives: misuse CONNECTION-STRING */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <latchkey.h>

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                                    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static const char *state_of(const void *handle) {
    const char *sqlstate;
    int32_t code;
    EXPECT(lk_error(handle, &code, &sqlstate, NULL) == LK_OK);
    return sqlstate;
}

#define EXPECT_STATE(handle, call, state)                                                                              \
    do {                                                                                                               \
        EXPECT((call) == LK_ERROR);                                                                                    \
        EXPECT(strcmp(state_of(handle), state) == 0);                                                                  \
    } while (0)

/* What is no handle is refused by every call, and nothing is written. */
static void no_handle(void *handle) {
    lk_session *session = handle;
    lk_statement *statement = handle, *made = NULL;
    struct ArrowArrayStream stream = {0};
    lk_authorization authorization;
    lk_sign_in sign_in;
    lk_tokens tokens;
    lk_type type;
    const char *text;
    const uint8_t *bytes;
    int64_t number;
    double real;
    size_t count;
    bool is_null;
    EXPECT(lk_error(handle, NULL, NULL, NULL) == LK_INVALID_HANDLE);
    EXPECT(lk_warning(handle, 0, NULL, NULL, NULL) == LK_INVALID_HANDLE);
    EXPECT(lk_cancel(handle) == LK_INVALID_HANDLE);
    EXPECT(lk_set_timeout(handle, 1) == LK_INVALID_HANDLE);
    EXPECT(lk_session_on_prompt(session, NULL, NULL) == LK_INVALID_HANDLE);
    EXPECT(lk_session_open(session, "") == LK_INVALID_HANDLE);
    EXPECT(lk_session_free(session) == LK_INVALID_HANDLE);
    EXPECT(lk_oauth_authorization_url(session, NULL, NULL, &authorization) == LK_INVALID_HANDLE);
    EXPECT(lk_oauth_exchange(session, "x", NULL, NULL, NULL, &tokens) == LK_INVALID_HANDLE);
    EXPECT(lk_oauth_refresh(session, NULL, &tokens) == LK_INVALID_HANDLE);
    EXPECT(lk_oauth_revoke(session, NULL, NULL, NULL, NULL) == LK_INVALID_HANDLE);
    EXPECT(lk_oauth_status(session, &sign_in) == LK_INVALID_HANDLE);
    EXPECT(lk_oauth_access_token(session, NULL, 0, &count) == LK_INVALID_HANDLE);
    EXPECT(lk_statement_new(session, &made) == LK_INVALID_HANDLE && !made);
    EXPECT(lk_statement_free(statement) == LK_INVALID_HANDLE);
    EXPECT(lk_statement_on_progress(statement, NULL, NULL) == LK_INVALID_HANDLE);
    EXPECT(lk_prepare(statement, "SELECT 1") == LK_INVALID_HANDLE);
    EXPECT(lk_parameter_count(statement, &count) == LK_INVALID_HANDLE);
    EXPECT(lk_bind_null(statement, 0) == LK_INVALID_HANDLE);
    EXPECT(lk_bind_bool(statement, 0, 1) == LK_INVALID_HANDLE);
    EXPECT(lk_bind_int64(statement, 0, 1) == LK_INVALID_HANDLE);
    EXPECT(lk_bind_double(statement, 0, 1) == LK_INVALID_HANDLE);
    EXPECT(lk_bind_text(statement, 0, "x") == LK_INVALID_HANDLE);
    EXPECT(lk_bind_bytes(statement, 0, NULL, 0) == LK_INVALID_HANDLE);
    EXPECT(lk_execute(statement) == LK_INVALID_HANDLE);
    EXPECT(lk_run(statement, "SELECT 1") == LK_INVALID_HANDLE);
    EXPECT(lk_changed_rows(statement, &number) == LK_INVALID_HANDLE);
    EXPECT(lk_stream(statement, &stream) == LK_INVALID_HANDLE && !stream.release);
    EXPECT(lk_column_count(statement, &count) == LK_INVALID_HANDLE);
    EXPECT(lk_column_name(statement, 0, &text) == LK_INVALID_HANDLE);
    EXPECT(lk_column_type(statement, 0, &type) == LK_INVALID_HANDLE);
    EXPECT(lk_next(statement) == LK_INVALID_HANDLE);
    EXPECT(lk_is_null(statement, 0, &is_null) == LK_INVALID_HANDLE);
    EXPECT(lk_int64(statement, 0, &number) == LK_INVALID_HANDLE);
    EXPECT(lk_double(statement, 0, &real) == LK_INVALID_HANDLE);
    EXPECT(lk_text(statement, 0, &text, &count) == LK_INVALID_HANDLE);
    EXPECT(lk_bytes(statement, 0, &bytes, &count) == LK_INVALID_HANDLE);
}

/* Null pointers where the library writes or reads. */
static void null_pointers(lk_session *session, lk_statement *statement) {
    size_t length;
    const uint8_t *bytes;
    EXPECT(lk_session_new(NULL) == LK_MISUSE);
    EXPECT_STATE(session, lk_statement_new(session, NULL), "HY009");
    EXPECT_STATE(session, lk_oauth_authorization_url(session, NULL, NULL, NULL), "HY009");
    EXPECT_STATE(session, lk_oauth_status(session, NULL), "HY009");
    EXPECT_STATE(session, lk_session_open(session, NULL), "HY009");
    EXPECT_STATE(statement, lk_prepare(statement, NULL), "HY009");
    EXPECT_STATE(statement, lk_run(statement, NULL), "HY009");
    EXPECT(lk_prepare(statement, "SELECT 1 WHERE 1 = ?") == LK_OK);
    EXPECT_STATE(statement, lk_parameter_count(statement, NULL), "HY009");
    EXPECT_STATE(statement, lk_bind_bytes(statement, 0, NULL, 1), "HY009");
    EXPECT(lk_bind_int64(statement, 0, 1) == LK_OK && lk_execute(statement) == LK_OK);
    EXPECT_STATE(statement, lk_stream(statement, NULL), "HY009");
    EXPECT_STATE(statement, lk_changed_rows(statement, NULL), "HY009");
    EXPECT(lk_next(statement) == LK_OK);
    EXPECT_STATE(statement, lk_column_count(statement, NULL), "HY009");
    EXPECT_STATE(statement, lk_column_name(statement, 0, NULL), "HY009");
    EXPECT_STATE(statement, lk_column_type(statement, 0, NULL), "HY009");
    EXPECT_STATE(statement, lk_is_null(statement, 0, NULL), "HY009");
    EXPECT_STATE(statement, lk_int64(statement, 0, NULL), "HY009");
    EXPECT_STATE(statement, lk_double(statement, 0, NULL), "HY009");
    EXPECT_STATE(statement, lk_text(statement, 0, NULL, &length), "HY009");
    EXPECT(lk_run(statement, "SELECT 'x'") == LK_OK && lk_next(statement) == LK_OK);
    EXPECT_STATE(statement, lk_bytes(statement, 0, NULL, &length), "HY009");
    EXPECT_STATE(statement, lk_bytes(statement, 0, &bytes, NULL), "HY009");
}

/* Calls out of their order, and numbers out of their range. */
static void sequence(lk_session *session) {
    lk_statement *statement;
    struct ArrowArrayStream stream;
    int64_t number;
    size_t count;
    const char *text;
    EXPECT_STATE(session, lk_session_open(session, "URI=/"), "08002");
    EXPECT(lk_statement_new(session, &statement) == LK_OK);
    EXPECT_STATE(statement, lk_execute(statement), "HY010");
    EXPECT_STATE(statement, lk_column_count(statement, &count), "HY010");
    EXPECT_STATE(statement, lk_next(statement), "24000");
    EXPECT_STATE(statement, lk_stream(statement, &stream), "HY010");
    EXPECT_STATE(statement, lk_changed_rows(statement, &number), "HY010");
    EXPECT_STATE(statement, lk_run(statement, "SELECT no_such_column FROM people"), "42S22");
    EXPECT_STATE(statement, lk_run(statement, "SELECT * FROM no_such_table"), "42S02");
    EXPECT_STATE(statement, lk_run(statement, "SELEKT 1"), "42000");
    EXPECT_STATE(statement, lk_prepare(statement, "SELECT '\xff'"), "22018");
    EXPECT(lk_prepare(statement, "SELECT id FROM people WHERE id = ? ORDER BY id") == LK_OK);
    EXPECT(lk_parameter_count(statement, &count) == LK_OK && count == 1);
    EXPECT_STATE(statement, lk_execute(statement), "07002");
    EXPECT_STATE(statement, lk_bind_int64(statement, 1, 1), "07009");
    EXPECT_STATE(statement, lk_bind_int64(statement, SIZE_MAX, 1), "07009");
    EXPECT_STATE(statement, lk_bind_text(statement, 0, "\xff"), "22018");
    EXPECT(lk_bind_text(statement, 0, "x") == LK_OK);
    EXPECT_STATE(statement, lk_execute(statement), "22018");
    EXPECT(lk_bind_int64(statement, 0, 1) == LK_OK && lk_execute(statement) == LK_OK);
    EXPECT_STATE(statement, lk_int64(statement, 0, &number), "24000");
    EXPECT(lk_next(statement) == LK_OK);
    EXPECT_STATE(statement, lk_int64(statement, 1, &number), "07009");
    EXPECT_STATE(statement, lk_column_name(statement, SIZE_MAX, &text), "07009");
    EXPECT_STATE(statement, lk_stream(statement, &stream), "HY010");
    EXPECT(lk_int64(statement, 0, &number) == LK_OK && number == 1);
    EXPECT(lk_error(statement, NULL, &text, NULL) == LK_END && !text);
    EXPECT(lk_next(statement) == LK_END && lk_next(statement) == LK_END);
    EXPECT(lk_execute(statement) == LK_OK && lk_stream(statement, &stream) == LK_OK);
    EXPECT_STATE(statement, lk_next(statement), "HY010");
    EXPECT_STATE(statement, lk_stream(statement, &stream), "HY010");
    stream.release(&stream);
    EXPECT(lk_statement_free(statement) == LK_OK);
}

/* One value of each type, and what it is as another. */
static void values(lk_session *session) {
    static const uint8_t raw[] = {0, 255, 7};
    lk_statement *statement;
    const char *text;
    const uint8_t *bytes;
    int64_t number;
    double real;
    size_t length;
    lk_type type;
    bool is_null;
    EXPECT(lk_statement_new(session, &statement) == LK_OK);
    EXPECT(lk_prepare(statement, "SELECT CAST(? AS BIGINT) AS n, CAST(? AS BOOLEAN) AS b, CAST(? AS BIGINT) AS i, "
                                 "CAST(? AS DOUBLE) AS d, ? AS t, CAST(? AS BYTEA) AS r, "
                                 "CAST('12.50' AS DECIMAL(10, 2)) AS m, DATE '1970-01-02' AS day, "
                                 "TIMESTAMP '1970-01-01 00:00:01' AS moment, TIME '01:02:03' AS hour") == LK_OK);
    EXPECT(lk_bind_null(statement, 0) == LK_OK && lk_bind_bool(statement, 1, 7) == LK_OK);
    EXPECT(lk_bind_int64(statement, 2, INT64_MIN) == LK_OK && lk_bind_double(statement, 3, 2.5) == LK_OK);
    EXPECT(lk_bind_text(statement, 4, "\xc3\xa4 42") == LK_OK && lk_bind_bytes(statement, 5, raw, sizeof raw) == LK_OK);
    EXPECT(lk_execute(statement) == LK_OK && lk_next(statement) == LK_OK);
    EXPECT(lk_column_count(statement, &length) == LK_OK && length == 10);

    EXPECT(lk_is_null(statement, 0, &is_null) == LK_OK && is_null);
    EXPECT(lk_text(statement, 0, &text, &length) == LK_OK && !text && length == 0);
    EXPECT_STATE(statement, lk_int64(statement, 0, &number), "22002");
    EXPECT(lk_is_null(statement, 1, &is_null) == LK_OK && !is_null);
    EXPECT(lk_int64(statement, 1, &number) == LK_OK && number == 1);
    EXPECT(lk_int64(statement, 2, &number) == LK_OK && number == INT64_MIN);
    EXPECT(lk_text(statement, 2, &text, NULL) == LK_OK && strcmp(text, "-9223372036854775808") == 0);
    EXPECT(lk_double(statement, 3, &real) == LK_OK && real == 2.5);
    EXPECT_STATE(statement, lk_int64(statement, 3, &number), "22003");
    EXPECT(lk_text(statement, 4, &text, &length) == LK_OK && length == 5 && strcmp(text, "\xc3\xa4 42") == 0);
    EXPECT(lk_bytes(statement, 4, &bytes, &length) == LK_OK && length == 5 && memcmp(bytes, text, 5) == 0);
    EXPECT_STATE(statement, lk_double(statement, 4, &real), "22018");
    EXPECT(lk_bytes(statement, 5, &bytes, &length) == LK_OK && length == 3 && memcmp(bytes, raw, 3) == 0);
    EXPECT_STATE(statement, lk_int64(statement, 5, &number), "07006");
    EXPECT(lk_text(statement, 6, &text, NULL) == LK_OK && strcmp(text, "12.50") == 0);
    EXPECT(lk_double(statement, 6, &real) == LK_OK && real == 12.5);
    EXPECT_STATE(statement, lk_bytes(statement, 6, &bytes, &length), "07006");
    EXPECT(lk_int64(statement, 7, &number) == LK_OK && number == 1);
    EXPECT(lk_text(statement, 7, &text, NULL) == LK_OK && strcmp(text, "1970-01-02") == 0);
    EXPECT(lk_int64(statement, 8, &number) == LK_OK && number == 1000000);
    EXPECT(lk_text(statement, 8, &text, NULL) == LK_OK && strcmp(text, "1970-01-01T00:00:01") == 0);
    EXPECT(lk_int64(statement, 9, &number) == LK_OK && number == 3723000000);
    EXPECT(lk_text(statement, 9, &text, NULL) == LK_OK && strcmp(text, "01:02:03") == 0);

    static const lk_type types[] = {LK_TYPE_INT64, LK_TYPE_BOOL,    LK_TYPE_INT64, LK_TYPE_DOUBLE,   LK_TYPE_TEXT,
                                    LK_TYPE_BYTES, LK_TYPE_DECIMAL, LK_TYPE_DATE,  LK_TYPE_TIMESTAMP,
                                    LK_TYPE_TIME};
    for (size_t column = 0; column < sizeof types / sizeof *types; column++)
        EXPECT(lk_column_type(statement, column, &type) == LK_OK && type == types[column]);
    EXPECT(lk_column_name(statement, 8, &text) == LK_OK && strcmp(text, "moment") == 0);
    EXPECT(lk_next(statement) == LK_END);

    EXPECT(lk_run(statement, "CREATE TABLE temp.kept (id BIGINT, name VARCHAR(20))") == LK_OK);
    EXPECT(lk_changed_rows(statement, &number) == LK_OK && number == -1);
    EXPECT(lk_prepare(statement, "INSERT INTO temp.kept VALUES (?, ?)") == LK_OK);
    for (int64_t id = 0; id < 3; id++) {
        EXPECT(lk_bind_int64(statement, 0, id) == LK_OK && lk_bind_text(statement, 1, id ? "x" : NULL) == LK_OK);
        EXPECT(lk_execute(statement) == LK_OK);
        EXPECT(lk_changed_rows(statement, &number) == LK_OK && number == 1);
    }
    EXPECT_STATE(statement, lk_next(statement), "24000");
    EXPECT(lk_run(statement, "SELECT count(name) FROM temp.kept") == LK_OK && lk_next(statement) == LK_OK);
    EXPECT(lk_int64(statement, 0, &number) == LK_OK && number == 2);
    /* Left to its session. */
}

int main(int count, char **arguments) {
    static char memory[64];
    lk_session *session, *other;
    lk_statement *statement;
    const char *message, *sqlstate;
    if (count != 2)
        return 2;
    no_handle(NULL);
    no_handle(memory);
    no_handle((void *)(uintptr_t)1);
    no_handle((void *)UINTPTR_MAX);

    EXPECT(lk_session_new(&session) == LK_OK && lk_session_new(&other) == LK_OK);
    EXPECT(lk_error(session, NULL, &sqlstate, &message) == LK_END && !sqlstate && !message);
    EXPECT_STATE(session, lk_statement_new(session, &statement), "08003");
    EXPECT_STATE(session, lk_oauth_refresh(session, NULL, NULL), "08003");
    EXPECT_STATE(session, lk_session_open(session, "URI=/nowhere;InitiateOAuth=SOMETIMES"), "08001");
    EXPECT_STATE(session, lk_session_open(session, "DSN=no such source"), "IM002");
    EXPECT_STATE(session, lk_session_open(session, "a connection string without a key"), "08001");
    EXPECT(lk_session_open(session, arguments[1]) == LK_OK);
    /* The string ends with a key that is no property. */
    EXPECT(lk_warning(session, 0, NULL, &sqlstate, &message) == LK_OK && strcmp(sqlstate, "01S00") == 0);
    EXPECT(strstr(message, "NoSuchProperty"));
    EXPECT(lk_warning(session, 1, NULL, NULL, NULL) == LK_END);
    EXPECT(lk_statement_new(session, &statement) == LK_OK);
    /* Handles of one kind are none of the other. */
    EXPECT(lk_session_free((lk_session *)statement) == LK_INVALID_HANDLE);
    EXPECT(lk_statement_free((lk_statement *)session) == LK_INVALID_HANDLE);
    null_pointers(session, statement);
    sequence(session);
    values(session);
    EXPECT_STATE(session, lk_oauth_status(session, &(lk_sign_in){0}), "HY000");

    EXPECT(lk_session_free(session) == LK_OK);
    no_handle(session);
    no_handle(statement);
    EXPECT(lk_session_free(other) == LK_OK);
    EXPECT(lk_session_free(other) == LK_INVALID_HANDLE);
    EXPECT(lk_log_to(NULL, NULL, 0) == LK_MISUSE && lk_log_to(NULL, NULL, 6) == LK_MISUSE);
    puts("done");
    return 0;
}
