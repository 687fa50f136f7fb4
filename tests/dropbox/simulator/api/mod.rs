//! The HTTP API under `/2/`.

pub mod account;
mod call;
pub mod download;
pub mod error;
mod hash;
pub mod links;
pub mod listing;
pub mod metadata;
mod path;
mod path_root;
mod range;
pub mod shared;
mod time;
pub mod tree;
