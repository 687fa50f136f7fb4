//! The documents of the connection's listing.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::file_columns::{file_name, microseconds};
use crate::engine::inventory::Inventory;
use crate::error::Result;
use crate::source::Document;

use super::listing::{Listing, big, boolean, moment, text};

/// A document, and what is wrong with it where it was skipped.
type File = (Document, Option<String>);

pub(super) static FILES: Listing<File> = Listing {
    columns: &[
        text("Path", |(document, _)| Some(document.name.clone())),
        text("Name", |(document, _)| Some(file_name(document).to_owned())),
        big("Size", |(document, _)| i64::try_from(document.size).ok()),
        text("Revision", |(document, _)| Some(document.revision.clone())),
        moment("Modified", |(document, _)| document.modified.as_ref().map(microseconds)),
        boolean("Skipped", |(_, problem)| Some(problem.is_some())),
        text("Problem", |(_, problem)| problem.clone()),
    ],
    rows: files,
};

fn files(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<File>>> {
    async move {
        match &inventory.library {
            Some(library) => library.listing().await,
            None => Ok(Vec::new()),
        }
    }
    .boxed()
}
