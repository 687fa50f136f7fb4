// Prints the names and values of a query's rows: tour CONNECTION-STRING SQL
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <latchkey.h>

namespace {

void check(lk_status status, const void *handle) {
    if (status == LK_OK)
        return;
    const char *sqlstate = "", *message = "the handle is not valid";
    lk_error(handle, nullptr, &sqlstate, &message);
    throw std::runtime_error(std::string(sqlstate) + ": " + message);
}

struct Free {
    void operator()(lk_session *session) const { lk_session_free(session); }
    void operator()(lk_statement *statement) const { lk_statement_free(statement); }
};

using Session = std::unique_ptr<lk_session, Free>;
using Statement = std::unique_ptr<lk_statement, Free>;

Session open(const char *connection_string) {
    lk_session *made = nullptr;
    check(lk_session_new(&made), nullptr);
    Session session(made);
    check(lk_session_open(made, connection_string), made);
    return session;
}

Statement run(const Session &session, const char *sql) {
    lk_statement *made = nullptr;
    check(lk_statement_new(session.get(), &made), session.get());
    Statement statement(made);
    check(lk_run(made, sql), made);
    return statement;
}

std::string_view bytes(const Statement &statement, std::size_t column) {
    const std::uint8_t *bytes = nullptr;
    std::size_t length = 0;
    check(lk_bytes(statement.get(), column, &bytes, &length), statement.get());
    return {reinterpret_cast<const char *>(bytes), length};
}

} // namespace

int main(int count, char **arguments) {
    if (count != 3)
        return 2;
    try {
        const Session session = open(arguments[1]);
        const Statement statement = run(session, arguments[2]);
        lk_status status;
        while ((status = lk_next(statement.get())) == LK_OK)
            std::cout << bytes(statement, 0) << '\n';
        if (status != LK_END)
            check(status, statement.get());
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
