//! The tables that schema files describe, beside those that are found in documents.

use std::fmt;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::error::{Error, Kind, Result};
use crate::json::SchemaFile;
use crate::source::Source;

use super::catalog::Library;
use super::documents::{self, DocumentOptions, DocumentTable, Documents};
use super::places::Places;
use super::schema_folder::SchemaFolder;

/// The tables of schema files. None is found in documents, and none is looked into before a statement reads it.
pub(super) struct Pinned {
    folder: Option<Arc<SchemaFolder>>,
    source: Option<Arc<dyn Source>>,
    options: DocumentOptions,
    places: Option<Arc<dyn Places>>,
    tables: RwLock<Vec<Arc<Library>>>,
}

impl Pinned {
    /// No table yet. `source` and `options` are the connection's own. No I/O.
    pub(super) fn new(
        folder: Option<Arc<SchemaFolder>>,
        source: Option<Arc<dyn Source>>,
        options: DocumentOptions,
        places: Option<Arc<dyn Places>>,
    ) -> Self {
        Self {
            folder,
            source,
            options,
            places,
            tables: RwLock::default(),
        }
    }

    /// Reads the files of the folder, instead of what was read before.
    pub(super) fn read(&self) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let files = folder.read()?.into_iter();
        let tables = files.map(|(path, file)| {
            let (source, options) = self.place(&file).map_err(|error| {
                let text = format!("The schema file {}: {}", path.display(), error.message());
                Error::new(error.kind(), text).caused_by(error)
            })?;
            Ok(Arc::new(Library::pinned(source, &options, file)))
        });
        *self.tables.write() = tables.collect::<Result<_>>()?;
        Ok(())
    }

    /// The documents of a file's table, and how they are read.
    fn place(&self, file: &SchemaFile) -> Result<(Arc<dyn Source>, DocumentOptions)> {
        match (&file.uri, &self.places, &self.source) {
            (Some(uri), Some(places), _) => {
                let (source, options) = places.open(uri, &[])?;
                let tables = self.options.tables.clone();
                Ok((source, DocumentOptions { tables, ..options }))
            }
            (None, _, Some(source)) => Ok((source.clone(), self.options.clone())),
            _ => Err(Error::new(
                Kind::Property,
                "it describes documents of the connection, which has no URI. Set URI, or say in the file where they are, with \
                 the member uri.",
            )),
        }
    }

    /// The folder of the files. `Kind::Property` when there is none.
    pub(super) fn folder(&self) -> Result<&Arc<SchemaFolder>> {
        self.folder.as_ref().ok_or_else(|| {
            let text = "The connection has no folder for schema files. Set Location to one, or call CreateSchema with \
                        WriteToFile='false'.";
            Error::new(Kind::Property, text)
        })
    }

    /// The tables, each of documents of its own.
    pub(super) fn tables(&self) -> Vec<Arc<Library>> {
        self.tables.read().clone()
    }

    /// Their names, without those that `Tables` leaves out.
    pub(super) fn names(&self) -> Vec<String> {
        let tables = self.tables.read();
        tables.iter().filter_map(|table| table.names()).flatten().collect()
    }

    /// The table of this name.
    pub(super) fn named(&self, name: &str) -> Option<Arc<Library>> {
        let tables = self.tables.read();
        let is_named = |table: &&Arc<Library>| {
            let names = table.names().unwrap_or_default();
            names.iter().any(|known| documents::alike(known, name))
        };
        tables.iter().find(is_named).cloned()
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinned")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Library {
    /// The same, which writes a schema file for each table that it finds and that has none. No I/O.
    pub(super) fn written_to(mut self, folder: Option<Arc<SchemaFolder>>) -> Self {
        self.written = folder;
        self
    }

    /// The one table of documents of `source` that a schema file describes. No I/O.
    pub(super) fn pinned(source: Arc<dyn Source>, options: &DocumentOptions, file: SchemaFile) -> Self {
        let options = DocumentOptions {
            model: file.model.clone(),
            separate: false,
            discovery: None,
            ..options.clone()
        };
        let mut library = Self::new(source, options);
        library.pinned = Some(file);
        library
    }

    /// The same documents, looked into anew, with the `JSONFormat` and `JSONPath` that are given. No I/O.
    ///
    /// The error is the end of a sentence that begins with the path.
    pub(super) fn anew(&self, format: Option<&str>, path: Option<&str>) -> Result<Self, String> {
        let mut options = self.options.clone();
        if format.is_some() || path.is_some() {
            let format = format.unwrap_or_else(|| self.options.model.format());
            options.model = options.model.reading(format, path.unwrap_or_default())?;
        }
        Ok(Self::new(self.source.clone(), options))
    }

    /// Writes a schema file for each table that has none, where they are to be written.
    pub(super) async fn write_down(&self, documents: &Documents) -> Result<()> {
        let Some(folder) = &self.written else { return Ok(()) };
        let tables = documents.tables.iter().map(|table| {
            let name = table.found.name.clone();
            documents.schema_text(table, &name, None).map(|text| (name, text))
        });
        folder.add(tables.collect::<Result<_>>()?).await
    }
}

impl Documents {
    /// The text of a schema file for a table, called `name`, of the documents at `uri`, or of the connection's own.
    ///
    /// `Kind::Unsupported` for a table that no schema file can describe.
    pub(super) fn schema_text(&self, table: &DocumentTable, name: &str, uri: Option<&str>) -> Result<String> {
        if table.only.is_some() {
            let text = "With AggregateFiles=false a table is of one document, which a schema file names: give CreateSchema \
                        its URI.";
            return Err(Error::new(Kind::Unsupported, text));
        }
        let mut paths = Vec::new();
        for document in self.readable(table) {
            paths.extend(self.path(table, document).filter(|path| !paths.contains(path)));
        }
        match paths.as_slice() {
            [path] => SchemaFile::text(name, uri, self.model(), path, &table.found.schema),
            [] => SchemaFile::text(name, uri, self.model(), &Default::default(), &table.found.schema),
            [first, second, ..] => {
                let text = format!(
                    "The documents of {name} have their records at several places, such as {first} and {second}, of which a \
                     schema file names one. Set JSONPath to it."
                );
                Err(Error::new(Kind::Unsupported, text))
            }
        }
    }
}
