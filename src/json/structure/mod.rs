//! The extent of arrays and objects: strings and brackets are followed 64 bytes at a time, and nothing else is looked at.

mod open;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::malformed::Malformed;
pub(super) use open::Open;

/// 64 bytes, which the bits of a word can tell about.
type Lane = [u8; 64];

/// Where in 64 bytes the characters are that make structure: bit n tells about byte n.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marks {
    quotes: u64,
    backslashes: u64,
    opening: u64,
    closing: u64,
    controls: u64,
    colons: u64,
}

impl Marks {
    /// The marks of the bytes behind the first `count`.
    #[inline(always)]
    fn behind(self, count: usize) -> Self {
        Self {
            quotes: self.quotes >> count,
            backslashes: self.backslashes >> count,
            opening: self.opening >> count,
            closing: self.closing >> count,
            controls: self.controls >> count,
            colons: self.colons >> count,
        }
    }
}

/// How many bytes of a string come before a quote, a backslash or a control character.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    return x86::plain_length(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    portable::plain_length(bytes)
}

/// How far into an array or object a reader is that comes by in pieces. Nesting costs a bit a level, never the stack.
///
/// What is judged is that strings end and hold no control characters, that no backslash stands outside of them, and that
/// each bracket closes one of its kind.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Open,
    /// All ones inside of a string.
    in_string: u64,
    /// 1 behind a backslash that escapes the next byte.
    escaping: u64,
}

impl Nesting {
    /// Follows the array or object, whose first bracket is the first byte of all, through its next bytes. Answers
    /// where among them its last bracket ends, if it does.
    #[inline]
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        self.follow_here::<false>(bytes, &mut Vec::new())
    }

    /// The same, which adds to `colons` where among these bytes the colons of the outermost value are.
    #[inline]
    pub(super) fn follow_members(&mut self, bytes: &[u8], colons: &mut Vec<usize>) -> Result<Option<usize>, Malformed> {
        self.follow_here::<true>(bytes, colons)
    }

    #[inline]
    fn follow_here<const MEMBERS: bool>(
        &mut self,
        bytes: &[u8],
        colons: &mut Vec<usize>,
    ) -> Result<Option<usize>, Malformed> {
        #[cfg(target_arch = "x86_64")]
        if let Some(followed) = x86::follow::<MEMBERS>(self, bytes, colons) {
            return followed;
        }
        self.follow_by::<MEMBERS>(bytes, colons, portable::marks, portable::within)
    }

    /// The same by the instructions of one kind of processor: `within` has a bit for every byte from a quote, which is
    /// one of its bits, up to the next.
    #[inline(always)]
    fn follow_by<const MEMBERS: bool>(
        &mut self,
        bytes: &[u8],
        colons: &mut Vec<usize>,
        marks: impl Fn(&Lane) -> Marks,
        within: impl Fn(u64) -> u64,
    ) -> Result<Option<usize>, Malformed> {
        let (lanes, tail) = bytes.as_chunks::<64>();
        let mut from = 0;
        for lane in lanes {
            let followed = self.follow_lane::<MEMBERS>(marks(lane), bytes, from, 64, colons, &within)?;
            if followed.is_some() {
                return Ok(followed);
            }
            from += 64;
        }
        if tail.is_empty() {
            return Ok(None);
        }
        let marks = match bytes.last_chunk::<64>() {
            // The end of the last 64 bytes.
            Some(lane) => marks(lane).behind(64 - tail.len()),
            None => {
                let mut lane = [b' '; 64];
                lane.iter_mut().zip(tail).for_each(|(padded, &byte)| *padded = byte);
                marks(&lane)
            }
        };
        self.follow_lane::<MEMBERS>(marks, bytes, from, tail.len(), colons, &within)
    }

    /// Follows `length` bytes from `from` on, no more than 64; these are their marks.
    #[inline(always)]
    fn follow_lane<const MEMBERS: bool>(
        &mut self,
        marks: Marks,
        bytes: &[u8],
        from: usize,
        length: usize,
        noted: &mut Vec<usize>,
        within: &impl Fn(u64) -> u64,
    ) -> Result<Option<usize>, Malformed> {
        let Marks {
            quotes,
            backslashes,
            opening,
            closing,
            controls,
            colons,
        } = marks;
        let quotes = quotes & !self.escaped(backslashes, length);
        let inside = within(quotes) ^ self.in_string;
        self.in_string = 0_u64.wrapping_sub(inside >> 63);
        let wrong = (controls & inside) | (backslashes & !inside);
        let mut brackets = (opening | closing) & !inside;
        if wrong != 0 {
            // Only the brackets before the first of them.
            brackets &= (wrong & wrong.wrapping_neg()) - 1;
        }
        let mut colons = if MEMBERS { colons & !inside } else { 0 };
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            if MEMBERS {
                let before = colons & !(u64::MAX << at);
                colons ^= before;
                self.note(before, from, noted);
            }
            let is_object = bytes.get(from + at).is_some_and(|byte| byte & 0x20 != 0);
            if (opening >> at) & 1 == 1 {
                self.open.push(is_object);
            } else {
                if self.open.pop() != Some(is_object) {
                    let problem = "this bracket does not close what was opened last";
                    return Err(Malformed {
                        offset: from + at,
                        problem,
                    });
                }
                if self.open.is_empty() {
                    return Ok(Some(from + at + 1));
                }
            }
            brackets &= brackets - 1;
        }
        if wrong != 0 {
            let at = wrong.trailing_zeros() as usize;
            let problem = match (inside >> at) & 1 {
                1 => CONTROL_CHARACTER,
                _ => "a backslash stands outside of a string",
            };
            return Err(Malformed {
                offset: from + at,
                problem,
            });
        }
        if MEMBERS {
            self.note(colons, from, noted);
        }
        Ok(None)
    }

    /// Notes the places of these colons if they are of the outermost value.
    #[inline(always)]
    fn note(&self, mut colons: u64, from: usize, noted: &mut Vec<usize>) {
        if self.open.depth() == 1 {
            while colons != 0 {
                noted.push(from + colons.trailing_zeros() as usize);
                colons &= colons - 1;
            }
        }
    }

    /// The bytes that a backslash before them escapes, among `length` bytes.
    #[inline(always)]
    fn escaped(&mut self, backslashes: u64, length: usize) -> u64 {
        // Bits of even places.
        const EVEN: u64 = u64::MAX / 3;
        if backslashes == 0 {
            return std::mem::take(&mut self.escaping);
        }
        // A run of backslashes that starts at an odd place escapes what stands at odd places behind it, and the other
        // way round. Adding the start of a run to the run carries to the place behind it.
        let starting = backslashes & !self.escaping;
        let behind = (starting << 1) | self.escaping;
        let odd_starts = starting & !EVEN & !behind;
        let (carried, overflows) = odd_starts.overflowing_add(starting);
        let escaped = (EVEN ^ (carried << 1)) & behind;
        self.escaping = match length {
            64 => u64::from(overflows),
            // What the last byte escapes is the first of those that follow it.
            _ => (escaped >> length) & 1,
        };
        escaped
    }
}

/// What is wrong with a control character in a string.
pub(super) const CONTROL_CHARACTER: &str = "a control character must be escaped in a string";

#[cfg(test)]
mod tests;
