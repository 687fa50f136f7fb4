//! `SQL_VARBINARY` and `SQL_LONGVARBINARY`

use datafusion::arrow::array::{BinaryArray, LargeBinaryArray};

use crate::odbc::convert::outcome::Failure;
use crate::odbc::convert::scratch::Scratch;

use super::column::{Column, Value};
use super::content::Content;

/// Bytes in any layout of Arrow.
#[derive(Debug)]
pub(super) enum Binaries {
    Binary(BinaryArray),
    Large(LargeBinaryArray),
}

impl Column for Binaries {
    type Value<'a> = &'a [u8];

    fn value(&self, row: usize) -> &[u8] {
        match self {
            Self::Binary(array) => array.value(row),
            Self::Large(array) => array.value(row),
        }
    }
}

impl Value for &[u8] {
    fn content<'a>(&'a self, _: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(Content::hexadecimal(self))
    }

    fn bytes<'a>(&'a self, _: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(Content::bytes(self))
    }
}
