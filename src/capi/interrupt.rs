//! The work on a handle, ended from any thread.

use std::mem::take;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

/// Ends the work that has begun; what begins later is not concerned.
#[derive(Debug, Default)]
pub struct Interrupt(Mutex<CancellationToken>);

impl Interrupt {
    /// Work begins.
    pub fn begin(&self) -> CancellationToken {
        self.0.lock().child_token()
    }

    /// Ends all of it.
    pub fn end(&self) {
        let work = take(&mut *self.0.lock());
        work.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_work_that_has_begun_is_ended() {
        let interrupt = Interrupt::default();
        let (one, other) = (interrupt.begin(), interrupt.begin());
        interrupt.end();
        assert!(one.is_cancelled() && other.is_cancelled());
        assert!(!interrupt.begin().is_cancelled());
    }
}
