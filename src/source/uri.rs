//! `URI`: which place, which path, one file, a folder or a mask.

use crate::error::Result;

/// A parsed `URI` property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// The place.
    pub place: Place,
    /// What is selected there.
    pub selection: Selection,
}

/// Where the documents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A local path or `file://`.
    Local,
    /// `dropbox://`.
    Dropbox,
}

/// Which documents of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// One document.
    File(String),
    /// Every JSON document directly in a folder.
    Folder(String),
    /// The documents in a folder whose names match a mask of `*` and `?`.
    Mask {
        /// The folder.
        folder: String,
        /// The mask of the last path step.
        mask: String,
    },
}

impl Uri {
    /// Parses the value of `URI`. `Kind::Property` names what is wrong and what is allowed.
    pub fn parse(text: &str) -> Result<Self> {
        let _ = text;
        todo!()
    }

    /// The name of the table these documents make.
    pub fn table_name(&self) -> String {
        todo!()
    }
}
