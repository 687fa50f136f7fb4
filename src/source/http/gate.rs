//! One gate for all requests of an account: how many are under way at once, and whether the server wants any now.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, Kind, Result};

/// The gates that somebody holds.
static GATES: Lazy<Mutex<HashMap<Name, Weak<Gate>>>> = Lazy::new(Mutex::default);

/// Whose a gate is, and the process: the requests of a parent do not end in the child of its `fork`.
type Name = (u32, String);

/// What every request of an account passes.
#[derive(Debug)]
pub(in crate::source) struct Gate {
    places: Arc<Semaphore>,
    opens: Mutex<Option<Instant>>,
}

/// A request that is under way; it ends with this.
#[derive(Debug)]
pub(in crate::source) struct Passage {
    _place: OwnedSemaphorePermit,
}

impl Gate {
    /// Requests that are under way at once: enough to fill a fast line with small files in spite of its latency.
    pub(in crate::source) const AT_ONCE: usize = 32;

    /// The gate of an account, which all connections of the process share.
    pub(in crate::source) fn of(account: &str) -> Arc<Self> {
        let name = (std::process::id(), account.to_owned());
        let mut gates = GATES.lock();
        if let Some(gate) = gates.get(&name).and_then(Weak::upgrade) {
            return gate;
        }
        gates.retain(|_, gate| gate.strong_count() > 0);
        let gate = Arc::new(Self {
            places: Arc::new(Semaphore::new(Self::AT_ONCE)),
            opens: Mutex::new(None),
        });
        gates.insert(name, Arc::downgrade(&gate));
        gate
    }

    /// Waits for a place. Whoever holds it goes on by itself: it must not wait for an application that reads slowly.
    pub(in crate::source) async fn enter(&self) -> Result<Passage> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|error| {
            Error::new(Kind::Internal, "The gate to a server was closed for good.").caused_by(error)
        })?;
        Ok(Passage { _place: place })
    }

    /// Waits until the server wants requests again.
    pub(in crate::source) async fn opened(&self) {
        while let Some(opens) = self.opens() {
            sleep_until(opens).await;
        }
    }

    fn opens(&self) -> Option<Instant> {
        let mut opens = self.opens.lock();
        *opens = opens.filter(|opens| *opens > Instant::now());
        *opens
    }

    /// Keeps every request back for this time, because the server said so to one.
    pub(in crate::source) fn close_for(&self, wait: Duration) {
        let opens = Instant::now() + wait;
        let mut known = self.opens.lock();
        *known = Some(known.map_or(opens, |known| known.max(opens)));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn only_so_many_requests_are_under_way_at_once() {
        let gate = Gate::of("full");
        let mut under_way = Vec::new();
        for _ in 0..Gate::AT_ONCE {
            under_way.push(gate.enter().now_or_never().unwrap().unwrap());
        }
        // Another connection of the same account waits, one of another account does not.
        let other = Gate::of("full");
        assert!(other.enter().now_or_never().is_none());
        assert!(Gate::of("empty").enter().now_or_never().is_some());
        under_way.pop();
        assert!(other.enter().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_closed_gate_opens_when_the_longest_wait_is_over() {
        let gate = Gate::of("closed");
        assert!(gate.opened().now_or_never().is_some());
        gate.close_for(Duration::from_millis(70));
        gate.close_for(Duration::from_millis(30));
        let begin = Instant::now();
        Gate::of("closed").opened().await;
        assert!(begin.elapsed() >= Duration::from_millis(69));
    }
}
