/* Runs a query under watch, for a limited time: watch CONNECTION-STRING SQL MILLISECONDS */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <latchkey.h>

static int failed(const void *handle) {
    const char *sqlstate, *message;
    if (lk_error(handle, NULL, &sqlstate, &message) == LK_OK)
        fprintf(stderr, "%s: %s\n", sqlstate, message);
    return 1;
}

/* Called on the thread that waits in lk_next(). */
static void progress(void *data, const lk_progress *so_far) {
    (void)data;
    printf("%" PRIu64 " of %" PRIu64 " files, %" PRIu64 " bytes, %" PRIu64 " rows\n", so_far->files, so_far->of_files,
           so_far->bytes, so_far->rows);
}

/* Called on any thread. */
static void line_of_log(void *data, int32_t verbosity, const char *line) {
    fprintf(data, "%" PRId32 " %s\n", verbosity, line);
}

int main(int count, char **arguments) {
    lk_session *session;
    lk_statement *statement;
    const char *message;
    uint64_t rows = 0;
    lk_status status;
    int result;
    if (count != 4 || lk_log_to(line_of_log, stderr, 2) != LK_OK || lk_session_new(&session) != LK_OK)
        return 2;
    if (lk_session_open(session, arguments[1]) != LK_OK || lk_statement_new(session, &statement) != LK_OK) {
        result = failed(session);
    } else {
        lk_set_timeout(statement, strtoull(arguments[3], NULL, 10));
        lk_statement_on_progress(statement, progress, NULL);
        status = lk_run(statement, arguments[2]);
        while (status == LK_OK && (status = lk_next(statement)) == LK_OK)
            rows++;
        result = status == LK_END ? 0 : failed(statement);
        printf("%" PRIu64 " rows\n", rows);
        for (size_t index = 0; lk_warning(statement, index, NULL, NULL, &message) == LK_OK; index++)
            printf("warning: %s\n", message);
    }
    lk_session_free(session);
    lk_log_to(NULL, NULL, 1);
    return result;
}
