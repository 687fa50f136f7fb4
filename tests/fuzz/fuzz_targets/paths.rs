//! Paths into JSON: any text is read or refused, and what is read is shown as it is read.

#![no_main]

use latchkey_fuzz::json::path::JsonPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(path) = JsonPath::parse(text) {
        assert_eq!(JsonPath::parse(&path.to_string()).as_ref(), Ok(&path), "{text:?}");
    }
});
