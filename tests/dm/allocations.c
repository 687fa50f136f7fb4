/* How often the fetching thread allocates while it reads a result: CONNECTION SQL COLUMNS. Prints ROWS, then the allocations
 * of reading it in bound blocks, as narrow and as wide text in bound blocks, and cell by cell. */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread long count;

void *malloc(size_t size) { return count++, __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return count++, __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { return count++, __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count++, __libc_memalign(alignment, size); }
int posix_memalign(void **out, size_t alignment, size_t size)
{
    *out = aligned_alloc(alignment, size);
    return *out ? 0 : 12;
}

enum { BLOCK = 1000, TEXT = 64, MOST = 16 };

static char buffers[MOST][BLOCK][TEXT];
static SQLLEN lengths[MOST][BLOCK];

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle, const char *what)
{
    if (SQL_SUCCEEDED(code) || code == SQL_NO_DATA)
        return;
    SQLCHAR state[6], text[1024];
    SQLGetDiagRec(kind, handle, 1, state, NULL, text, sizeof text, NULL);
    fprintf(stderr, "%s: [%s] %s\n", what, state, text);
    exit(1);
}

/* Allocations of reading the rows behind the first block, which makes what is kept for the others. */
static long reading(SQLHDBC dbc, const char *sql, int columns, int c_type, int by_cell, long *rows)
{
    SQLHSTMT stmt;
    SQLULEN fetched = 1;
    SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
    if (!by_cell) {
        SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)BLOCK, 0);
        SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
        for (int column = 0; column < columns; column++)
            check(SQLBindCol(stmt, column + 1, c_type, buffers[column], TEXT, lengths[column]), SQL_HANDLE_STMT, stmt, "bind");
    }
    check(SQLExecDirect(stmt, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, stmt, "execute");
    long before = -1;
    for (*rows = 0;;) {
        SQLRETURN code = SQLFetch(stmt);
        check(code, SQL_HANDLE_STMT, stmt, "fetch");
        if (code == SQL_NO_DATA)
            break;
        for (int column = 0; by_cell && column < columns; column++)
            check(SQLGetData(stmt, column + 1, c_type, buffers[column], TEXT, lengths[column]), SQL_HANDLE_STMT, stmt, "data");
        *rows += fetched;
        if (before < 0)
            before = count;
    }
    long counted = count - before;
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    return counted;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int columns = atoi(argv[3]);
    SQLHENV env;
    SQLHDBC dbc;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env);
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
    check(SQLDriverConnect(dbc, NULL, (SQLCHAR *)argv[1], SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT), SQL_HANDLE_DBC, dbc, "connect");
    long rows, own, narrow, cells, wide;
    /* The counter counts: each statement handle costs something. */
    if (count == 0)
        return fprintf(stderr, "nothing was counted\n"), 1;
    own = reading(dbc, argv[2], columns, SQL_C_DEFAULT, 0, &rows);
    narrow = reading(dbc, argv[2], columns, SQL_C_CHAR, 0, &rows);
    wide = reading(dbc, argv[2], columns, SQL_C_WCHAR, 0, &rows);
    cells = reading(dbc, argv[2], columns, SQL_C_CHAR, 1, &rows);
    printf("%ld %ld %ld %ld %ld\n", rows, own, narrow, wide, cells);
    return 0;
}
