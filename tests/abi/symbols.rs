//! What the library exports is what the list of functions and the header say.

use std::collections::BTreeSet;
use std::process::Command;

use latchkey::odbc::functions::{Forms, Function, symbols};

use crate::driver::*;

#[test]
fn exactly_the_listed_functions_are_exported() {
    let header = std::fs::read_to_string("include/latchkey.h").unwrap();
    let of_the_header = header.lines().filter_map(|line| {
        let rest = ["lk_status ", "const char *"]
            .iter()
            .find_map(|start| line.strip_prefix(start))?;
        rest.split_once('(').map(|(name, _)| name.to_owned())
    });
    let of_the_header: BTreeSet<String> = of_the_header.collect();
    assert!(of_the_header.contains("lk_version") && of_the_header.contains("lk_stream"));
    assert_eq!(exported(), symbols().chain(of_the_header).collect());
}

fn exported() -> BTreeSet<String> {
    let output = Command::new("nm")
        .args(["-D", "--defined-only"])
        .arg(library())
        .output()
        .unwrap();
    assert!(output.status.success());
    let names = String::from_utf8(output.stdout).unwrap();
    let names = names.lines().filter_map(|line| line.split_whitespace().next_back());
    names.map(str::to_owned).collect()
}

#[test]
fn sqlgetfunctions_tells_the_same_in_all_three_forms() {
    let closed = Closed::new();
    let mut bitmap = [0_u16; 250];
    let mut booleans = [7_u16; 100];
    ok(
        driver().SQLGetFunctions(closed.dbc, 999, bitmap.as_mut_ptr()),
        DBC,
        closed.dbc,
    );
    ok(
        driver().SQLGetFunctions(closed.dbc, 0, booleans.as_mut_ptr()),
        DBC,
        closed.dbc,
    );
    for id in 1..3_999_u16 {
        if id == 999 {
            continue;
        }
        let listed = Function::ALL.iter().any(|function| function.id() == id);
        let mut single = 7_u16;
        ok(driver().SQLGetFunctions(closed.dbc, id, &mut single), DBC, closed.dbc);
        let bit = bitmap[usize::from(id >> 4)] >> (id & 15) & 1;
        assert_eq!((single, bit), (u16::from(listed), u16::from(listed)), "{id}");
        if let Some(boolean) = booleans.get(usize::from(id)) {
            assert_eq!(*boolean, u16::from(listed), "{id}");
        }
    }
    assert_eq!(driver().SQLGetFunctions(closed.dbc, 4_000, &mut 0), ERROR);
    assert_eq!(state(DBC, closed.dbc), "HY095");
}

#[test]
fn text_functions_come_in_two_forms() {
    for function in Function::ALL {
        let has_text = ["Connect", "Prepare", "Tables", "GetDiagRec", "DescribeCol"];
        if has_text.iter().any(|name| function.name() == format!("SQL{name}")) {
            assert_eq!(function.forms(), Forms::Both, "{}", function.name());
        }
    }
}
