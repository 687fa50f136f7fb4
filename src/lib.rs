//! Latchkey: an ODBC driver that queries JSON documents behind OAuth 2.0 with SQL.
//!
//! The rooms, from the face inwards: [`odbc`] speaks C; [`connection`] turns a connection string into an open
//! session; [`engine`] runs SQL; [`json`] turns bytes into Arrow; [`source`] brings bytes; [`oauth`] decides who may.
//! [`error`] and [`secret`] are leaves that everyone uses. A test holds the direction of the arrows between them.

pub mod capi;
pub mod connection;
pub mod engine;
pub mod error;
pub mod json;
pub mod oauth;
pub mod odbc;
pub mod secret;
pub mod source;
