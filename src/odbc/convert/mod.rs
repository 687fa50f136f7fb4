//! Between Arrow values and the application's C types. Nothing here knows a handle or posts a diagnostic.

pub mod c_type;
mod calendar;
mod decimal;
pub mod describe;
pub mod fetch;
mod guid;
pub mod interval;
pub mod outcome;
pub mod param;
mod scratch;
mod single;
pub mod types;

pub use c_type::CType;
pub use describe::Description;
pub use outcome::{Failure, Outcome};
