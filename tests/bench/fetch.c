/* Fetches all rows of a query into bound buffers, once for every line on standard input.
 *
 *     fetch CONNECTION QUERY
 *
 * Blocks of 10 000 rows, bound by column: integers, doubles, bits, dates and timestamps as what they are, all else as text of up to
 * 255 bytes. Prints the number of rows. */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 10000, TEXT = 256, MOST = 64 };

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle) {
    if (SQL_SUCCEEDED(code) || code == SQL_NO_DATA) return;
    SQLCHAR state[6] = "", message[1024] = "";
    SQLGetDiagRec(kind, handle, 1, state, NULL, message, sizeof message, NULL);
    fprintf(stderr, "%s %s\n", state, message);
    exit(1);
}

/* What a column is bound as, and the bytes of a value. */
static SQLSMALLINT bound_as(SQLSMALLINT type, size_t *size) {
    switch (type) {
    case SQL_BIT: *size = 1; return SQL_C_BIT;
    case SQL_BIGINT: *size = 8; return SQL_C_SBIGINT;
    case SQL_DOUBLE: *size = 8; return SQL_C_DOUBLE;
    case SQL_TYPE_DATE: *size = sizeof(DATE_STRUCT); return SQL_C_TYPE_DATE;
    case SQL_TYPE_TIMESTAMP: *size = sizeof(TIMESTAMP_STRUCT); return SQL_C_TYPE_TIMESTAMP;
    default: *size = TEXT; return SQL_C_CHAR;
    }
}

static unsigned long long fetch(SQLHDBC connection, SQLCHAR *query) {
    static char *values[MOST];
    static SQLLEN *lengths[MOST];
    SQLHSTMT statement;
    SQLULEN fetched = 0;
    SQLSMALLINT columns = 0;
    check(SQLAllocHandle(SQL_HANDLE_STMT, connection, &statement), SQL_HANDLE_DBC, connection);
    SQLSetStmtAttr(statement, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)BLOCK, 0);
    SQLSetStmtAttr(statement, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    check(SQLExecDirect(statement, query, SQL_NTS), SQL_HANDLE_STMT, statement);
    SQLNumResultCols(statement, &columns);
    if (columns > MOST) columns = MOST;
    for (SQLSMALLINT column = 0; column < columns; column++) {
        SQLSMALLINT type = 0;
        size_t size = 0;
        SQLDescribeCol(statement, (SQLUSMALLINT)(column + 1), NULL, 0, NULL, &type, NULL, NULL, NULL);
        SQLSMALLINT c_type = bound_as(type, &size);
        if (!values[column]) {
            values[column] = calloc(BLOCK, TEXT);
            lengths[column] = calloc(BLOCK, sizeof(SQLLEN));
        }
        check(SQLBindCol(statement, (SQLUSMALLINT)(column + 1), c_type, values[column], (SQLLEN)size, lengths[column]),
              SQL_HANDLE_STMT, statement);
    }
    unsigned long long rows = 0;
    SQLRETURN code;
    while ((code = SQLFetch(statement)) != SQL_NO_DATA) {
        check(code, SQL_HANDLE_STMT, statement);
        rows += fetched;
    }
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
    return rows;
}

int main(int count, char **arguments) {
    SQLHENV environment;
    SQLHDBC connection;
    if (count != 3) return 2;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
    SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection);
    check(SQLDriverConnect(connection, NULL, (SQLCHAR *)arguments[1], SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT), SQL_HANDLE_DBC,
          connection);
    for (int byte; (byte = getchar()) != EOF;) {
        if (byte != '\n') continue;
        printf("%llu\n", fetch(connection, (SQLCHAR *)arguments[2]));
        fflush(stdout);
    }
    SQLDisconnect(connection);
    SQLFreeHandle(SQL_HANDLE_DBC, connection);
    SQLFreeHandle(SQL_HANDLE_ENV, environment);
    return 0;
}
