//! Places that statements name themselves, beside the one that the connection has.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{Error, Kind, Result};
use crate::source::Source;

use super::catalog::Library;
use super::dialect::Place;
use super::documents::DocumentOptions;

/// Places whose columns a connection remembers.
const REMEMBERED: usize = 64;

/// What knows the places that the statements of a connection may read.
pub trait Places: fmt::Debug + Send + Sync {
    /// The documents at `uri`, and how they become a table: as the connection's properties say, with `options` (names of
    /// properties and their values) before them. No I/O.
    ///
    /// `Kind::Property` for a place or an option that is none, or that this connection may not read.
    fn open(&self, uri: &str, options: &[(String, String)]) -> Result<(Arc<dyn Source>, DocumentOptions)>;
}

/// The places that the statements of a connection have named, each looked into once as long as it does not change.
pub(super) struct Neighbours {
    places: Option<Arc<dyn Places>>,
    known: Mutex<HashMap<String, Arc<Library>>>,
}

impl Neighbours {
    pub(super) fn new(places: Option<Arc<dyn Places>>) -> Self {
        Self {
            places,
            known: Mutex::default(),
        }
    }

    /// The documents of a place. No I/O.
    pub(super) fn library(&self, place: &Place) -> Result<Arc<Library>> {
        let Some(places) = &self.places else {
            let message = format!("There is no table {}, and no other place can be read here", place.uri);
            return Err(Error::new(Kind::TableNotFound, message));
        };
        let mut known = self.known.lock();
        if let Some(library) = known.get(&place.name()) {
            return Ok(library.clone());
        }
        let (source, options) = places.open(&place.uri, &place.options)?;
        let library = Arc::new(Library::new(source, options));
        if known.len() == REMEMBERED {
            known.clear();
        }
        known.insert(place.name(), library.clone());
        Ok(library)
    }
}
