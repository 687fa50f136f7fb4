/* Ends what another thread, or the program itself in a callback, waits for: cancel CONNECTION-STRING WHAT */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <latchkey.h>

static atomic_bool done;
static lk_session *session;
static lk_statement *statement;

/* Until it is heard: a cancel before the wait ends nothing. */
static void *cancel_until_done(void *handle) {
    while (!atomic_load(&done)) {
        lk_cancel(handle);
        sched_yield();
    }
    return NULL;
}

static void print_error(const void *handle) {
    const char *sqlstate, *message;
    if (lk_error(handle, NULL, &sqlstate, &message) == LK_OK)
        printf("%s: %s\n", sqlstate, message);
}

static void *free_session(void *ready) {
    while (!atomic_load((atomic_bool *)ready))
        sched_yield();
    lk_session_free(session);
    return NULL;
}

/* Within a callback only lk_cancel(), lk_error() and lk_version() are good. */
static void check_inside(void *handle) {
    if (lk_run(statement, "SELECT 1") != LK_MISUSE || lk_next(statement) != LK_MISUSE || lk_session_free(session) != LK_MISUSE ||
        lk_statement_free(statement) != LK_MISUSE || lk_log_to(NULL, NULL, 1) != LK_MISUSE)
        printf("a call from within a callback was let in\n");
    if (lk_cancel(handle) != LK_OK)
        printf("lk_cancel was not let in\n");
}

static int32_t show(void *data, const lk_prompt *prompt) {
    (void)prompt;
    *(int *)data += 1;
    check_inside(session);
    return 0;
}

static int32_t refuse(void *data, const lk_prompt *prompt) {
    (void)prompt;
    *(int *)data += 1;
    return 1;
}

static void progress(void *data, const lk_progress *so_far) {
    if (so_far->rows > 0 && !*(int *)data) {
        *(int *)data = 1;
        check_inside(statement);
    }
}

static void begun(void *data, const lk_progress *so_far) {
    (void)so_far;
    atomic_store((atomic_bool *)data, true);
}

static int with_thread(void *(*run)(void *), void *handle, lk_status (*wait)(void)) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, handle) != 0)
        return 2;
    printf("%d\n", (int)wait());
    atomic_store(&done, true);
    pthread_join(thread, NULL);
    return 0;
}

static lk_status count_for_ever(void) { return lk_run(statement, "SELECT count(*) FROM generate_series(1, 100000000000)") == LK_OK ? lk_next(statement) : LK_ERROR; }

static lk_status read_all(void) {
    lk_status status = lk_run(statement, "SELECT * FROM people");
    while (status == LK_OK)
        status = lk_next(statement);
    return status;
}

static struct ArrowArrayStream stream;

static lk_status next_array(void) {
    struct ArrowArray rows;
    int error = stream.get_next(&stream, &rows);
    if (error)
        printf("%s\n", stream.get_last_error(&stream));
    return error;
}

int main(int count, char **arguments) {
    const char *what = count == 3 ? arguments[2] : "";
    int called = 0, result = 0;
    if (lk_session_new(&session) != LK_OK)
        return 2;
    if (strcmp(what, "prompt") == 0 || strcmp(what, "refuse") == 0) {
        lk_session_on_prompt(session, *what == 'p' ? show : refuse, &called);
        printf("%d\n", lk_session_open(session, arguments[1]));
        print_error(session);
        printf("called %d times\n", called);
        lk_session_free(session);
        return 0;
    }
    if (lk_session_open(session, arguments[1]) != LK_OK || lk_statement_new(session, &statement) != LK_OK) {
        print_error(session);
        return 1;
    }
    if (strcmp(what, "thread") == 0) {
        result = with_thread(cancel_until_done, statement, count_for_ever);
        print_error(statement);
        /* What begins afterwards is not concerned. */
        printf("%d\n", lk_run(statement, "SELECT 1") == LK_OK && lk_next(statement) == LK_OK);
    } else if (strcmp(what, "callback") == 0) {
        lk_statement_on_progress(statement, progress, &called);
        printf("%d\n", (int)read_all());
        print_error(statement);
    } else if (strcmp(what, "stream") == 0) {
        if (lk_run(statement, "SELECT count(*) FROM generate_series(1, 100000000000)") != LK_OK || lk_stream(statement, &stream) != LK_OK)
            return 1;
        result = with_thread(cancel_until_done, statement, next_array);
        stream.release(&stream);
    } else if (strcmp(what, "free") == 0) {
        static atomic_bool ready;
        lk_statement_on_progress(statement, begun, &ready);
        result = with_thread(free_session, &ready, read_all);
        printf("%d\n", lk_next(statement));
        return result;
    }
    lk_session_free(session);
    return result;
}
