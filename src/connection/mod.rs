//! From a connection string to an open session.

pub mod browse;
pub mod dsn;
pub mod logging;
mod place;
pub mod properties;
pub mod session;
mod shown;
mod sign_in;
pub mod string;
mod views;

pub use session::{Opened, Terms, open};
