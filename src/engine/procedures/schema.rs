//! The body of `CreateSchema`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::task::spawn_blocking;

use crate::engine::catalog::Library;
use crate::engine::dialect::Place;
use crate::engine::documents::{self, DocumentTable, Documents};
use crate::engine::inventory::Inventory;
use crate::error::{Error, Kind, Result};

use super::{Inputs, Row};

pub(super) fn create(inventory: Arc<Inventory>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let name = inputs.text("TableName").unwrap_or_default();
        let is_written = inputs.text("WriteToFile") == Some("true");
        // Told before any document is read.
        let folder = is_written.then(|| inventory.pinned.folder()).transpose()?;
        let uri = inputs.text("URI");
        let documents = library(&inventory, &inputs)?.documents().await?;
        let text = documents.schema_text(table(&documents, name)?, name, uri)?;
        let Some(folder) = folder else {
            return Ok(vec![Some("Success".to_owned()), None, Some(STANDARD.encode(text))]);
        };
        let replaces = inputs.text("Overwrite") == Some("true");
        let path = folder.write(name, inputs.text("FileName"), text, replaces).await?;
        // From now on the table is what the file says.
        let read = spawn_blocking(move || inventory.pinned.read()).await;
        let lost =
            |error| Error::new(Kind::Internal, "The reading of schema files ended before its time.").caused_by(error);
        read.map_err(lost)??;
        Ok(vec![
            Some("Success".to_owned()),
            Some(path.to_string_lossy().into_owned()),
            None,
        ])
    }
    .boxed()
}

/// The documents to look into.
fn library(inventory: &Inventory, inputs: &Inputs) -> Result<Arc<Library>> {
    let (format, path) = (inputs.text("JSONFormat"), inputs.text("JSONPath"));
    if let Some(uri) = inputs.text("URI") {
        let session = inventory.session.upgrade();
        let session = session.ok_or_else(|| Error::new(Kind::Internal, "The session of a procedure is gone"))?;
        let options = [("JSONFormat", format), ("JSONPath", path)];
        let options = options
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        return session.neighbour(&Place {
            uri: uri.to_owned(),
            options: options.collect(),
        });
    }
    let Some(library) = &inventory.library else {
        let text = "The connection has no URI, so CreateSchema needs one";
        return Err(Error::new(Kind::Property, text));
    };
    let anew = library.anew(format, path);
    let anew = anew.map_err(|problem| Error::new(Kind::Property, format!("The input JSONPath {problem}.")))?;
    Ok(Arc::new(anew))
}

/// The one table of documents, or that of this name.
fn table<'d>(documents: &'d Documents, name: &str) -> Result<&'d DocumentTable> {
    let mut tables = documents.tables.iter();
    let found = match documents.tables.as_slice() {
        [one] => Some(one),
        _ => tables.find(|table| documents::alike(&table.found.name, name)),
    };
    found.map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<_> = documents.tables.iter().map(|table| table.found.name.as_str()).collect();
        let text = format!(
            "The documents make no table {name}, but these: {}. Name one, or say with JSONPath where the records are",
            known.join(", ")
        );
        Error::new(Kind::TableNotFound, text)
    })
}
