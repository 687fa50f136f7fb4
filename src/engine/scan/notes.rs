//! What scans found worth telling besides rows: what the listing said, members without a column, documents left out.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::engine::documents::Documents;
use crate::engine::progress::Counters;
use crate::error::{Error, Kind};
use crate::json::UnknownColumns;
use crate::source::Document;

/// Documents that the warnings of one statement name.
const NAMED: usize = 5;

/// What the scans of one statement found worth telling.
#[derive(Debug, Default)]
pub(in crate::engine) struct Notes {
    /// What the listing had to tell, until it is told.
    listing: Mutex<Vec<String>>,
    /// The members without a column, by document.
    unknown: Mutex<BTreeMap<String, Vec<String>>>,
    /// What is wrong with the documents that were skipped, by document, until it is told.
    skipped: Mutex<BTreeMap<String, String>>,
    /// How far it has come.
    pub(in crate::engine) counters: Counters,
}

impl Notes {
    /// Of a scan of these documents.
    pub(in crate::engine) fn of(documents: &Documents) -> Self {
        Self {
            listing: Mutex::new(documents.warnings.clone()),
            ..Self::default()
        }
    }

    pub(super) fn note(&self, document: &Document, unknown: &UnknownColumns) {
        if unknown.values > 0 {
            self.unknown.lock().insert(document.name.clone(), unknown.names.clone());
        }
    }

    /// Notes that a document was skipped, wholly or from a problem on.
    pub(in crate::engine) fn skip(&self, document: &Document, problem: &str) {
        self.skipped.lock().insert(document.name.clone(), problem.to_owned());
    }

    /// The members without a column, as warnings.
    fn unknown(&self) -> Vec<Error> {
        let unknown = self.unknown.lock();
        let named = unknown.iter().take(NAMED).map(|(document, members)| {
            format!(
                "{document} has members that no sampled record has, so they are no columns: {}; raise RowScanDepth, or \
                 set it to 0 to look at every record",
                members.join(", ")
            )
        });
        let more = unknown.len().saturating_sub(NAMED);
        let rest = (more > 0).then(|| format!("{more} more documents have members that are no columns"));
        named.chain(rest).map(|text| Error::new(Kind::Warning, text)).collect()
    }
}

/// What the scans of one statement have to tell, as warnings.
pub(in crate::engine) fn warnings(notes: &[Arc<Notes>]) -> Vec<Error> {
    // A statement that scans a table twice tells of its listing once.
    let listing: BTreeSet<_> = notes
        .iter()
        .flat_map(|notes| take(&mut *notes.listing.lock()))
        .collect();
    let listing = listing.into_iter().map(|text| Error::new(Kind::Warning, text));
    let unknown = notes.iter().flat_map(|notes| notes.unknown());
    listing.chain(unknown).chain(skipped(notes)).collect()
}

/// The documents that were skipped since this was asked last, as one warning.
pub(in crate::engine) fn skipped(notes: &[Arc<Notes>]) -> Option<Error> {
    let mut skipped = BTreeMap::new();
    for notes in notes {
        skipped.append(&mut notes.skipped.lock());
    }
    let documents = match skipped.len() {
        0 => return None,
        1 => "1 document that cannot be read as JSON was".to_owned(),
        count => format!("{count} documents that cannot be read as JSON were"),
    };
    let problems: Vec<_> = skipped.into_values().take(NAMED).collect();
    let text = format!(
        "{documents} skipped, from its problem on where rows of it came before; sys_files lists what was skipped: {}",
        problems.join(" ")
    );
    Some(Error::new(Kind::Warning, text))
}
