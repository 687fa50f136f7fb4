//! The documents of the connection's listing.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::error::Result;
use crate::source::Document;

use super::listing::{Listing, big, text};

pub(super) static FILES: Listing<Document> = Listing {
    columns: &[
        text("Path", |document| Some(document.name.clone())),
        text("Name", |document| document.name.rsplit('/').next().map(str::to_owned)),
        big("Size", |document| i64::try_from(document.size).ok()),
        text("Revision", |document| Some(document.revision.clone())),
    ],
    rows: files,
};

fn files(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<Document>>> {
    async move {
        match &inventory.library {
            Some(library) => library.listing().await,
            None => Ok(Vec::new()),
        }
    }
    .boxed()
}
