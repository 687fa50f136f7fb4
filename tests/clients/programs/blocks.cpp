// A C++ program with a thin wrapper as nanodbc has: wide calls, described parameters, rows in bound blocks, long values
// by SQLGetData.
#include <sql.h>
#include <sqlext.h>

#include <codecvt>
#include <iostream>
#include <locale>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace {

std::wstring_convert<std::codecvt_utf8_utf16<char16_t>, char16_t> unicode;

std::u16string text(const SQLWCHAR *units, std::size_t count) {
    return std::u16string(reinterpret_cast<const char16_t *>(units), count);
}

SQLWCHAR *wide(std::u16string &value) { return reinterpret_cast<SQLWCHAR *>(value.data()); }

std::string diagnostics(SQLSMALLINT kind, SQLHANDLE handle) {
    SQLWCHAR state[6] = {}, message[1024];
    SQLINTEGER native;
    SQLSMALLINT length = 0;
    if (!SQL_SUCCEEDED(SQLGetDiagRecW(kind, handle, 1, state, &native, message, 1024, &length))) return "no diagnostics";
    return unicode.to_bytes(text(state, 5)) + " " + unicode.to_bytes(text(message, length));
}

void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle) {
    if (!SQL_SUCCEEDED(code) && code != SQL_NO_DATA) throw std::runtime_error(diagnostics(kind, handle));
}

struct Statement {
    SQLHSTMT handle = nullptr;

    explicit Statement(SQLHDBC db) { check(SQLAllocHandle(SQL_HANDLE_STMT, db, &handle), SQL_HANDLE_DBC, db); }
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;
    ~Statement() { SQLFreeHandle(SQL_HANDLE_STMT, handle); }

    void ok(SQLRETURN code) const { check(code, SQL_HANDLE_STMT, handle); }

    void prepare(const std::string &sql) {
        auto units = unicode.from_bytes(sql);
        ok(SQLPrepareW(handle, wide(units), SQL_NTS));
    }

    void execute(const std::string &sql) {
        auto units = unicode.from_bytes(sql);
        ok(SQLExecDirectW(handle, wide(units), SQL_NTS));
    }

    bool fetch() {
        SQLRETURN code = SQLFetch(handle);
        ok(code);
        return code != SQL_NO_DATA;
    }

    // A value in pieces of a few characters.
    std::string value(SQLUSMALLINT column) {
        std::u16string whole;
        SQLWCHAR piece[64];
        SQLLEN left = 0;
        for (;;) {
            SQLRETURN code = SQLGetData(handle, column, SQL_C_WCHAR, piece, sizeof piece, &left);
            ok(code);
            if (code == SQL_NO_DATA) return unicode.to_bytes(whole);
            if (left == SQL_NULL_DATA) return "NULL";
            std::size_t units = left == SQL_NO_TOTAL || left / 2 > 63 ? 63 : left / 2;
            // A surrogate pair is never cut, so that a piece may be one unit short.
            if (units == 63 && piece[62] == 0) units = 62;
            whole += text(piece, units);
            if (code == SQL_SUCCESS) return unicode.to_bytes(whole);
        }
    }

    std::string all(SQLUSMALLINT column) {
        std::string values;
        while (fetch()) values += (values.empty() ? "" : ",") + value(column);
        return values;
    }
};

void show(const std::string &name, const std::string &value) { std::cout << name << '=' << value << '\n'; }

}  // namespace

int main(int, char **arguments) try {
    SQLHENV environment;
    SQLHDBC db;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
    SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
    check(SQLAllocHandle(SQL_HANDLE_DBC, environment, &db), SQL_HANDLE_ENV, environment);
    auto string = unicode.from_bytes(arguments[1]);
    check(SQLDriverConnectW(db, nullptr, wide(string), SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT), SQL_HANDLE_DBC, db);
    {
        Statement tables(db), columns(db);
        std::u16string kind = u"TABLE", table = u"people";
        tables.ok(SQLTablesW(tables.handle, nullptr, 0, nullptr, 0, nullptr, 0, wide(kind), SQL_NTS));
        show("tables", tables.all(3));
        columns.ok(SQLColumnsW(columns.handle, nullptr, 0, nullptr, 0, wide(table), SQL_NTS, nullptr, 0));
        show("columns", columns.all(4));
    }
    std::string note;
    {
        Statement rows(db);
        rows.execute("SELECT name, born, seen, score, big, note FROM people ORDER BY id");
        rows.fetch();
        show("date", rows.value(2));
        show("timestamp", rows.value(3));
        show("number", rows.value(4));
        show("big", rows.value(5));
        note = rows.value(6);
        show("long", std::to_string(note.size()) + note.substr(note.size() - 3));
        rows.fetch();
        rows.fetch();
        show("null", rows.value(1));
    }
    {
        // Parameters as the driver describes them, in an array of two sets: a result for each.
        Statement query(db);
        query.prepare("SELECT name FROM people WHERE id = ?");
        SQLSMALLINT type, digits, nullable;
        SQLULEN size;
        query.ok(SQLDescribeParam(query.handle, 1, &type, &size, &digits, &nullable));
        SQLBIGINT ids[] = {2, 1};
        query.ok(SQLSetStmtAttrW(query.handle, SQL_ATTR_PARAMSET_SIZE, reinterpret_cast<SQLPOINTER>(2), 0));
        query.ok(SQLBindParameter(query.handle, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, type, size, digits, ids, 0, nullptr));
        query.ok(SQLExecute(query.handle));
        show("by_number", query.all(1));
        query.ok(SQLMoreResults(query.handle));
        show("by_second_number", query.all(1));
    }
    for (const auto &[name, sql, given] : {std::tuple{"by_text", "SELECT id FROM people WHERE name = ?", std::string(arguments[2])},
                                           std::tuple{"long_parameter", "SELECT id FROM people WHERE note = ?", note}}) {
        Statement query(db);
        query.prepare(sql);
        auto units = unicode.from_bytes(given);
        SQLLEN length = SQL_NTS;
        query.ok(SQLBindParameter(query.handle, 1, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, units.size(), 0, units.data(), 0, &length));
        query.ok(SQLExecute(query.handle));
        show(name, query.all(1));
    }
    {
        Statement blocks(db);
        constexpr std::size_t size = 2;
        SQLBIGINT ids[size];
        SQLWCHAR names[size][40];
        SQLLEN lengths[size];
        SQLULEN fetched = 0;
        SQLUSMALLINT status[size];
        blocks.ok(SQLSetStmtAttrW(blocks.handle, SQL_ATTR_ROW_ARRAY_SIZE, reinterpret_cast<SQLPOINTER>(size), 0));
        blocks.ok(SQLSetStmtAttrW(blocks.handle, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0));
        blocks.ok(SQLSetStmtAttrW(blocks.handle, SQL_ATTR_ROW_STATUS_PTR, status, 0));
        blocks.execute("SELECT id, name FROM people ORDER BY id");
        blocks.ok(SQLBindCol(blocks.handle, 1, SQL_C_SBIGINT, ids, 0, nullptr));
        blocks.ok(SQLBindCol(blocks.handle, 2, SQL_C_WCHAR, names, sizeof *names, lengths));
        std::string shown;
        while (blocks.fetch()) {
            shown += shown.empty() ? "" : "|";
            for (std::size_t row = 0; row < fetched; row++) {
                auto name = lengths[row] == SQL_NULL_DATA ? "NULL" : unicode.to_bytes(text(names[row], lengths[row] / 2));
                shown += (row ? "," : "") + std::to_string(ids[row]) + ":" + name;
            }
        }
        show("blocks", shown);
    }
    try {
        Statement(db).execute("SELECT * FROM nobody");
    } catch (const std::runtime_error &error) {
        show("error", error.what());
    }
    {
        Statement call(db);
        call.execute("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'");
        call.fetch();
        show("procedure", call.value(1));
    }
    SQLDisconnect(db);
    SQLFreeHandle(SQL_HANDLE_DBC, db);
    SQLFreeHandle(SQL_HANDLE_ENV, environment);
} catch (const std::runtime_error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
