//! One at a time: in this process by a fair queue, between processes by `flock` on a file that is never deleted.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::io::Errno;
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::{Error, Kind, Result};

use super::write::Others;

/// How long another process's lock is left alone between two tries, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Who waits here for which lock.
static QUEUES: Lazy<Mutex<HashMap<Name, Weak<Queue<()>>>>> = Lazy::new(Mutex::default);

/// A lock's path, and the process: a child of `fork` must not wait for its parent's threads.
type Name = (u32, PathBuf);

/// Holds a lock until it is dropped.
#[derive(Debug)]
pub struct Guard {
    file: Option<File>,
    _turn: OwnedMutexGuard<()>,
}

impl Guard {
    /// Who may be writing although this is held.
    pub fn others(&self) -> Others {
        match self.file {
            Some(_) => Others::None,
            None => Others::Some,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Closing is not enough: a forked child may still have the file open.
        if let Some(file) = &self.file {
            let _ = flock(file, FlockOperation::Unlock);
        }
    }
}

/// Waits at most `wait` for the lock called `name`; with `file`, other processes respect it too.
///
/// Where the file cannot be made or the file system has no locks, the lock holds within this process only: the caller
/// has checked whether the settings can be stored, and a lock guards nothing that cannot be written.
pub async fn acquire(name: &Path, file: bool, wait: Duration) -> Result<Guard> {
    let deadline = Instant::now() + wait;
    let turn = timeout_at(deadline, queue(name).lock_owned())
        .await
        .map_err(|_| held(name, wait))?;
    let file = match file {
        true => lock_file(name.to_owned(), deadline)
            .await
            .map_err(|Held| held(name, wait))?,
        false => None,
    };
    Ok(Guard { file, _turn: turn })
}

fn held(name: &Path, wait: Duration) -> Error {
    let text = format!(
        "Another connection or program has held the lock '{}' for more than {} seconds. Try again; if it goes on, end \
         the program that is stuck.",
        name.display(),
        wait.as_secs()
    );
    Error::new(Kind::Timeout, text)
}

fn queue(name: &Path) -> Arc<Queue<()>> {
    let key = (std::process::id(), name.to_owned());
    let mut queues = QUEUES.lock();
    if let Some(queue) = queues.get(&key).and_then(Weak::upgrade) {
        return queue;
    }
    queues.retain(|_, queue| queue.strong_count() > 0);
    let queue = Arc::new(Queue::new(()));
    queues.insert(key, Arc::downgrade(&queue));
    queue
}

struct Held;

async fn lock_file(path: PathBuf, deadline: Instant) -> Result<Option<File>, Held> {
    let opened = super::blocking(move || open(&path)).await;
    let file = match opened {
        Ok(file) => file,
        Err(error) => {
            tracing::debug!(%error, "no lock file; the lock holds within this process only");
            return Ok(None);
        }
    };
    let mut pause = FIRST_PAUSE;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(file)),
            Err(Errno::WOULDBLOCK | Errno::INTR) => {}
            Err(error) => {
                tracing::debug!(%error, "the file system has no locks; the lock holds within this process only");
                return Ok(None);
            }
        }
        if Instant::now() + pause > deadline {
            return Err(Held);
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        super::write::make_directory(directory)?;
    }
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    Ok(File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?))
}
