//! From a connection string to an open session.

pub mod browse;
pub mod data_sources;
mod documents;
mod dsn;
pub mod logging;
mod place;
mod places;
pub mod properties;
pub mod registration;
pub mod servers;
pub mod session;
mod shown;
mod sign_in;
pub mod string;
mod types;
mod views;
mod web_api;

pub use crate::oauth::{Invitation, Prompt, settings};
pub use session::{Opened, Terms, open};
pub use sign_in::settings_keys;
