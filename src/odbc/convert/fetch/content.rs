//! Values of any length on their way into a buffer, whole or in pieces.

use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::memory::Address;
use crate::odbc::text::Encoding;

use super::Progress;

/// What the buffer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Narrow,
    Wide,
    Binary,
}

/// What there is to deliver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'a> {
    data: Data<'a>,
    /// Leading units without which nothing may be delivered: the digits before a number's point, a whole date.
    least: usize,
}

#[derive(Clone, Copy, Debug)]
enum Data<'a> {
    Text(&'a str),
    /// Bytes shown as two hexadecimal digits each.
    Hexadecimal(&'a [u8]),
    Bytes(&'a [u8]),
}

/// What was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// Bytes there were to deliver when the call began, which is what the length buffer says.
    pub(super) length: usize,
    pub(super) outcome: Outcome,
}

impl<'a> Content<'a> {
    /// Text that may be cut anywhere between characters.
    pub(super) fn text(text: &'a str) -> Self {
        Self {
            data: Data::Text(text),
            least: 0,
        }
    }

    /// A number or date as text, of which `least` characters must fit (22003).
    pub(super) fn figures(text: &'a str, least: usize) -> Self {
        Self {
            data: Data::Text(text),
            least,
        }
    }

    /// Bytes as hexadecimal digits.
    pub(super) fn hexadecimal(bytes: &'a [u8]) -> Self {
        Self {
            data: Data::Hexadecimal(bytes),
            least: 0,
        }
    }

    /// Bytes that may be cut anywhere.
    pub(super) fn bytes(bytes: &'a [u8]) -> Self {
        Self {
            data: Data::Bytes(bytes),
            least: 0,
        }
    }

    /// The bytes of a number or structure, all of which must fit (22003).
    pub(super) fn whole_bytes(bytes: &'a [u8]) -> Self {
        Self {
            data: Data::Bytes(bytes),
            least: bytes.len(),
        }
    }

    /// Delivers what `progress` leaves and `capacity` bytes hold. A buffer without any room only asks for the length.
    ///
    /// A value in pieces fills every buffer to the end, also when that parts a character: programs take a piece to be
    /// as long as its buffer (pyodbc), and one unit of room must be enough to go on. A value that is delivered once is
    /// cut between characters.
    #[inline]
    pub(super) fn deliver(
        self,
        form: Form,
        address: Address,
        capacity: usize,
        progress: &mut Progress,
    ) -> Result<Delivery, Failure> {
        if progress.is_new()
            && let Some(length) = self.deliver_whole(form, address, capacity)
        {
            progress.done = true;
            let outcome = Outcome::Exact;
            return Ok(Delivery { length, outcome });
        }
        self.deliver_piece(form, address, capacity, progress)
    }

    /// Delivers a text that certainly fits as a whole, which most do; answers its length in bytes.
    #[inline]
    fn deliver_whole(self, form: Form, address: Address, capacity: usize) -> Option<usize> {
        let Data::Text(text) = self.data else {
            return None;
        };
        let encoding = form.encoding();
        let units = capacity / encoding.unit();
        // No encoding takes more units than UTF-8 takes bytes.
        if address.is_null() || form == Form::Binary || text.len() >= units {
            return None;
        }
        let written = if encoding == Encoding::Narrow {
            address.write_bytes(text.as_bytes());
            text.len()
        } else {
            encoding.copy(text, address, units).units
        };
        encoding.terminate(address, written);
        Some(written * encoding.unit())
    }

    fn deliver_piece(
        self,
        form: Form,
        address: Address,
        capacity: usize,
        progress: &mut Progress,
    ) -> Result<Delivery, Failure> {
        let encoding = form.encoding();
        let unit = encoding.unit();
        let length = match progress.remaining {
            Some(remaining) => remaining,
            None => self.length(form),
        };
        let units = if address.is_null() { 0 } else { capacity / unit };
        let terminator = usize::from(form != Form::Binary);
        let Some(room) = units.checked_sub(terminator).filter(|_| units > 0) else {
            // An empty binary value needs no room.
            let outcome = if length + terminator == 0 {
                Outcome::Exact
            } else {
                Outcome::Truncated
            };
            progress.done = outcome == Outcome::Exact;
            return Ok(Delivery { length, outcome });
        };
        if progress.offset == 0 && room < self.least {
            return Err(Failure::OutOfRange);
        }
        let (taken, written) = if progress.in_pieces {
            self.fill(form, address, room, progress)
        } else {
            self.copy(form, progress.offset, address, room)
        };
        if form != Form::Binary {
            encoding.terminate(address, written);
        }
        let remaining = length.saturating_sub(written * unit);
        progress.offset += taken;
        progress.remaining = Some(remaining);
        progress.done = remaining == 0;
        let outcome = if progress.done {
            Outcome::Exact
        } else {
            Outcome::Truncated
        };
        Ok(Delivery { length, outcome })
    }

    /// Bytes in the form the buffer wants, without terminator.
    fn length(self, form: Form) -> usize {
        let encoding = form.encoding();
        encoding.unit().saturating_mul(match self.data {
            Data::Text(text) => encoding.length(text),
            Data::Hexadecimal(bytes) => bytes.len().saturating_mul(2),
            Data::Bytes(bytes) => bytes.len(),
        })
    }

    /// As [`Content::copy`], up to the last unit of room.
    fn fill(self, form: Form, address: Address, room: usize, progress: &mut Progress) -> (usize, usize) {
        let text = match (self.data, form.encoding()) {
            (Data::Text(text), Encoding::Wide) => text,
            (_, Encoding::Ucs4) => return self.copy(form, progress.offset, address, room),
            (Data::Text(text), _) => return Self::bytes(text.as_bytes()).copy(form, progress.offset, address, room),
            _ => return self.copy(form, progress.offset, address, room),
        };
        let unit = form.encoding().unit();
        let mut written = 0;
        if let Some(half) = progress.half.take_if(|_| room > 0) {
            address.write(half);
            written = 1;
        }
        let (mut taken, units) = self.copy(form, progress.offset, address.forward(written * unit), room - written);
        written += units;
        let next = text.get(progress.offset + taken..).and_then(|rest| rest.chars().next());
        if let Some(next) = next.filter(|_| written < room)
            && let [first, second] = next.encode_utf16(&mut [0; 2])
        {
            address.forward(written * unit).write(*first);
            progress.half = Some(*second);
            taken += next.len_utf8();
            written += 1;
        }
        (taken, written)
    }

    /// Copies from `offset` on. Answers how much of the data was taken and how many units were written.
    fn copy(self, form: Form, offset: usize, address: Address, room: usize) -> (usize, usize) {
        match self.data {
            Data::Text(text) => {
                let copied = form
                    .encoding()
                    .copy(text.get(offset..).unwrap_or_default(), address, room);
                (copied.taken, copied.units)
            }
            Data::Hexadecimal(bytes) => {
                let written = copy_hexadecimal(form.encoding(), bytes, offset, address, room);
                (written, written)
            }
            Data::Bytes(bytes) => {
                let rest = bytes.get(offset..).unwrap_or_default();
                let piece = rest.get(..room).unwrap_or(rest);
                address.write_bytes(piece);
                (piece.len(), piece.len())
            }
        }
    }
}

impl Form {
    /// Binary counts bytes, as narrow text does.
    fn encoding(self) -> Encoding {
        match self {
            Self::Wide => Encoding::wide(),
            Self::Narrow | Self::Binary => Encoding::Narrow,
        }
    }
}

/// Copies digits from the digit `offset` on, in portions on the stack.
fn copy_hexadecimal(encoding: Encoding, bytes: &[u8], offset: usize, address: Address, room: usize) -> usize {
    const PORTION: usize = 64;
    let skipped = offset % 2;
    let mut digits = bytes
        .iter()
        .skip(offset / 2)
        .flat_map(|byte| [byte >> 4, byte & 0xF])
        .skip(skipped)
        .take(room);
    let mut written = 0;
    let mut portion = [0; PORTION];
    loop {
        let mut filled = 0;
        for (place, digit) in portion.iter_mut().zip(&mut digits) {
            *place = if digit < 10 { b'0' + digit } else { b'A' + digit - 10 };
            filled += 1;
        }
        let text = portion
            .get(..filled)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .unwrap_or_default();
        if text.is_empty() {
            return written;
        }
        encoding.copy(text, address.forward(written * encoding.unit()), filled);
        written += filled;
    }
}
