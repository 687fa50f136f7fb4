//! The C symbols of the API: each takes raw numbers and pointers and passes them on. Their comments are the header's.

#![allow(unsafe_code, reason = "exporting a symbol under its C name")]

mod library;
mod oauth;
mod row;
mod session;
mod statement;
