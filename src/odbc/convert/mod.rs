//! Between Arrow values and the application's C types. Nothing here knows a handle or posts a diagnostic.

pub mod describe;
pub mod fetch;
pub mod outcome;
pub mod param;

pub use describe::Description;
pub use outcome::{Failure, Outcome};
