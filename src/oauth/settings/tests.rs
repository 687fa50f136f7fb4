//! The store on real files, and in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use serde_json::json;

use super::*;
use crate::oauth::token::Timestamp;
use crate::secret::Secret;

const WAIT: Duration = Duration::from_secs(10);

fn payload_with(token: &str) -> Payload {
    let mut payload = Payload::default();
    let entry = Entry {
        provider: "Dropbox".to_owned(),
        access_token: Some(Secret::from(token)),
        refresh_token: Some(Secret::from("r")),
        obtained_at: Some(Timestamp(1)),
        expires_at: Some(Timestamp(2)),
        generation: 1,
        ..Entry::default()
    };
    payload.entries.insert("key".to_owned(), entry);
    payload.park(
        "state".to_owned(),
        Pending::new(Some(Secret::from("v")), "http://localhost", "key", "a"),
    );
    payload
}

/// The store in a file, without a key.
fn plain_store(path: PathBuf) -> Store {
    Store::new(Location::File(path), Keys::default())
}

async fn save(store: &Store, payload: Payload) -> Option<Error> {
    let guard = store.lock(Turn::Store, WAIT).await.unwrap();
    store.save(&guard, payload).await
}

async fn token(store: &Store) -> String {
    let payload = store.load().await.unwrap();
    payload.entries["key"].access_token.as_ref().unwrap().expose().clone()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_saved_is_loaded_and_nothing_but_the_file_and_its_lock_remain() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new/deep/OAuthSettings.txt");
    let store = plain_store(path.clone());
    assert!(store.load().await.unwrap().entries.is_empty());
    assert!(save(&store, payload_with("one")).await.is_none());
    assert!(save(&store, payload_with("two")).await.is_none());
    assert_eq!(token(&store).await, "two");

    let loaded = store.load().await.unwrap();
    assert_eq!(loaded.pending["state"].code_verifier.as_ref().unwrap().expose(), "v");
    assert_eq!(loaded.entries["key"].expires_at, Some(Timestamp(2)));
    assert_eq!(
        names(path.parent().unwrap()),
        ["OAuthSettings.txt", "OAuthSettings.txt.lock"]
    );
    assert!(
        !String::from_utf8(std::fs::read(&path).unwrap())
            .unwrap()
            .contains("two")
    );
}

#[tokio::test]
async fn file_directory_and_lock_are_for_their_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new/OAuthSettings.txt");
    let store = plain_store(path.clone());
    save(&store, payload_with("one")).await;
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_extension("txt.lock")), 0o600);
    assert!(store.warnings().await.is_empty());

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let warnings = store.warnings().await;
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].message().contains("open to other users (mode 0644)"),
        "{:?}",
        warnings[0]
    );
    save(&store, payload_with("two")).await;
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test]
async fn a_symbolic_link_is_followed_also_to_a_file_that_does_not_exist_yet() {
    let directory = tempfile::tempdir().unwrap();
    let (target, link) = (directory.path().join("target.txt"), directory.path().join("link.txt"));
    symlink("target.txt", &link).unwrap();
    let store = plain_store(link.clone());
    save(&store, payload_with("one")).await;
    save(&store, payload_with("two")).await;
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(token(&plain_store(target)).await, "two");
    assert_eq!(names(directory.path()), ["link.txt", "target.txt", "target.txt.lock"]);
}

#[tokio::test]
async fn a_flipped_byte_is_reported_and_the_file_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("OAuthSettings.txt");
    let store = plain_store(path.clone());
    save(&store, payload_with("one")).await;
    let mut bytes = std::fs::read(&path).unwrap();
    let index = bytes.len() - 30;
    bytes[index] ^= 1;
    std::fs::write(&path, &bytes).unwrap();

    let error = store.load().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.message().contains("wrong key or damaged file"), "{error}");
    assert!(
        error.message().contains(path.canonicalize().unwrap().to_str().unwrap()),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn a_copy_with_crlf_opens() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (
        directory.path().join("OAuthSettings.txt"),
        directory.path().join("copy.txt"),
    );
    save(&plain_store(path.clone()), payload_with("one")).await;
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&copy, format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
    assert_eq!(token(&plain_store(copy)).await, "one");
}

#[tokio::test]
async fn a_newer_version_is_named_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("OAuthSettings.txt");
    let store = plain_store(path.clone());
    save(&store, payload_with("one")).await;
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("builtin-1", "tpm-1")).unwrap();
    let error = store.load().await.unwrap_err();
    assert!(error.message().contains("newer version"), "{error}");

    let newer = format::seal(br#"{"v":2,"vaults":[]}"#, &Keys::default(), None).unwrap();
    std::fs::write(&path, newer).unwrap();
    assert!(store.load().await.unwrap_err().message().contains("newer version"));
}

#[tokio::test]
async fn members_of_other_versions_survive_a_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("OAuthSettings.txt");
    let json = json!({
        "v": 1, "vendor": {"a": 1},
        "entries": {"key": {"access_token": "a", "account": {"uid": "7"}, "machine_tag": "m"}},
        "pending": {"s": {"code_verifier": "v", "redirect_uri": "", "entry": "key", "created": 1, "issuer": "i"}}
    });
    std::fs::write(
        &path,
        format::seal(json.to_string().as_bytes(), &Keys::default(), None).unwrap(),
    )
    .unwrap();
    let store = plain_store(path.clone());
    let payload = store.load().await.unwrap();
    save(&store, payload).await;
    let plain = format::open(&std::fs::read(&path).unwrap(), &Keys::default())
        .unwrap()
        .plain;
    let stored: serde_json::Value = serde_json::from_slice(&plain).unwrap();
    assert_eq!(stored["vendor"], json!({"a": 1}));
    assert_eq!(stored["entries"]["key"]["account"], json!({"uid": "7"}));
    assert_eq!(stored["entries"]["key"]["machine_tag"], "m");
    assert_eq!(stored["pending"]["s"]["issuer"], "i");
}

#[tokio::test]
async fn what_cannot_be_written_lives_on_in_this_process() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("file"), "").unwrap();
    let store = plain_store(directory.path().join("file/OAuthSettings.txt"));
    let warnings = store.warnings().await;
    assert_eq!((warnings.len(), warnings[0].kind()), (1, Kind::Warning));
    assert!(warnings[0].message().contains("cannot be written"), "{:?}", warnings[0]);
    let failure = save(&store, payload_with("one")).await.unwrap();
    assert_eq!(failure.kind(), Kind::Settings);
    assert_eq!(token(&store).await, "one");
}

#[tokio::test]
async fn a_read_only_file_is_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("OAuthSettings.txt");
    let store = plain_store(path.clone());
    save(&store, payload_with("one")).await;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(
        store
            .check_writable()
            .await
            .unwrap_err()
            .message()
            .contains("read-only")
    );
    let mut newer = payload_with("two");
    newer.entries.get_mut("key").unwrap().generation = 2;
    assert!(save(&store, newer).await.is_some());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(token(&store).await, "two");

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let payload = store.load().await.unwrap();
    assert!(
        save(&store, payload).await.is_none(),
        "what was kept in memory is written once that is possible"
    );
    assert_ne!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn something_else_in_its_place_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = plain_store(directory.path().to_owned());
    assert!(store.load().await.unwrap_err().message().contains("not a regular file"));
    let path = directory.path().join("big");
    std::fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap();
    assert!(
        plain_store(path)
            .load()
            .await
            .unwrap_err()
            .message()
            .contains("larger than 1 MiB")
    );
}

#[tokio::test]
async fn another_users_file_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can give a file away; who is not root sees somebody else's file in the system's own.
        let store = plain_store(PathBuf::from("/etc/passwd"));
        assert!(
            store
                .load()
                .await
                .unwrap_err()
                .message()
                .contains("belongs to user id 0")
        );
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("OAuthSettings.txt");
    let store = plain_store(path.clone());
    save(&store, payload_with("one")).await;
    std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
    assert!(
        store
            .load()
            .await
            .unwrap_err()
            .message()
            .contains("belongs to user id 12345")
    );
}

#[tokio::test]
async fn what_a_killed_writer_left_is_swept_away() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("OAuthSettings.txt");
    let left = |name: &str| directory.path().join(format!(".OAuthSettings.txt.{name}.tmp"));
    let make = || {
        let file = std::fs::File::create(left("old")).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(3600))
            .unwrap();
        std::fs::File::create(left("young")).unwrap();
    };
    std::fs::File::create(left("callback.pem.other")).unwrap();
    // Without a lock the young one may be somebody's who still writes.
    make();
    write::replace(&path, b"", write::Others::Some).unwrap();
    assert!(!left("old").exists() && left("young").exists());
    make();
    save(&plain_store(path), payload_with("one")).await;
    assert!(!left("old").exists() && !left("young").exists());
    assert!(left("callback.pem.other").exists(), "another file's");
}

#[tokio::test]
async fn memory_is_shared_by_name_and_only_by_name() {
    let store = |name: &str| Store::new(Location::Memory(name.to_owned()), Keys::default());
    save(&store("settings-tests-a"), payload_with("one")).await;
    assert_eq!(token(&store("settings-tests-a")).await, "one");
    assert!(store("settings-tests-b").load().await.unwrap().entries.is_empty());
}

#[tokio::test]
async fn a_lock_is_waited_for_and_no_longer_than_said() {
    let directory = tempfile::tempdir().unwrap();
    for location in [
        Location::File(directory.path().join("s")),
        Location::Memory("lock-tests".to_owned()),
    ] {
        let store = Store::new(location, Keys::default());
        let first = store.lock(Turn::Store, WAIT).await.unwrap();
        let error = store.lock(Turn::Store, Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Timeout);
        store.lock(Turn::Login, WAIT).await.expect("another lock");
        let second = tokio::spawn(async move { store.lock(Turn::Store, WAIT).await.map(drop) });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn another_holder_of_the_lock_file_is_respected() {
    let directory = tempfile::tempdir().unwrap();
    let store = plain_store(directory.path().join("s"));
    let other = std::fs::File::create(directory.path().join("s.lock")).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();
    assert_eq!(
        store
            .lock(Turn::Store, Duration::from_millis(50))
            .await
            .unwrap_err()
            .kind(),
        Kind::Timeout
    );
    drop(other);
    store.lock(Turn::Store, WAIT).await.unwrap();
}

#[test]
fn requests_that_nobody_answers_are_given_up() {
    let mut payload = Payload::default();
    let day = 24 * 60 * 60 * 1000;
    for number in 0..40_u64 {
        let mut pending = Pending::new(Some(Secret::from("v")), "", "key", "");
        pending.created = 1 + number;
        payload.park(format!("s{number}"), pending);
    }
    assert_eq!(payload.pending.len(), 16);
    assert!(payload.pending.contains_key("s39") && !payload.pending.contains_key("s0"));
    let mut pending = Pending::new(Some(Secret::from("v")), "", "key", "");
    pending.created = day + 100;
    payload.park("new".to_owned(), pending);
    assert_eq!(payload.pending.len(), 1);
}

#[test]
fn an_identity_does_not_depend_on_the_order_of_its_scopes() {
    let key = entry_key("Dropbox", "https://as.test/token", "id", "a b", "");
    assert_eq!(key, entry_key("dropbox", "https://as.test/token", "id", " b  a a", ""));
    assert_ne!(key, entry_key("Dropbox", "https://as.test/token", "id", "a", ""));
    assert_ne!(key, entry_key("Dropbox", "https://as.test/token", "other", "a b", ""));
    assert_ne!(key, entry_key("Dropbox", "https://as.test/token2", "id", "a b", ""));
    assert_ne!(
        key,
        entry_key("Dropbox", "https://as.test/token", "id", "a b", "ada@example.com")
    );
}
