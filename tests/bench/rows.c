/* Rows per second through a driver manager, over the same rows in each data source, interleaved.
 *
 *     rows ROUNDS NAME CONNECTION SETUP QUERY [NAME CONNECTION SETUP QUERY]...
 *
 * SETUP is a statement that is executed once, or empty. Each round executes QUERY twice at each source: delivered in
 * bound blocks of 1 000 rows by column, and cell by cell with SQLGetData. Prints NAME MODE ROWS EXECUTE FETCH, the times in
 * microseconds. The source `copy` is no driver: a loop that copies the same columns into the same buffers. */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 13, BLOCK = 1000, TEXT = 64, MOST = 8 };

/* What each column is bound as, and the bytes of one value. */
static const SQLSMALLINT c_types[COLUMNS] = {
    SQL_C_SBIGINT, SQL_C_SLONG,  SQL_C_SLONG, SQL_C_SBIGINT, SQL_C_DOUBLE, SQL_C_DOUBLE,         SQL_C_DOUBLE,
    SQL_C_CHAR,    SQL_C_CHAR,   SQL_C_CHAR,  SQL_C_SLONG,   SQL_C_TYPE_DATE, SQL_C_TYPE_TIMESTAMP,
};
static const size_t sizes[COLUMNS] = {8, 4, 4, 8, 8, 8, 8, TEXT, TEXT, TEXT, 4, sizeof(DATE_STRUCT), sizeof(TIMESTAMP_STRUCT)};

static char *buffers[COLUMNS];
static SQLLEN *lengths[COLUMNS];

struct Source {
    const char *name, *query;
    SQLHDBC db;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle, const char *what) {
    if (SQL_SUCCEEDED(code) || code == SQL_NO_DATA) return;
    SQLCHAR state[6] = "", message[1024] = "";
    SQLGetDiagRec(kind, handle, 1, state, NULL, message, sizeof message, NULL);
    fprintf(stderr, "%s: %s %s\n", what, state, message);
    exit(1);
}

static SQLHSTMT executed(const struct Source *source, const char *sql, int block) {
    SQLHSTMT statement;
    check(SQLAllocHandle(SQL_HANDLE_STMT, source->db, &statement), SQL_HANDLE_DBC, source->db, source->name);
    if (block) SQLSetStmtAttr(statement, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)BLOCK, 0);
    check(SQLExecDirect(statement, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, statement, source->name);
    return statement;
}

static void blocks(const struct Source *source) {
    double began = now();
    SQLHSTMT statement = executed(source, source->query, 1);
    double ready = now();
    SQLULEN fetched = 0;
    SQLSetStmtAttr(statement, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    for (int column = 0; column < COLUMNS; column++) {
        SQLRETURN code = SQLBindCol(statement, column + 1, c_types[column], buffers[column], sizes[column], lengths[column]);
        check(code, SQL_HANDLE_STMT, statement, source->name);
    }
    long rows = 0;
    for (;;) {
        SQLRETURN code = SQLFetch(statement);
        check(code, SQL_HANDLE_STMT, statement, source->name);
        if (code == SQL_NO_DATA) break;
        rows += fetched;
    }
    printf("%s blocks %ld %.0f %.0f\n", source->name, rows, ready - began, now() - ready);
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

static void cells(const struct Source *source) {
    double began = now();
    SQLHSTMT statement = executed(source, source->query, 0);
    double ready = now();
    long rows = 0;
    for (;; rows++) {
        SQLRETURN code = SQLFetch(statement);
        check(code, SQL_HANDLE_STMT, statement, source->name);
        if (code == SQL_NO_DATA) break;
        for (int column = 0; column < COLUMNS; column++) {
            code = SQLGetData(statement, column + 1, c_types[column], buffers[column], sizes[column], lengths[column]);
            check(code, SQL_HANDLE_STMT, statement, source->name);
        }
    }
    printf("%s cells %ld %.0f %.0f\n", source->name, rows, ready - began, now() - ready);
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

/* The columns as a column store has them: values one behind the other, texts with their offsets. */
static char *values[COLUMNS];
static int *offsets[COLUMNS];

static void fill(long rows) {
    for (int column = 0; column < COLUMNS; column++) {
        values[column] = calloc(rows, sizes[column]);
        if (c_types[column] == SQL_C_CHAR) offsets[column] = calloc(rows + 1, sizeof(int));
        for (long row = 0; row < rows; row++) {
            if (offsets[column]) {
                char text[TEXT];
                int length = snprintf(text, sizeof text, "text number %ld of column %d", row, column);
                memcpy(values[column] + offsets[column][row], text, length);
                offsets[column][row + 1] = offsets[column][row] + length;
            } else {
                memcpy(values[column] + row * sizes[column], &row, sizes[column] < 8 ? sizes[column] : 8);
            }
        }
    }
}

static void copy(long rows) {
    double began = now();
    for (long row = 0; row < rows; row += BLOCK) {
        long count = rows - row < BLOCK ? rows - row : BLOCK;
        for (int column = 0; column < COLUMNS; column++) {
            size_t size = sizes[column];
            for (long index = 0; index < count; index++) {
                if (offsets[column]) {
                    int start = offsets[column][row + index], length = offsets[column][row + index + 1] - start;
                    memcpy(buffers[column] + index * size, values[column] + start, length);
                    buffers[column][index * size + length] = 0;
                    lengths[column][index] = length;
                } else {
                    memcpy(buffers[column] + index * size, values[column] + (row + index) * size, size);
                    lengths[column][index] = size;
                }
            }
        }
    }
    printf("copy blocks %ld 0 %.0f\n", rows, now() - began);
}

int main(int count, char **arguments) {
    if (count < 6) return fprintf(stderr, "rows ROUNDS NAME CONNECTION SETUP QUERY...\n"), 2;
    for (int column = 0; column < COLUMNS; column++) {
        buffers[column] = calloc(BLOCK, sizes[column]);
        lengths[column] = calloc(BLOCK, sizeof(SQLLEN));
    }
    SQLHENV environment;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
    SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    struct Source sources[MOST];
    int known = 0;
    for (int at = 2; at + 3 < count && known < MOST; at += 4, known++) {
        struct Source *source = &sources[known];
        source->name = arguments[at];
        source->query = arguments[at + 3];
        SQLAllocHandle(SQL_HANDLE_DBC, environment, &source->db);
        SQLRETURN code = SQLDriverConnect(source->db, NULL, (SQLCHAR *)arguments[at + 1], SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
        check(code, SQL_HANDLE_DBC, source->db, source->name);
        if (*arguments[at + 2]) SQLFreeHandle(SQL_HANDLE_STMT, executed(source, arguments[at + 2], 0));
    }
    fill(1000000);
    for (int round = atoi(arguments[1]); round > 0; round--) {
        for (int at = 0; at < known; at++) blocks(&sources[at]);
        copy(1000000);
        for (int at = 0; at < known; at++) cells(&sources[at]);
    }
    return 0;
}
