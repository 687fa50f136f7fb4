//! Latchkey: an ODBC driver that queries JSON documents behind OAuth 2.0 with SQL.
//!
//! The rooms, from the face inwards: [`odbc`] and [`capi`] speak C; [`connection`] turns a connection string into an open
//! session; [`engine`] runs SQL; [`json`] turns bytes into Arrow; [`source`] brings bytes; [`oauth`] decides who may.
//! The command in `src/bin/latchkey` is a third face, of a program of its own.
//! [`error`], [`secret`] and [`whole_file`] are leaves that everyone uses, [`handle`] and [`sqlstate`] what the faces share. A test holds the
//! direction of the arrows between them.

pub mod capi;
pub mod connection;
pub mod engine;
pub mod error;
pub mod handle;
pub mod json;
pub mod oauth;
pub mod odbc;
pub mod secret;
pub mod source;
pub mod sqlstate;
pub mod whole_file;
