//! From a connection string to an open session.

pub mod browse;
mod documents;
mod dsn;
pub mod logging;
mod place;
mod places;
pub mod properties;
pub mod session;
mod shown;
mod sign_in;
pub mod string;
mod types;
mod views;
mod web_api;

pub use crate::oauth::{Invitation, Prompt};
pub use session::{Opened, Terms, open};
