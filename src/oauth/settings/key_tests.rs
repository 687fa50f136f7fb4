//! Which key opens a settings file, which one writes it, and that nothing is lost or weakened in between.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::oauth::token::Timestamp;
use crate::secret::Secret;

const WAIT: Duration = Duration::from_secs(10);
const RAW: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER_RAW: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A settings file, a place for key files, and what belongs to both.
struct Desk {
    directory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join("OAuthSettings.txt")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    /// The header's `key:` line.
    fn slot(&self) -> String {
        let text = self.text();
        let line = text.lines().find(|line| line.starts_with("key: ")).unwrap();
        line.to_owned()
    }

    fn key_file(&self, key: &str) -> PathBuf {
        let path = self.directory.path().join(key);
        std::fs::write(&path, key).unwrap();
        path
    }

    fn given(&self, key: Option<&str>, file: Option<&str>) -> Given {
        Given {
            key: key.map(Secret::from),
            file: file.map(|key| self.key_file(key)),
        }
    }

    fn keys(&self, key: Option<&str>, file: Option<&str>) -> Keys {
        Keys::new(self.given(key, file), Given::default()).unwrap()
    }

    fn store(&self, keys: Keys) -> Store {
        Store::new(Location::File(self.path()), keys)
    }

    /// Stores a token, as a refresh would: after a look at what is stored.
    async fn write(&self, keys: &Keys, token: &str) {
        let store = self.store(keys.clone());
        let guard = store.lock(Turn::Store, WAIT).await.unwrap();
        let mut payload = store.load().await.unwrap();
        payload.entries.insert("key".to_owned(), entry(token));
        assert!(store.save(&guard, payload).await.is_none());
    }

    async fn token(&self, keys: &Keys) -> String {
        let payload = self.store(keys.clone()).load().await.unwrap();
        payload.entries["key"].access_token.as_ref().unwrap().expose().clone()
    }

    /// The sentence, which names the file; and neither reading nor writing has changed it.
    async fn refusal(&self, keys: &Keys) -> String {
        let before = self.text();
        let store = self.store(keys.clone());
        let error = store.load().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Settings);
        assert!(error.message().contains(self.path().to_str().unwrap()), "{error}");
        let guard = store.lock(Turn::Store, WAIT).await.unwrap();
        let failure = store.save(&guard, Payload::default()).await.unwrap();
        assert_eq!(failure.message(), error.message());
        assert_eq!(self.text(), before);
        error.message().to_owned()
    }
}

fn entry(token: &str) -> Entry {
    Entry {
        access_token: Some(Secret::from(token)),
        obtained_at: Some(Timestamp(1)),
        generation: 1,
        ..Entry::default()
    }
}

#[tokio::test]
async fn a_passphrase_upgrades_the_file_at_its_next_write_and_is_needed_from_then_on() {
    let (desk, builtin) = (Desk::new(), Keys::default());
    let pass = desk.keys(Some("correct horse"), None);
    desk.write(&builtin, "one").await;
    assert_eq!(desk.slot(), "key: builtin-1");

    assert_eq!(desk.token(&pass).await, "one");
    assert_eq!(desk.slot(), "key: builtin-1", "reading changes nothing");
    desk.write(&pass, "two").await;
    let slot = desk.slot();
    assert!(slot.starts_with("key: pass argon2id m=19456 t=2 p=1 salt="), "{slot}");
    assert_eq!(desk.token(&pass).await, "two");
    assert!(desk.refusal(&builtin).await.contains("needs OAuthSettingsKey:"));
    let wrong = desk.refusal(&desk.keys(Some("correct house"), None)).await;
    assert!(wrong.contains("wrong key or damaged file"), "{wrong}");

    desk.write(&pass, "three").await;
    assert_eq!(desk.slot(), slot, "the derived key stays, so its salt does");
}

#[tokio::test]
async fn a_key_file_does_the_same() {
    let (desk, builtin) = (Desk::new(), Keys::default());
    let raw = desk.keys(None, Some(RAW));
    desk.write(&builtin, "one").await;
    desk.write(&raw, "two").await;
    assert_eq!(desk.slot(), "key: raw-1");
    assert_eq!(desk.token(&raw).await, "two");
    assert!(desk.refusal(&builtin).await.contains("needs OAuthSettingsKeyFile:"));
    let pass = desk.keys(Some("correct horse"), None);
    assert!(desk.refusal(&pass).await.contains("needs OAuthSettingsKeyFile:"));
    let wrong = desk.refusal(&desk.keys(None, Some(OTHER_RAW))).await;
    assert!(wrong.contains("wrong key or damaged file"), "{wrong}");
}

#[tokio::test]
async fn with_both_keys_a_file_moves_from_one_to_the_other() {
    let desk = Desk::new();
    let (raw, pass) = (desk.keys(None, Some(RAW)), desk.keys(Some("correct horse"), None));
    desk.write(&raw, "one").await;
    desk.write(&desk.keys(Some("correct horse"), Some(RAW)), "two").await;
    assert_eq!(desk.token(&pass).await, "two");

    let environment = desk.given(Some("correct horse"), None);
    let back = Keys::new(desk.given(None, Some(RAW)), environment).unwrap();
    assert_eq!(desk.token(&back).await, "two");
    desk.write(&back, "three").await;
    assert_eq!(desk.slot(), "key: raw-1");
}

#[test]
fn a_property_comes_before_the_environment_and_a_passphrase_before_a_key_file() {
    let desk = Desk::new();
    let protection = |properties: (bool, bool), environment: (bool, bool)| {
        let given = |(key, file): (bool, bool)| desk.given(key.then_some("p"), file.then_some(RAW));
        Keys::new(given(properties), given(environment)).unwrap().protection()
    };
    let none = (false, false);
    assert_eq!(protection(none, none), Protection::Builtin);
    assert_eq!(protection(none, (false, true)), Protection::KeyFile);
    assert_eq!(protection(none, (true, true)), Protection::Passphrase);
    assert_eq!(protection((false, true), (true, true)), Protection::KeyFile);
    assert_eq!(protection((true, true), (true, true)), Protection::Passphrase);
}

#[tokio::test]
async fn the_passphrase_of_the_property_hides_that_of_the_environment() {
    let desk = Desk::new();
    desk.write(&desk.keys(Some("property"), None), "one").await;
    let environment = desk.given(Some("environment"), None);
    let both = Keys::new(desk.given(Some("property"), None), environment.clone()).unwrap();
    assert_eq!(desk.token(&both).await, "one");
    let other = Keys::new(Given::default(), environment).unwrap();
    assert!(desk.refusal(&other).await.contains("wrong key"));
}

#[test]
fn a_bad_key_file_is_an_error_that_names_where_it_was_named() {
    let desk = Desk::new();
    let message = |properties, environment| Keys::new(properties, environment).unwrap_err().message().to_owned();
    let property = message(desk.given(None, Some("short")), Given::default());
    assert!(
        property.starts_with("The property OAuthSettingsKeyFile names the key file '"),
        "{property}"
    );
    let environment = message(Given::default(), desk.given(None, Some("short")));
    let start = "The environment variable LATCHKEY_OAUTH_SETTINGS_KEY_FILE names the key file '";
    assert!(environment.starts_with(start), "{environment}");
}

#[tokio::test]
async fn a_header_that_asks_for_a_huge_cost_is_refused_and_left_alone() {
    let desk = Desk::new();
    let pass = desk.keys(Some("correct horse"), None);
    desk.write(&pass, "one").await;
    let (good, line) = (desk.text(), desk.slot());
    for (honest, huge) in [
        ("m=19456", "m=4294967295"),
        ("t=2", "t=4294967295"),
        ("p=1", "p=16777215"),
    ] {
        std::fs::write(desk.path(), good.replacen(honest, huge, 1)).unwrap();
        assert!(desk.refusal(&pass).await.contains("asks for more than 1 GiB of memory"));
    }
    // A cost that is allowed, but not the one it was written with.
    std::fs::write(desk.path(), good.replacen("m=19456", "m=64", 1)).unwrap();
    assert!(desk.refusal(&pass).await.contains("wrong key or damaged file"));
    // Nor can the header be turned to the built-in key.
    std::fs::write(desk.path(), good.replacen(&line, "key: builtin-1", 1)).unwrap();
    assert!(
        desk.refusal(&Keys::default())
            .await
            .contains("wrong key or damaged file")
    );
    std::fs::write(desk.path(), good).unwrap();
    assert_eq!(desk.token(&pass).await, "one");
}

#[tokio::test]
async fn a_weak_derivation_opens_and_is_replaced_at_the_next_write() {
    let desk = Desk::new();
    let pass = desk.keys(Some("correct horse"), None);
    let header = "pass argon2id m=64 t=1 p=1 salt=AAAAAAAAAAAAAAAAAAAAAA==";
    let weak = Slot::from_header(header).unwrap();
    let json = Payload::default().to_json().unwrap();
    std::fs::write(desk.path(), format::seal_in(&json, &pass, weak).unwrap()).unwrap();
    assert_eq!(desk.slot(), format!("key: {header}"));
    desk.write(&pass, "one").await;
    assert!(
        desk.slot().starts_with("key: pass argon2id m=19456 t=2 p=1 salt="),
        "{}",
        desk.slot()
    );
}

#[tokio::test]
async fn what_a_key_could_not_write_is_not_written_without_it() {
    let desk = Desk::new();
    let (pass, builtin) = (desk.keys(Some("correct horse"), None), Keys::default());
    desk.write(&pass, "one").await;
    let mut permissions = std::fs::metadata(desk.path()).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(desk.path(), permissions).unwrap();
    let store = desk.store(pass.clone());
    let guard = store.lock(Turn::Store, WAIT).await.unwrap();
    let mut payload = store.load().await.unwrap();
    let newer = Entry {
        generation: 2,
        ..entry("two")
    };
    payload.entries.insert("key".to_owned(), newer);
    assert!(store.save(&guard, payload).await.is_some());
    assert_eq!(desk.token(&pass).await, "two");

    std::fs::remove_file(desk.path()).unwrap();
    let other = desk.store(builtin).load().await.unwrap();
    assert!(other.entries.is_empty(), "a connection without the key sees none of it");
    assert_eq!(desk.token(&pass).await, "two");
}
