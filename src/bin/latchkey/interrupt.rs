//! Ctrl-C and a polite kill: what runs is cancelled, and who insists is obeyed at once.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio_util::sync::CancellationToken;

use latchkey::error::{Error, Kind, Result};

/// The exit code of a command that was interrupted.
const INTERRUPTED: i32 = 130;

/// Cancelled by the first signal; a second one ends the process where it stands.
pub fn token() -> Result<CancellationToken> {
    let refused = |error: std::io::Error| {
        let text = format!("The command cannot listen for interruptions: {error}.");
        Error::new(Kind::Internal, text).caused_by(error)
    };
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(refused)?;
    let token = CancellationToken::new();
    let cancelled = token.clone();
    let listener = std::thread::Builder::new().name("interrupt".to_owned());
    let listening = listener.spawn(move || {
        for _ in signals.forever() {
            if cancelled.is_cancelled() {
                std::process::exit(INTERRUPTED);
            }
            cancelled.cancel();
        }
    });
    listening.map(|_| token).map_err(refused)
}
