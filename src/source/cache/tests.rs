//! What is kept on the disk: found again by those who may, and by nobody else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::oauth::settings::Given;

use super::*;

const CANARY: &str = "canary-7d1f";

fn name(text: &str) -> Name {
    Name::of(&["somebody", text])
}

fn keys(passphrase: Option<&str>) -> Keys {
    let given = Given {
        key: passphrase.map(Into::into),
        file: None,
    };
    Keys::new(given, Given::default()).unwrap()
}

/// A cache as another process sees it: with nothing in memory.
fn cache(folder: &Path, passphrase: Option<&str>, size: u64) -> Cache {
    Cache::new(CacheOptions {
        memory: 0,
        location: Some(folder.to_owned()),
        size,
        keys: keys(passphrase),
        offline: false,
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn contents(folder: &Path) -> Vec<PathBuf> {
    let mut files = files(folder);
    files.retain(|path| path.extension().is_none());
    files
}

async fn keep(cache: &Cache, text: &str, bytes: &'static [u8]) {
    cache
        .keep(name(text), Bytes::from_static(bytes), bytes.len() as u64)
        .await;
}

#[tokio::test]
async fn what_is_kept_is_found_by_its_name_and_never_lies_open() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b");
    for passphrase in [None, Some("correct horse")] {
        let one = cache(&folder, passphrase, 1 << 20);
        assert_eq!(one.find(name(CANARY)).await, None);
        keep(&one, CANARY, CANARY.as_bytes()).await;
        let other = cache(&folder, passphrase, 1 << 20);
        assert_eq!(other.find(name(CANARY)).await.unwrap(), CANARY);
        assert_eq!(other.find(name("another")).await, None);
        assert_eq!(other.find(Name::of(&["somebody else", CANARY])).await, None);
    }
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let files = files(&folder);
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
        assert!(!file.to_string_lossy().contains(CANARY));
    }
    // Another passphrase does not open it, and keeps its own from then on.
    let other = cache(&folder, Some("wrong"), 1 << 20);
    assert_eq!(other.find(name(CANARY)).await, None);
    keep(&other, CANARY, b"new").await;
    assert_eq!(
        cache(&folder, Some("wrong"), 1 << 20).find(name(CANARY)).await.unwrap(),
        "new"
    );
}

#[tokio::test]
async fn parts_do_not_run_into_each_other() {
    assert_ne!(Name::of(&["ab", "c"]), Name::of(&["a", "bc"]));
    assert_ne!(Name::of(&["a"]), Name::of(&["a", ""]));
}

#[tokio::test]
async fn what_is_damaged_or_in_the_wrong_place_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let kept = cache(folder.path(), None, 1 << 20);
    keep(&kept, "a", b"the first content").await;
    let first = contents(folder.path()).remove(0);
    let whole = fs::read(&first).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        fs::write(&first, damaged).unwrap();
        assert_eq!(kept.find(name("a")).await, None, "byte {at}");
    }
    for length in [0, 10, 44, whole.len() - 1] {
        fs::write(&first, &whole[..length]).unwrap();
        assert_eq!(kept.find(name("a")).await, None, "{length} bytes");
    }
    // Put under the name of another.
    fs::write(&first, &whole).unwrap();
    keep(&kept, "b", b"the second content").await;
    let second = contents(folder.path()).into_iter().find(|path| *path != first).unwrap();
    fs::copy(&first, &second).unwrap();
    assert_eq!(kept.find(name("b")).await, None);
    assert_eq!(kept.find(name("a")).await.unwrap(), "the first content");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    for place in [file.clone(), file.join("below"), PathBuf::from("/dev/full/x")] {
        let kept = cache(&place, None, 1 << 20);
        keep(&kept, "a", b"content").await;
        assert_eq!(kept.find(name("a")).await, None);
        assert!(!kept.keeps(7));
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[tokio::test]
async fn the_folder_is_bounded_and_what_was_not_used_for_longest_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "not of the cache").unwrap();
    let kept = cache(folder.path(), None, 10_000);
    assert!(kept.keeps(5000) && !kept.keeps(5001));
    for number in 0..9 {
        let bytes = Bytes::from(vec![7; 1000]);
        kept.keep(name(&number.to_string()), bytes, 1000).await;
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(1000);
    for file in contents(folder.path()) {
        fs::File::open(file).unwrap().set_modified(long_ago).unwrap();
    }
    let abandoned = folder.path().join(".tmpAbCdEf.tmp");
    fs::write(&abandoned, "left by a killed writer").unwrap();
    fs::File::open(&abandoned).unwrap().set_modified(long_ago).unwrap();
    assert!(kept.find(name("3")).await.is_some());
    kept.keep(name("new"), Bytes::from(vec![7; 1000]), 1000).await;
    let left = contents(folder.path())
        .iter()
        .map(|path| fs::metadata(path).unwrap().len())
        .sum::<u64>();
    assert!(left <= 10_000 && left > 7000, "{left}");
    for used in ["3", "new"] {
        assert!(
            cache(folder.path(), None, 10_000).find(name(used)).await.is_some(),
            "{used}"
        );
    }
    assert!(folder.path().join("notes.txt").exists() && !abandoned.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_who_begin_at_once_share_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let begin = |number: usize| {
        let kept = cache(folder.path(), None, 1 << 20);
        async move {
            let own = Name::of(&[&number.to_string()]);
            kept.keep(own, Bytes::from(number.to_string()), 1).await;
        }
    };
    let tasks: Vec<_> = (0..16).map(|number| tokio::spawn(begin(number))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let kept = cache(folder.path(), None, 1 << 20);
    for number in 0..16 {
        let found = kept.find(Name::of(&[&number.to_string()])).await;
        assert_eq!(found.unwrap(), number.to_string());
    }
}

#[tokio::test]
async fn memory_alone_keeps_what_leaves_room_for_others() {
    let kept = Cache::new(CacheOptions {
        memory: 100,
        ..CacheOptions::default()
    });
    assert!(kept.keeps(50) && !kept.keeps(51) && !Cache::default().keeps(1));
    let one = Name::of(&["memory alone"]);
    kept.keep(one, Bytes::from_static(b"x"), 51).await;
    assert_eq!(kept.find(one).await, None);
    kept.keep(one, Bytes::from_static(b"x"), 50).await;
    assert_eq!(kept.find(one).await.unwrap(), "x");
    let missing = kept.missing("dropbox:///a.json");
    assert!(missing.message().contains("dropbox:///a.json") && missing.message().contains("Offline=false"));
}
