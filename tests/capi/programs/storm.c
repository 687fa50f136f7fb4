/* Threads that use, cancel and free each other's handles at random: storm CONNECTION-STRING ROUNDS */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <latchkey.h>

enum { THREADS = 6, HANDLES = 8 };

static _Atomic(lk_session *) sessions[HANDLES];
static _Atomic(lk_statement *) statements[HANDLES];
static const char *connection_string;
static unsigned long rounds;
static atomic_ulong read_rows, refused;

static uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Everything but what the header promises is a fault. */
static lk_status expected(lk_status status) {
    if (status == LK_INVALID_HANDLE)
        atomic_fetch_add(&refused, 1);
    else if (status != LK_OK && status != LK_END && status != LK_ERROR)
        abort();
    return status;
}

static void read_stream(lk_statement *statement) {
    struct ArrowArrayStream stream;
    struct ArrowArray rows;
    if (expected(lk_stream(statement, &stream)) != LK_OK)
        return;
    while (stream.get_next(&stream, &rows) == 0 && rows.release) {
        atomic_fetch_add(&read_rows, (unsigned long)rows.length);
        rows.release(&rows);
    }
    stream.release(&stream);
}

static void *storm(void *seed) {
    uint32_t state = (uint32_t)(uintptr_t)seed;
    for (unsigned long round = 0; round < rounds; round++) {
        size_t at = next_random(&state) % HANDLES;
        lk_session *session = atomic_load(&sessions[at]), *new_session;
        lk_statement *statement = atomic_load(&statements[at]), *new_statement;
        int64_t number;
        int32_t code;
        switch (next_random(&state) % 12) {
        case 0:
            if ((lk_cancel(session) == LK_INVALID_HANDLE || next_random(&state) % 16 == 0) &&
                expected(lk_session_new(&new_session)) == LK_OK) {
                expected(lk_session_open(new_session, connection_string));
                lk_session_free(atomic_exchange(&sessions[at], new_session));
            }
            break;
        case 1:
        case 2:
            if (expected(lk_statement_new(session, &new_statement)) == LK_OK)
                lk_statement_free(atomic_exchange(&statements[at], new_statement));
            break;
        case 3:
            expected(lk_cancel(next_random(&state) % 2 ? (void *)session : (void *)statement));
            break;
        case 4:
            if (next_random(&state) % 4 == 0)
                expected(lk_statement_free(statement));
            break;
        case 5:
            if (next_random(&state) % 32 == 0)
                expected(lk_session_free(session));
            break;
        case 6:
            read_stream(statement);
            break;
        case 7:
            expected(lk_prepare(statement, "SELECT id FROM people WHERE id > ?"));
            expected(lk_bind_int64(statement, 0, 1));
            expected(lk_execute(statement));
            break;
        case 8:
            expected(lk_error(statement, &code, NULL, NULL));
            expected(lk_warning(session, 0, &code, NULL, NULL));
            break;
        default:
            expected(lk_run(statement, "SELECT id FROM people"));
            while (expected(lk_next(statement)) == LK_OK)
                if (expected(lk_int64(statement, 0, &number)) == LK_OK)
                    atomic_fetch_add(&read_rows, 1);
        }
    }
    return NULL;
}

int main(int count, char **arguments) {
    pthread_t threads[THREADS];
    if (count != 3)
        return 2;
    connection_string = arguments[1];
    rounds = strtoul(arguments[2], NULL, 10);
    for (uintptr_t thread = 0; thread < THREADS; thread++)
        if (pthread_create(&threads[thread], NULL, storm, (void *)(2463534242u + 7919u * thread)) != 0)
            return 2;
    for (size_t thread = 0; thread < THREADS; thread++)
        pthread_join(threads[thread], NULL);
    for (size_t at = 0; at < HANDLES; at++)
        lk_session_free(atomic_load(&sessions[at]));
    printf("%lu rows, %lu refused\n", atomic_load(&read_rows), atomic_load(&refused));
    return 0;
}
