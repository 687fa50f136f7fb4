//! The one tokio runtime of the process, and waiting for it with a deadline and a way out.

use std::future::Future;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::error::Result;

/// How long a wait may last, and who may end it early.
#[derive(Clone, Debug, Default)]
pub struct Wait {
    /// Cancelled from another thread (`SQLCancel`, disconnect).
    pub cancel: CancellationToken,
    /// `Kind::Timeout` when it passes.
    pub deadline: Option<Instant>,
}

/// Runs a future on the runtime and blocks the calling thread until it is done, cancelled or late.
///
/// The future is dropped when the wait ends early. Callable from any thread, also one that belongs to
/// another tokio runtime. After a `fork` the runtime of the parent is gone: a new one is made for the child.
pub fn run<T, F>(wait: &Wait, future: F) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let _ = (wait, future);
    todo!()
}
