//! The catalog functions about keys, indexes and privileges.

use crate::driver::*;

const PEOPLE: &std::ffi::CStr = c"people";

fn columns(statement: Handle) -> i16 {
    let mut count = 0_i16;
    ok(driver().SQLNumResultCols(statement, &mut count), STMT, statement);
    count
}

#[test]
fn keys_and_indexes_are_empty_sets_with_the_columns_of_the_standard() {
    let open = Open::people();
    let (none, table) = (NO_TEXT, PEOPLE.as_ptr().cast());
    let statement = open.statement();
    let calls: [(i16, &dyn Fn() -> i16); 5] = [
        (6, &|| driver().SQLPrimaryKeys(statement, none, 0, none, 0, table, -3)),
        (14, &|| {
            driver().SQLForeignKeys(statement, none, 0, none, 0, table, -3, none, 0, none, 0, none, 0)
        }),
        (14, &|| {
            driver().SQLForeignKeys(statement, none, 0, none, 0, none, 0, none, 0, none, 0, table, -3)
        }),
        (13, &|| {
            driver().SQLStatistics(statement, none, 0, none, 0, table, -3, 1, 0)
        }),
        (8, &|| {
            driver().SQLSpecialColumns(statement, 1, none, 0, none, 0, table, -3, 0, 1)
        }),
    ];
    for (count, call) in calls {
        ok(call(), STMT, statement);
        assert_eq!(columns(statement), count);
        assert_eq!(driver().SQLFetch(statement), NO_DATA);
        ok(driver().SQLFreeStmt(statement, 0), STMT, statement);
    }
}

#[test]
fn everything_may_be_read_and_nothing_else() {
    let open = Open::people();
    let (none, table) = (NO_TEXT, PEOPLE.as_ptr().cast());
    let statement = open.statement();
    ok(
        driver().SQLTablePrivileges(statement, none, 0, none, 0, c"peo%".as_ptr().cast(), -3),
        STMT,
        statement,
    );
    assert_eq!(columns(statement), 7);
    ok(driver().SQLFetch(statement), STMT, statement);
    let row: Vec<_> = (3..=7).map(|column| text(statement, column)).collect();
    let row: Vec<_> = row.iter().map(Option::as_deref).collect();
    assert_eq!(row, [Some("people"), None, Some("PUBLIC"), Some("SELECT"), Some("NO")]);
    assert_eq!(driver().SQLFetch(statement), NO_DATA);
    ok(driver().SQLFreeStmt(statement, 0), STMT, statement);

    ok(
        driver().SQLColumnPrivileges(statement, none, 0, none, 0, table, -3, c"%a%".as_ptr().cast(), -3),
        STMT,
        statement,
    );
    assert_eq!(columns(statement), 8);
    let mut names = Vec::new();
    while driver().SQLFetch(statement) == SUCCESS {
        names.push(text(statement, 4).unwrap());
        assert_eq!(text(statement, 7).unwrap(), "SELECT");
    }
    assert_eq!(names, ["age", "name"]);
}

#[test]
fn arguments_out_of_range_have_their_states() {
    let open = Open::people();
    let (none, table) = (NO_TEXT, PEOPLE.as_ptr().cast::<u8>());
    let statement = open.statement();
    let special = |kind, table, scope, nullable| {
        driver().SQLSpecialColumns(statement, kind, none, 0, none, 0, table, -3, scope, nullable)
    };
    let statistics =
        |table, unique, accuracy| driver().SQLStatistics(statement, none, 0, none, 0, table, -3, unique, accuracy);
    let calls: [(&str, &dyn Fn() -> i16); 9] = [
        ("HY009", &|| {
            driver().SQLPrimaryKeys(statement, none, 0, none, 0, none, 0)
        }),
        ("HY009", &|| {
            driver().SQLForeignKeys(statement, none, 0, none, 0, none, 0, none, 0, none, 0, none, 0)
        }),
        ("HY009", &|| {
            driver().SQLColumnPrivileges(statement, none, 0, none, 0, none, 0, none, 0)
        }),
        ("HY009", &|| statistics(none, 0, 0)),
        ("HY100", &|| statistics(table, 2, 0)),
        ("HY101", &|| statistics(table, 0, 2)),
        ("HY097", &|| special(3, table, 0, 0)),
        ("HY098", &|| special(1, table, 3, 0)),
        ("HY099", &|| special(1, table, 0, 2)),
    ];
    for (expected, call) in calls {
        assert_eq!(call(), ERROR, "{expected}");
        assert_eq!(state(STMT, statement), expected);
    }
}
