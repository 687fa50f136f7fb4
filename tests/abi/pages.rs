//! The pages under `docs/` that tests generate: `LATCHKEY_WRITE_DOCS=1 cargo test --test abi page` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use latchkey::odbc::functions::symbols;

/// Holds a committed page to what was found out, or writes it where the environment asks for that.
#[track_caller]
pub fn hold(name: &str, text: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("LATCHKEY_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = text.lines().zip(committed.lines()).find(|(now, then)| now != then);
    assert!(
        committed == text,
        "docs/{name} is stale, first at {differing:?}; run LATCHKEY_WRITE_DOCS=1 cargo test --test abi page"
    );
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_page_of_functions_names_a_test_for_each() {
    let tests = tests_by_symbol();
    let symbols: BTreeSet<String> = symbols().collect();
    let untested: Vec<_> = symbols.iter().filter(|symbol| !tests.contains_key(*symbol)).collect();
    assert!(untested.is_empty(), "no test calls {untested:?}");
    let mut page = String::from(
        "# Functions\n\nEvery function that the library exports, with the tests that call it. Most clients of the other \
         suites call many of them as well.\n\nThis page is written by `tests/abi/pages.rs`, which fails when it is \
         stale.\n\n| Function | Tests |\n|---|---|\n",
    );
    for symbol in &symbols {
        let tests: Vec<_> = tests[symbol].iter().map(|test| format!("`{test}`")).collect();
        page.push_str(&format!("| `{symbol}` | {} |\n", tests.join("<br>")));
    }
    hold("functions.md", &page);
}

/// The tests that mention each function, themselves or in what they call in the same file.
fn tests_by_symbol() -> BTreeMap<String, BTreeSet<String>> {
    let mut tests = BTreeMap::<String, BTreeSet<String>>::new();
    for folder in ["abi", "dm", "clients"] {
        for file in files(&root().join("tests").join(folder)) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let is_source = ["rs", "py"]
                .iter()
                .any(|end| file.extension().is_some_and(|it| it == *end));
            // What every test of the folder stands on, and what calls functions by chance.
            if !is_source || ["driver.rs", "random.rs", "pages.rs"].contains(&name.as_str()) {
                continue;
            }
            let blocks = blocks(&std::fs::read_to_string(&file).unwrap());
            for test in blocks.iter().filter(|block| block.is_test) {
                for symbol in reached(test, &blocks) {
                    let place = format!("{folder}/{name}::{}", test.name);
                    tests.entry(symbol).or_default().insert(place);
                }
            }
        }
    }
    tests
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

/// A function or constant of a source file.
struct Block {
    name: String,
    is_test: bool,
    words: BTreeSet<String>,
}

/// What stands at the left margin of a file: Rust functions and constants, Python functions and constants.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_attributed = false;
    for line in text.lines() {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let python_test = line.strip_prefix("def ").filter(|rest| rest.starts_with("test_"));
        let named = ["fn ", "def ", "const ", "static "]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        let constant = line.split_once(" = ").map(|(name, _)| name);
        let constant =
            constant.filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
        if let Some(name) = named.or(constant) {
            let name = words(name).next().unwrap_or_default().to_owned();
            let is_test = is_attributed || python_test.is_some();
            blocks.push(Block {
                name,
                is_test,
                words: BTreeSet::new(),
            });
        }
        is_attributed = line == "#[test]" || (is_attributed && line.starts_with("#["));
        if let Some(block) = blocks.last_mut() {
            block.words.extend(words(line).map(str::to_owned));
        }
    }
    blocks
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty())
}

/// The functions of the standard that a test reaches within its file.
fn reached(test: &Block, blocks: &[Block]) -> BTreeSet<String> {
    let mut seen = BTreeSet::from([test.name.as_str()]);
    let mut ahead = vec![test];
    let mut symbols = BTreeSet::new();
    while let Some(block) = ahead.pop() {
        symbols.extend(block.words.iter().filter(|word| word.starts_with("SQL")).cloned());
        for other in blocks
            .iter()
            .filter(|other| !other.is_test && block.words.contains(&other.name))
        {
            if seen.insert(&other.name) {
                ahead.push(other);
            }
        }
    }
    symbols
}
