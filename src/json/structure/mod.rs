//! The extent of arrays and objects: strings and brackets are followed 64 bytes at a time, and nothing else is looked at.

mod open;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::malformed::Malformed;
pub(super) use open::Open;
use open::{Outer, Top};

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
    /// Of a bracket, whether it is a brace; of other bytes, nothing.
    braces: u64,
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
            braces: self.braces >> count,
        }
    }
}

/// Where the members of an object are.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The colons of the object itself.
    pub(super) colons: Vec<usize>,
    /// The colons of the objects that its members are.
    pub(super) inner: Vec<usize>,
    /// Where its members end that are objects or arrays.
    pub(super) ends: Vec<usize>,
}

impl Outline {
    /// What is noted of an object: nothing.
    const NOTHING: u8 = 0;
    /// What is noted of an object: its colons.
    pub(super) const OUTER: u8 = 1;
    /// What is noted of an object: all.
    pub(super) const INNER: u8 = 2;

    /// Forgets what is noted.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.colons.clear();
        self.inner.clear();
        self.ends.clear();
    }

    /// Notes the places of these colons behind `from` if they are of the object or of one of its members.
    #[inline(always)]
    fn note<const NOTED: u8>(&mut self, depth: usize, mut colons: u64, from: usize) {
        let places = match depth {
            1 => &mut self.colons,
            2 if NOTED == Self::INNER => &mut self.inner,
            _ => return,
        };
        while colons != 0 {
            places.push(from + colons.trailing_zeros() as usize);
            colons &= colons - 1;
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
    reached: Reached,
    outer: Outer,
}

/// How far it is: a copy of its own, which a loop can hold in registers.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    open: Top,
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
        self.follow_members::<{ Outline::NOTHING }>(bytes, &mut Outline::default())
    }

    /// The same, which notes where among these bytes the members of the outermost value are, as [`Outline::OUTER`] or
    /// [`Outline::INNER`] says.
    #[inline]
    pub(super) fn follow_members<const NOTED: u8>(
        &mut self,
        bytes: &[u8],
        outline: &mut Outline,
    ) -> Result<Option<usize>, Malformed> {
        #[cfg(target_arch = "x86_64")]
        if let Some(followed) = x86::follow::<NOTED>(self, bytes, outline) {
            return followed;
        }
        self.follow_by::<NOTED>(bytes, outline, portable::marks, portable::within)
    }

    /// The same by the instructions of one kind of processor: `within` has a bit for every byte from a quote, which is
    /// one of its bits, up to the next.
    #[inline(always)]
    fn follow_by<const NOTED: u8>(
        &mut self,
        bytes: &[u8],
        outline: &mut Outline,
        marks: impl Fn(&Lane) -> Marks,
        within: impl Fn(u64) -> u64,
    ) -> Result<Option<usize>, Malformed> {
        let (lanes, tail) = bytes.as_chunks::<64>();
        let Self { reached, outer } = self;
        let mut follower = Follower::<NOTED, _> {
            reached: *reached,
            outer,
            outline,
            within,
        };
        let mut from = 0;
        for lane in lanes {
            let followed = follower.follow(marks(lane), from, 64)?;
            if followed.is_some() {
                return Ok(followed);
            }
            from += 64;
        }
        if tail.is_empty() {
            *reached = follower.reached;
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
        let followed = follower.follow(marks, from, tail.len());
        *reached = follower.reached;
        followed
    }
}

/// What follows an array or object, 64 bytes at a time.
struct Follower<'a, const NOTED: u8, W> {
    reached: Reached,
    outer: &'a mut Outer,
    outline: &'a mut Outline,
    within: W,
}

impl<const NOTED: u8, W: Fn(u64) -> u64> Follower<'_, NOTED, W> {
    /// Follows `length` bytes from `from` on, no more than 64; these are their marks.
    #[inline(always)]
    fn follow(&mut self, marks: Marks, from: usize, length: usize) -> Result<Option<usize>, Malformed> {
        let Self {
            reached,
            outer,
            outline,
            within,
        } = self;
        let Marks {
            quotes,
            backslashes,
            opening,
            closing,
            controls,
            colons,
            braces,
        } = marks;
        let quotes = quotes & !reached.escaped(backslashes, length);
        let inside = within(quotes) ^ reached.in_string;
        reached.in_string = 0_u64.wrapping_sub(inside >> 63);
        let wrong = (controls & inside) | (backslashes & !inside);
        let mut brackets = (opening | closing) & !inside;
        if wrong != 0 {
            // Only the brackets before the first of them.
            brackets &= (wrong & wrong.wrapping_neg()) - 1;
        }
        let is_noting = NOTED != Outline::NOTHING;
        let mut colons = if is_noting { colons & !inside } else { 0 };
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            if is_noting {
                let before = colons & !(u64::MAX << at);
                colons ^= before;
                outline.note::<NOTED>(reached.open.depth(), before, from);
            }
            let is_object = (braces >> at) & 1 == 1;
            if (opening >> at) & 1 == 1 {
                reached.open.push(is_object, outer);
            } else {
                if reached.open.pop(outer) != Some(is_object) {
                    let problem = "this bracket does not close what was opened last";
                    return Err(Malformed {
                        offset: from + at,
                        problem,
                    });
                }
                if reached.open.depth() == 0 {
                    return Ok(Some(from + at + 1));
                }
                if NOTED == Outline::INNER && reached.open.depth() == 1 {
                    outline.ends.push(from + at + 1);
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
        if is_noting {
            outline.note::<NOTED>(reached.open.depth(), colons, from);
        }
        Ok(None)
    }
}

impl Reached {
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
