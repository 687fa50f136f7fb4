//! Whether a server answers, whatever it answers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Client;
use reqwest::header::DATE;
use url::Url;

use crate::error::{Error, Kind, Result};

use super::failure::unreachable;

/// Asks a server for nothing in particular, without credentials. Answers what time it has, where it says.
pub async fn reach(client: Client, url: Url, within: Duration) -> Result<Option<DateTime<Utc>>> {
    let server = url.host_str().unwrap_or_default().to_owned();
    let answer = tokio::time::timeout(within, client.head(url).send())
        .await
        .map_err(|_| {
            let text = format!("{server} did not answer within {} seconds.", within.as_secs());
            Error::new(Kind::Timeout, text)
        })?;
    let answer = answer.map_err(unreachable)?;
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    Ok(date.map(|date| date.to_utc()))
}
