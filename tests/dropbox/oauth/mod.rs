//! The authorization server: `/oauth2/authorize` for people, `/oauth2/token` for programs.

pub mod app;
pub mod authorize;
pub mod error;
pub mod form;
pub mod grants;
mod pages;
mod pkce;
pub mod request;
pub mod scopes;
pub mod session;
pub mod token;
