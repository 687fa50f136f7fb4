//! The log: to the files that `Logfile` and `Verbosity` ask for, and to programs that listen.
//!
//! One subscriber serves the process. A log receives what the driver does anywhere in the process while it is open: a file
//! while a connection that names it is. Nothing goes to the host's stdout or stderr. Only this crate's events are
//! written: what an HTTP or SQL library would print at trace level is not ours to vouch for.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::error::{Error, Kind, Result};

/// An open log. A file is closed when the last connection that names it is.
#[derive(Debug)]
pub struct Log {
    verbosity: u8,
    target: Target,
}

enum Target {
    File(PathBuf, File),
    Program(Box<Listener>),
}

/// Takes a line and the lowest verbosity that shows it.
type Listener = dyn Fn(u8, &str) + Send + Sync;

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, _) => f.debug_tuple("File").field(path).finish(),
            Self::Program(_) => f.debug_tuple("Program").finish_non_exhaustive(),
        }
    }
}

/// Opens `path` for appending, readable by the user alone, and starts logging into it at `verbosity` (1 to 5).
pub fn open(path: &str, verbosity: u8) -> Result<Arc<Log>> {
    let cannot = |error: io::Error| {
        Error::new(
            Kind::Property,
            format!("The log file {path} named by Logfile cannot be opened: {error}. Name a file you may write to."),
        )
    };
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(cannot)?;
    Ok(start(Log {
        verbosity,
        target: Target::File(Path::new(path).to_owned(), file),
    }))
}

/// Starts telling a program, at `verbosity`, line by line and on whatever thread something happens.
pub fn listen(verbosity: u8, listener: impl Fn(u8, &str) + Send + Sync + 'static) -> Arc<Log> {
    start(Log {
        verbosity,
        target: Target::Program(Box::new(listener)),
    })
}

fn start(log: Log) -> Arc<Log> {
    let log = Arc::new(log);
    subscribe();
    let mut open = OPEN.lock();
    open.push(Arc::downgrade(&log));
    refresh_verbosity(&mut open);
    log
}

static OPEN: Mutex<Vec<std::sync::Weak<Log>>> = Mutex::new(Vec::new());

/// The highest verbosity of the open logs; 0 when none is open, so that a silent driver pays one load per event.
static VERBOSITY: AtomicU8 = AtomicU8::new(0);

impl Drop for Log {
    fn drop(&mut self) {
        refresh_verbosity(&mut OPEN.lock());
    }
}

fn refresh_verbosity(open: &mut Vec<std::sync::Weak<Log>>) {
    open.retain(|log| log.strong_count() > 0);
    let highest = open
        .iter()
        .filter_map(|log| log.upgrade())
        .map(|log| log.verbosity)
        .max();
    VERBOSITY.store(highest.unwrap_or(0), Ordering::Relaxed);
}

fn subscribe() {
    static SUBSCRIBED: Lazy<()> = Lazy::new(|| {
        let ours = dynamic_filter_fn(|metadata, _| {
            verbosity_of(*metadata.level()) <= VERBOSITY.load(Ordering::Relaxed)
                && metadata.target().starts_with("latchkey")
        });
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(ToOpenLogs)
            .with_filter(ours);
        // A program that embeds this crate may have a subscriber of its own: then that one hears us.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines));
    });
    Lazy::force(&SUBSCRIBED);
}

/// The lowest `Verbosity` that shows events of a level.
fn verbosity_of(level: Level) -> u8 {
    match level {
        Level::ERROR | Level::WARN => 1,
        Level::INFO => 2,
        Level::DEBUG => 3,
        Level::TRACE => 4,
    }
}

struct ToOpenLogs;

impl<'a> MakeWriter<'a> for ToOpenLogs {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { lowest: 1 }
    }

    fn make_writer_for(&'a self, metadata: &tracing::Metadata<'_>) -> Line {
        Line {
            lowest: verbosity_of(*metadata.level()),
        }
    }
}

/// One formatted line on its way to every log that wants its level, once per file.
struct Line {
    lowest: u8,
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let logs: Vec<_> = OPEN.lock().iter().filter_map(std::sync::Weak::upgrade).collect();
        let mut written: Vec<&Path> = Vec::new();
        for log in logs.iter().filter(|log| log.verbosity >= self.lowest) {
            match &log.target {
                Target::File(path, file) if !written.contains(&path.as_path()) => {
                    // A full disk costs log lines, never the query.
                    let mut file: &File = file;
                    let _ = file.write_all(line);
                    written.push(path);
                }
                Target::File(..) => {}
                Target::Program(listener) => listener(self.lowest, String::from_utf8_lossy(line).trim_end()),
            }
        }
        drop(written);
        drop(logs);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_log_takes_the_levels_it_asked_for_while_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("driver.log");
        let log = open(path.to_str().unwrap(), 2).unwrap();
        tracing::info!("shown once");
        tracing::debug!("too detailed");
        tracing::info!(target: "hyper", "not ours");
        let twice = open(path.to_str().unwrap(), 2).unwrap();
        tracing::warn!("one line though two connections name the file");
        drop((log, twice));
        tracing::error!("nobody listens");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text.lines().filter(|line| line.contains("shown once")).count(),
            1,
            "{text}"
        );
        assert_eq!(
            text.lines().filter(|line| line.contains("one line though")).count(),
            1,
            "{text}"
        );
        for absent in ["too detailed", "not ours", "nobody listens"] {
            assert!(!text.contains(absent), "{text}");
        }
    }

    #[test]
    fn a_program_that_listens_is_told_what_its_verbosity_shows() {
        let (told, lines) = std::sync::mpsc::channel();
        let log = listen(2, move |verbosity, line| {
            told.send((verbosity, line.to_owned())).unwrap()
        });
        tracing::info!("to whom it concerns");
        tracing::debug!("to nobody");
        drop(log);
        // Other tests of the process may be heard, too.
        let lines: Vec<_> = lines.into_iter().collect();
        assert!(
            lines
                .iter()
                .any(|(verbosity, line)| *verbosity == 2 && line.ends_with("to whom it concerns"))
        );
        assert!(!lines.iter().any(|(_, line)| line.contains("to nobody")));
    }

    #[test]
    fn a_log_that_cannot_be_opened_names_the_file_and_the_property() {
        let message = open("/nonexistent/driver.log", 1).unwrap_err().message().to_owned();
        assert!(
            message.contains("/nonexistent/driver.log") && message.contains("Logfile"),
            "{message}"
        );
    }
}
