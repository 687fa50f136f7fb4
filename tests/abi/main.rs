//! The library as a C program sees it, without a driver manager: symbols, handles, diagnostics, rows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

mod attributes;
mod browse;
mod cancel;
mod conversions;
mod cursors;
mod descriptions;
mod descriptors;
mod diagnostics;
mod driver;
mod handles;
mod intervals;
mod keys;
mod login;
mod pages;
mod parameters;
mod random;
mod reference;
mod scratch;
mod scrolling;
mod session;
mod symbols;
mod type_rules;
mod wide;
