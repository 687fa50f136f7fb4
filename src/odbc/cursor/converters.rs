//! The converters of a cursor: one per column, made again when the batch or the type changes.

use datafusion::arrow::array::ArrayRef;

use crate::odbc::convert::fetch::{Converter, Target};
use crate::odbc::convert::{Description, Failure};

use super::supply::Segment;

/// One converter per column, kept while batch and type stay the same.
#[derive(Default)]
pub(super) struct Converters {
    kept: Vec<Option<Kept>>,
}

struct Kept {
    serial: usize,
    c_type: i16,
    precision: i16,
    scale: i16,
    converter: Converter,
}

impl Kept {
    fn serves(&self, segment: &Segment, target: &Target) -> bool {
        (self.serial, self.c_type, self.precision, self.scale)
            == (segment.serial, target.c_type, target.precision, target.scale)
    }
}

impl Converters {
    /// The converter of a column (from 0) for the rows of a segment.
    pub(super) fn converter(
        &mut self,
        index: usize,
        segment: &Segment,
        description: &Description,
        target: &Target,
    ) -> Result<&Converter, Failure> {
        if index >= self.kept.len() {
            self.kept.resize_with(index + 1, || None);
        }
        let kept = self.kept.get_mut(index).ok_or(Failure::Restricted)?;
        if kept.as_ref().is_none_or(|kept| !kept.serves(segment, target)) {
            let array: &ArrayRef = segment.batch.columns().get(index).ok_or(Failure::Restricted)?;
            let converter = Converter::new(array, description, target)?;
            *kept = Some(Kept {
                serial: segment.serial,
                c_type: target.c_type,
                precision: target.precision,
                scale: target.scale,
                converter,
            });
        }
        kept.as_ref().map(|kept| &kept.converter).ok_or(Failure::Restricted)
    }
}
