//! Settings files: any bytes are opened or refused, and what they hold is read or refused.

#![no_main]

use std::cell::LazyCell;
use std::time::Duration;

use latchkey_fuzz::oauth::settings::{Given, Keys, Location, Payload, Store};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static RUNTIME: LazyCell<tokio::runtime::Runtime> =
        LazyCell::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
    static FOLDER: LazyCell<tempfile::TempDir> = LazyCell::new(|| tempfile::tempdir().unwrap());
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(payload) = Payload::from_json(bytes) {
        let written = payload.to_json().unwrap();
        assert!(Payload::from_json(&written).is_some());
    }
    FOLDER.with(|folder| {
        let file = folder.path().join("OAuthSettings.txt");
        std::fs::write(&file, bytes).unwrap();
        let keys = Keys::new(Given::default(), Given::default()).unwrap();
        let store = Store::new(Location::File(file.clone()), keys);
        RUNTIME.with(|runtime| {
            let loaded = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), store.load()).await });
            drop(loaded.expect("reading a small file takes no time"));
        });
        // Whatever it is, it is left as it is.
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    });
});
