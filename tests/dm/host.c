/* A host without a driver manager: many handles, loading and unloading, forking.
 *
 * host DRIVER CONNECTION-STRING statements|connections|reload|fork
 */
#include <dlfcn.h>
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    void *library;
    SQLRETURN (*alloc)(SQLSMALLINT, SQLHANDLE, SQLHANDLE *);
    SQLRETURN (*free)(SQLSMALLINT, SQLHANDLE);
    SQLRETURN (*set_env)(SQLHENV, SQLINTEGER, SQLPOINTER, SQLINTEGER);
    SQLRETURN (*connect)(SQLHDBC, SQLHWND, SQLCHAR *, SQLSMALLINT, SQLCHAR *, SQLSMALLINT, SQLSMALLINT *, SQLUSMALLINT);
    SQLRETURN (*disconnect)(SQLHDBC);
    SQLRETURN (*execute)(SQLHSTMT, SQLCHAR *, SQLINTEGER);
    SQLRETURN (*fetch)(SQLHSTMT);
    SQLRETURN (*diagnostics)(SQLSMALLINT, SQLHANDLE, SQLSMALLINT, SQLCHAR *, SQLINTEGER *, SQLCHAR *, SQLSMALLINT, SQLSMALLINT *);
} driver;

static const char *path, *connection_string;

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle, const char *what)
{
    SQLCHAR state[6] = "", text[1024] = "";
    if (SQL_SUCCEEDED(code))
        return;
    driver.diagnostics(kind, handle, 1, state, NULL, text, sizeof text, NULL);
    fprintf(stderr, "%s: %d [%s] %s\n", what, code, state, text);
    exit(1);
}

static void *symbol(const char *name)
{
    void *found = dlsym(driver.library, name);
    if (!found)
        fail(name);
    return found;
}

static void load(void)
{
    driver.library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!driver.library)
        fail(dlerror());
    driver.alloc = symbol("SQLAllocHandle");
    driver.free = symbol("SQLFreeHandle");
    driver.set_env = symbol("SQLSetEnvAttr");
    driver.connect = symbol("SQLDriverConnect");
    driver.disconnect = symbol("SQLDisconnect");
    driver.execute = symbol("SQLExecDirect");
    driver.fetch = symbol("SQLFetch");
    driver.diagnostics = symbol("SQLGetDiagRec");
}

static SQLHENV environment(void)
{
    SQLHENV env;
    if (driver.alloc(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env))
        fail("no environment");
    check(driver.set_env(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0), SQL_HANDLE_ENV, env, "version");
    return env;
}

static SQLHDBC connected(SQLHENV env)
{
    SQLHDBC dbc;
    check(driver.alloc(SQL_HANDLE_DBC, env, &dbc), SQL_HANDLE_ENV, env, "connection");
    check(driver.connect(dbc, NULL, (SQLCHAR *)connection_string, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
          SQL_HANDLE_DBC, dbc, "connect");
    return dbc;
}

/* A statement whose cursor is on the first of two rows. */
static SQLHSTMT queried(SQLHDBC dbc)
{
    SQLHSTMT stmt;
    check(driver.alloc(SQL_HANDLE_STMT, dbc, &stmt), SQL_HANDLE_DBC, dbc, "statement");
    check(driver.execute(stmt, (SQLCHAR *)"SELECT id, name FROM people ORDER BY id", SQL_NTS), SQL_HANDLE_STMT, stmt, "query");
    check(driver.fetch(stmt), SQL_HANDLE_STMT, stmt, "first row");
    return stmt;
}

static void finish(SQLHSTMT stmt)
{
    check(driver.fetch(stmt), SQL_HANDLE_STMT, stmt, "second row");
    if (driver.fetch(stmt) != SQL_NO_DATA)
        fail("a third row");
    check(driver.free(SQL_HANDLE_STMT, stmt), SQL_HANDLE_STMT, stmt, "free statement");
}

static void close_connection(SQLHDBC dbc)
{
    check(driver.disconnect(dbc), SQL_HANDLE_DBC, dbc, "disconnect");
    check(driver.free(SQL_HANDLE_DBC, dbc), SQL_HANDLE_DBC, dbc, "free connection");
}

static void close_environment(SQLHENV env)
{
    check(driver.free(SQL_HANDLE_ENV, env), SQL_HANDLE_ENV, env, "free environment");
}

/* A number of /proc/self/status: memory in KiB, threads. */
static long status(const char *name)
{
    char line[256];
    long number = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ':')
            number = atol(line + strlen(name) + 1);
    if (file)
        fclose(file);
    return number;
}

static void tell(const char *when)
{
    printf("%s %ld KiB %ld threads\n", when, status("VmRSS"), status("Threads"));
}

enum { STATEMENTS = 1000, CONNECTIONS = 200, RELOADS = 50, ROUNDS = 3, WARM = 1, DEADLINE = 60 };

static void many_statements(void)
{
    static SQLHSTMT all[STATEMENTS];
    SQLHENV env = environment();
    SQLHDBC dbc = connected(env);
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < STATEMENTS; i++)
            all[i] = queried(dbc);
        /* In an order that is not that of their making. */
        for (int i = 0; i < STATEMENTS; i++)
            finish(all[i * 7 % STATEMENTS]);
        if (round == WARM)
            tell("before");
    }
    tell("after");
    close_connection(dbc);
    close_environment(env);
}

static void many_connections(void)
{
    static SQLHDBC all[CONNECTIONS];
    static SQLHSTMT open[CONNECTIONS];
    SQLHENV env = environment();
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < CONNECTIONS; i++) {
            all[i] = connected(env);
            open[i] = queried(all[i]);
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            /* Half of the statements are left to the connection. */
            if (i % 2)
                finish(open[i]);
            close_connection(all[i]);
        }
        if (round == WARM)
            tell("before");
    }
    tell("after");
    close_environment(env);
}

static void reload(void)
{
    for (int round = 1; round <= RELOADS; round++) {
        load();
        SQLHENV env = environment();
        SQLHDBC dbc = connected(env);
        finish(queried(dbc));
        close_connection(dbc);
        close_environment(env);
        if (dlclose(driver.library))
            fail(dlerror());
        if (round == RELOADS / 10)
            tell("before");
    }
    tell("after");
}

/* Runs a child that dies of SIGALRM when it hangs. */
static void child(const char *name, void (*body)(SQLHDBC), SQLHDBC dbc)
{
    int how;
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        alarm(DEADLINE);
        body(dbc);
        exit(0);
    }
    if (waitpid(pid, &how, 0) != pid || !WIFEXITED(how) || WEXITSTATUS(how)) {
        fprintf(stderr, "the child that %s ended with %x\n", name, how);
        exit(1);
    }
}

static void leave_at_once(SQLHDBC inherited)
{
    (void)inherited;
    _exit(0);
}

static void leave_orderly(SQLHDBC inherited)
{
    (void)inherited;
}

static void connect_anew(SQLHDBC inherited)
{
    (void)inherited;
    SQLHENV env = environment();
    SQLHDBC dbc = connected(env);
    finish(queried(dbc));
    close_connection(dbc);
    close_environment(env);
}

/* It is the parent's, and may be refused; but the call comes back. */
static void use_inherited(SQLHDBC inherited)
{
    SQLHSTMT stmt;
    if (driver.alloc(SQL_HANDLE_STMT, inherited, &stmt) == SQL_SUCCESS) {
        if (SQL_SUCCEEDED(driver.execute(stmt, (SQLCHAR *)"SELECT id FROM people", SQL_NTS)))
            driver.fetch(stmt);
        driver.free(SQL_HANDLE_STMT, stmt);
    }
    driver.disconnect(inherited);
}

static void forking(void)
{
    SQLHENV env = environment();
    SQLHDBC dbc = connected(env);
    SQLHSTMT stmt = queried(dbc);
    for (int round = 0; round < 5; round++) {
        child("leaves at once", leave_at_once, dbc);
        child("leaves orderly", leave_orderly, dbc);
        child("connects anew", connect_anew, dbc);
        child("uses what it inherited", use_inherited, dbc);
        finish(queried(dbc));
    }
    finish(stmt);
    close_connection(dbc);
    close_environment(env);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        fail("host DRIVER CONNECTION-STRING statements|connections|reload|fork");
    path = argv[1];
    connection_string = argv[2];
    alarm(10 * DEADLINE);
    if (!strcmp(argv[3], "reload")) {
        reload();
        return 0;
    }
    load();
    if (!strcmp(argv[3], "statements"))
        many_statements();
    else if (!strcmp(argv[3], "connections"))
        many_connections();
    else if (!strcmp(argv[3], "fork"))
        forking();
    else
        fail(argv[3]);
    puts("done");
    return 0;
}
