/* Times SQLDriverConnect and SQLDisconnect of several connection strings in turn, so that a machine whose speed drifts
 * drifts for all of them alike.
 *
 *   connect ROUNDS NAME=STRING NAME=STRING …
 *
 * Prints for each name the time of the first connection of the process, then minimum, median and 95th percentile of
 * connecting and of connecting and disconnecting, all in microseconds.
 */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fail(SQLHDBC connection, const char *name) {
    SQLCHAR state[6], text[1024] = "";
    SQLGetDiagRec(SQL_HANDLE_DBC, connection, 1, state, NULL, text, sizeof text, NULL);
    fprintf(stderr, "%s: %s\n", name, text);
    exit(1);
}

static void once(SQLHENV environment, const char *name, const char *string, double *connected, double *both) {
    SQLHDBC connection;
    SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection);
    double began = now();
    SQLRETURN code = SQLDriverConnect(connection, NULL, (SQLCHAR *)string, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    *connected = now() - began;
    if (!SQL_SUCCEEDED(code)) fail(connection, name);
    SQLDisconnect(connection);
    *both = now() - began;
    SQLFreeHandle(SQL_HANDLE_DBC, connection);
}

int main(int count, char **arguments) {
    int rounds = count > 2 ? atoi(arguments[1]) : 0, kinds = count - 2;
    if (rounds < 1) return fprintf(stderr, "usage: connect ROUNDS NAME=STRING …\n"), 2;
    double *connected = calloc((size_t)kinds * rounds, sizeof *connected);
    double *both = calloc((size_t)kinds * rounds, sizeof *both);
    SQLHENV environment;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
    SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    for (int kind = 0; kind < kinds; kind++) {
        char *name = arguments[kind + 2], *string = strchr(name, '=');
        *string++ = 0;
        double first, unused;
        once(environment, name, string, &first, &unused);
        printf("%s first %.0f\n", name, first);
    }
    for (int round = 0; round < rounds; round++)
        for (int kind = 0; kind < kinds; kind++) {
            char *name = arguments[kind + 2];
            int at = kind * rounds + round;
            once(environment, name, name + strlen(name) + 1, &connected[at], &both[at]);
        }
    for (int kind = 0; kind < kinds; kind++) {
        double *each[] = {connected + kind * rounds, both + kind * rounds};
        const char *what[] = {"connect", "connect+disconnect"};
        for (int which = 0; which < 2; which++) {
            qsort(each[which], rounds, sizeof **each, ascending);
            printf("%s %s %.0f %.0f %.0f\n", arguments[kind + 2], what[which], each[which][0], each[which][rounds / 2],
                   each[which][rounds * 95 / 100]);
        }
    }
    SQLFreeHandle(SQL_HANDLE_ENV, environment);
    return 0;
}
