/* Connects, queries and disconnects N times through the driver manager: run under valgrind. */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle, const char *what)
{
    if (SQL_SUCCEEDED(code))
        return;
    SQLCHAR state[6], text[1024];
    SQLGetDiagRec(kind, handle, 1, state, NULL, text, sizeof text, NULL);
    fprintf(stderr, "%s: [%s] %s\n", what, state, text);
    exit(1);
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[2]) : 1;
    SQLHENV env;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env);
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    for (int round = 0; round < rounds; round++) {
        SQLHDBC dbc;
        SQLHSTMT stmt;
        SQLLEN id, length;
        SQLCHAR name[64];
        int rows = 0;
        SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
        check(SQLDriverConnect(dbc, NULL, (SQLCHAR *)argv[1], SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
              SQL_HANDLE_DBC, dbc, "connect");
        SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
        check(SQLExecDirect(stmt, (SQLCHAR *)"SELECT id, name FROM people ORDER BY id", SQL_NTS), SQL_HANDLE_STMT, stmt, "query");
        check(SQLBindCol(stmt, 1, SQL_C_SBIGINT, &id, 0, NULL), SQL_HANDLE_STMT, stmt, "bind");
        while (SQLFetch(stmt) == SQL_SUCCESS) {
            check(SQLGetData(stmt, 2, SQL_C_CHAR, name, sizeof name, &length), SQL_HANDLE_STMT, stmt, "data");
            rows++;
        }
        if (rows != 2) {
            fprintf(stderr, "%d rows\n", rows);
            return 1;
        }
        SQLFreeHandle(SQL_HANDLE_STMT, stmt);
        SQLDisconnect(dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    }
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return 0;
}
