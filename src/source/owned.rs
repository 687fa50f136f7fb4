//! Work that goes on by itself, for as long as somebody waits for it.

use tokio::select;
use tokio::sync::oneshot;

use crate::error::{Error, Kind, Result};

/// The outcome of work to come. Dropping it ends the work.
pub(super) struct Owned<T>(oneshot::Receiver<Result<T>>);

impl<T: Send + 'static> Owned<T> {
    /// Begins the work, which then waits for nobody who is slow to ask for the outcome.
    pub(super) fn begin(work: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        let (mut answer, waiting) = oneshot::channel();
        tokio::spawn(async move {
            let outcome = select! {
                outcome = work => outcome,
                () = answer.closed() => return,
            };
            // Whoever has gone wants no answer.
            let _ = answer.send(outcome);
        });
        Self(waiting)
    }

    pub(super) async fn outcome(self) -> Result<T> {
        self.0.await.unwrap_or_else(|error| {
            Err(Error::new(Kind::Internal, "The reading of a document ended before its time.").caused_by(error))
        })
    }
}
