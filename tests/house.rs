//! The house holds its shape: doors open one way, the header is fresh, the library shows and needs what it should.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which rooms a room may use, besides itself and the leaves `error`, `secret` and `whole_file`.
const DOORS: &[(&str, &[&str])] = &[
    ("odbc", &["connection", "engine", "handle", "sqlstate"]),
    ("capi", &["connection", "engine", "handle", "sqlstate"]),
    // The companion command, which describes types as the C API does.
    ("bin", &["capi", "connection", "engine", "sqlstate"]),
    ("connection", &["engine", "source", "oauth"]),
    ("engine", &["json", "source", "oauth"]),
    ("json", &[]),
    ("source", &["oauth"]),
    ("oauth", &[]),
    ("handle", &[]),
    ("sqlstate", &[]),
    ("error", &[]),
    ("secret", &[]),
    ("whole_file", &[]),
];

#[test]
fn doors_open_one_way() {
    let mut wrong = Vec::new();
    for file in rust_files(Path::new("src")) {
        let inside = file.strip_prefix("src").unwrap();
        let room = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        if room == "lib" {
            continue;
        }
        let (_, allowed) = DOORS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("src/{room} has no line in DOORS"));
        // A program is a crate of its own.
        let prefix = if room == "bin" { "latchkey::" } else { "crate::" };
        for used in used_rooms(&fs::read_to_string(&file).unwrap(), prefix) {
            if used != room
                && !["error", "secret", "whole_file"].contains(&used.as_str())
                && !allowed.contains(&used.as_str())
            {
                wrong.push(format!("{} uses {prefix}{used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every room named after `prefix`, also in `use crate::{a, b}`.
fn used_rooms(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group[..group.find('}').unwrap()].split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if !name.is_empty() {
                rooms.insert(name);
            }
        }
    }
    rooms
}

#[test]
fn unsafe_stands_only_where_it_may() {
    for file in rust_files(Path::new("src")) {
        let name = file.to_str().unwrap();
        let may = [
            "src/odbc/exports",
            "src/odbc/memory.rs",
            "src/odbc/registry.rs",
            "src/json/structure/x86.rs",
            "src/odbc/setup.rs",
            "src/capi/exports",
            "src/capi/types.rs",
            "src/capi/memory.rs",
            "src/capi/callbacks",
            "src/capi/arrow.rs",
        ]
        .iter()
        .any(|place| name.starts_with(place));
        let has = fs::read_to_string(&file).unwrap().lines().any(|line| {
            !line.trim_start().starts_with("//")
                && line
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == "unsafe")
        });
        assert!(may || !has, "{name} has unsafe code");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in rust_files(Path::new("src")) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not begin with its responsibility",
            file.display()
        );
    }
}

#[test]
fn the_committed_header_is_what_the_build_generates() {
    let generated = fs::read_to_string(env!("LATCHKEY_GENERATED_HEADER")).unwrap();
    let committed = fs::read_to_string("include/latchkey.h").unwrap_or_default();
    assert_eq!(
        committed,
        generated,
        "include/latchkey.h is stale: copy {} over it",
        env!("LATCHKEY_GENERATED_HEADER")
    );
}

#[test]
fn the_library_needs_only_the_c_runtime() {
    let dynamic = output("readelf", &["-d", library().to_str().unwrap()]);
    let needed: BTreeSet<&str> = dynamic
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .map(|line| &line[line.find('[').unwrap() + 1..line.find(']').unwrap()])
        .collect();
    for name in &needed {
        let runtime = ["libc.so", "libm.so", "libgcc_s.so", "ld-linux"]
            .iter()
            .any(|start| name.starts_with(start));
        assert!(runtime, "the library needs {name}");
    }
    assert!(dynamic.contains("liblatchkey.so"), "no soname: {dynamic}");
    assert!(dynamic.contains("SYMBOLIC"), "not linked -Bsymbolic: {dynamic}");
    assert!(dynamic.contains("NODELETE"), "not linked -z nodelete: {dynamic}");
}

#[test]
fn no_openssl_is_in_the_tree() {
    let tree = output(
        env!("CARGO"),
        &[
            "tree",
            "--offline",
            "--locked",
            "--prefix",
            "none",
            "-e",
            "normal,build",
        ],
    );
    let here = tree.lines().filter_map(|line| line.split_whitespace().next());
    // The lock file speaks of every target, and of tests as well.
    let lock = fs::read_to_string("Cargo.lock").unwrap();
    let anywhere = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    let packages: BTreeSet<&str> = here.chain(anywhere).collect();
    assert!(packages.contains("rustls"), "{packages:?}");
    for unwanted in ["openssl", "openssl-sys", "native-tls"] {
        assert!(!packages.contains(unwanted), "{unwanted} is in the tree");
    }
}

/// The shared library that was built with this test.
fn library() -> PathBuf {
    let library = std::env::current_exe().unwrap().with_file_name("liblatchkey.so");
    assert!(library.exists(), "{} is not built", library.display());
    library
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    assert!(!files.is_empty(), "{} holds no source", folder.display());
    files
}
