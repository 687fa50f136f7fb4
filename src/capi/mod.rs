//! Latchkey's own C API, from which `include/latchkey.h` is generated.
//!
//! The rooms: [`types`] and [`exports`] are what the header shows; `boundary` is the way into every call; `session`,
//! `oauth`, `statement`, `rows` and `arrow` do what the calls ask for; `callbacks` call the program.

mod arrow;
mod boundary;
mod callbacks;
pub mod exports;
mod failure;
mod interrupt;
mod memory;
mod oauth;
mod registry;
mod rows;
mod session;
pub mod standard;
mod statement;
pub mod types;
mod value;
