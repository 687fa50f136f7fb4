//! When a read that failed is worth another try.

use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use tokio::time::sleep;

use crate::error::{Error, Kind, Result};

use super::failure;

/// How patient a read is.
#[derive(Clone, Copy, Debug)]
pub(in crate::source) struct Policy {
    /// Tries after which a broken connection or server is given up.
    pub tries: u32,
    /// The wait after the first failure; it doubles with each one.
    pub first_wait: Duration,
    /// The longest wait that is chosen here; a server may ask for more.
    pub longest_wait: Duration,
    /// How long after the first failure the last try may start.
    pub budget: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            tries: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            budget: Duration::from_secs(120),
        }
    }
}

/// What is left of the patience of one read.
#[derive(Debug)]
pub(in crate::source) struct Retry {
    policy: Policy,
    failures: u32,
    first_failure: Option<Instant>,
}

impl Retry {
    /// Patience not yet tried.
    pub(in crate::source) fn new(policy: Policy) -> Self {
        Self {
            policy,
            failures: 0,
            first_failure: None,
        }
    }

    /// How long to wait after a broken connection or a server error; none when it is enough.
    pub(in crate::source) fn after_failure(&mut self) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= self.policy.tries {
            return None;
        }
        let doubled = self
            .policy
            .first_wait
            .saturating_mul(1 << self.failures.saturating_sub(1).min(16));
        self.within_budget(jittered(doubled.min(self.policy.longest_wait)))
    }

    /// How long to wait when the server asks for it (429); none when that is longer than this read may take.
    fn after_refusal(&mut self, asked: Option<Duration>) -> Option<Duration> {
        // Waiting less than the first wait would only be refused again, and again for ever.
        let asked = asked
            .unwrap_or(self.policy.longest_wait / 4)
            .max(self.policy.first_wait);
        self.within_budget(asked)
    }

    fn within_budget(&mut self, wait: Duration) -> Option<Duration> {
        let first = *self.first_failure.get_or_insert_with(Instant::now);
        (first.elapsed() + wait <= self.policy.budget).then_some(wait)
    }
}

/// What one try of a read came to.
#[derive(Debug)]
pub(in crate::source) enum Attempt {
    /// An answer that another try would not change.
    Answered(Response),
    /// Another try may succeed after this time, for this read alone.
    Failed(Duration),
    /// The server wants no requests for this time.
    Refused(Duration),
}

/// Sends a read until there is an answer that another try would not change.
///
/// The answer may still be a refusal, also 429 or 5xx when patience ran out. `Kind::Unreachable` or `Kind::Timeout` when
/// there is none.
pub(in crate::source) async fn send(request: RequestBuilder, retry: &mut Retry) -> Result<Response> {
    loop {
        match attempt(&request, retry).await? {
            Attempt::Answered(response) => return Ok(response),
            Attempt::Failed(wait) | Attempt::Refused(wait) => sleep(wait).await,
        }
    }
}

/// Sends a read once; the errors are those of [`send`].
pub(in crate::source) async fn attempt(request: &RequestBuilder, retry: &mut Retry) -> Result<Attempt> {
    let Some(attempt) = request.try_clone() else {
        return Err(Error::new(
            Kind::Internal,
            "A request that cannot be repeated was to be repeated.",
        ));
    };
    let response = match attempt.send().await {
        Ok(response) => response,
        Err(error) => {
            let wait = match failure::is_permanent(&error) {
                true => None,
                false => retry.after_failure(),
            };
            let Some(wait) = wait else {
                return Err(failure::unreachable(error));
            };
            tracing::info!(error = %error.without_url(), ?wait, "trying again");
            return Ok(Attempt::Failed(wait));
        }
    };
    let status = response.status();
    let asked = asked_wait(response.headers());
    let again = match status {
        StatusCode::TOO_MANY_REQUESTS => retry.after_refusal(asked).map(Attempt::Refused),
        StatusCode::SERVICE_UNAVAILABLE if asked.is_some() => retry.after_refusal(asked).map(Attempt::Refused),
        _ if status.is_server_error() => retry.after_failure().map(Attempt::Failed),
        _ => None,
    };
    if let Some(again) = &again {
        tracing::info!(%status, ?again, "trying again");
    }
    Ok(again.unwrap_or(Attempt::Answered(response)))
}

/// `Retry-After` in seconds (RFC 9110 section 10.2.3). Its other form, a date, needs two clocks that agree.
pub(in crate::source) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Between half of a wait and all of it, so that clients which failed together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    wait / 2 + (wait / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let mut retry = Retry::new(Policy::default());
        for (least, most) in [(250, 500), (500, 1000), (1000, 2000)] {
            let wait = retry.after_failure().unwrap();
            assert!((least..=most).contains(&wait.as_millis()), "{wait:?}");
        }
        assert_eq!(retry.after_failure(), None);
    }

    #[test]
    fn a_server_may_ask_for_more_but_not_for_more_than_the_budget() {
        let mut retry = Retry::new(Policy::default());
        for _ in 0..10 {
            assert_eq!(
                retry.after_refusal(Some(Duration::from_secs(60))),
                Some(Duration::from_secs(60))
            );
        }
        assert_eq!(retry.after_refusal(Some(Duration::from_secs(121))), None);
        assert_eq!(retry.after_refusal(None), Some(Duration::from_secs(2)));
        assert_eq!(
            retry.after_refusal(Some(Duration::ZERO)),
            Some(Duration::from_millis(500))
        );
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        for (value, expected) in [
            ("17", Some(17)),
            (" 0 ", Some(0)),
            ("-1", None),
            ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).unwrap())]);
            assert_eq!(asked_wait(&headers), expected.map(Duration::from_secs), "{value}");
        }
        assert_eq!(asked_wait(&HeaderMap::new()), None);
    }
}
