//! The rooms that read what others wrote, compiled without the rest of the driver.

#![allow(dead_code)]

#[path = "../../../src/error.rs"]
pub mod error;
#[path = "../../../src/json/mod.rs"]
pub mod json;
#[path = "../../../src/oauth/mod.rs"]
pub mod oauth;
#[path = "../../../src/secret.rs"]
pub mod secret;
