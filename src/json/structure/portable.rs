//! The marks of a lane on any processor, eight bytes at a time.

use super::{Lane, Marks};

const ONES: u64 = u64::MAX / 0xFF;
const HIGHS: u64 = ONES << 7;

/// Where the characters are that make structure.
pub(super) fn marks(lane: &Lane) -> Marks {
    let mut marks = Marks {
        quotes: 0,
        backslashes: 0,
        opening: 0,
        closing: 0,
        controls: 0,
        colons: 0,
        braces: 0,
    };
    let (words, _) = lane.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // An opening bracket and a brace differ in one bit, as do the closing ones.
        let either = word | (ONES * 0x20);
        let put = |mask: &mut u64, found: u64| *mask |= gathered(found) << (8 * place);
        put(&mut marks.quotes, equal(word, b'"'));
        put(&mut marks.backslashes, equal(word, b'\\'));
        put(&mut marks.opening, equal(either, b'{'));
        put(&mut marks.closing, equal(either, b'}'));
        put(&mut marks.colons, equal(word, b':'));
        put(&mut marks.braces, (word << 2) & HIGHS);
        put(&mut marks.controls, zero(word & (ONES * 0xE0)));
    }
    marks
}

/// A bit for every byte from a quote up to the next.
pub(super) fn within(quotes: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].iter().fold(quotes, |bits, by| bits ^ (bits << by))
}

/// The high bit of every byte that is `byte`.
fn equal(word: u64, byte: u8) -> u64 {
    zero(word ^ (ONES * u64::from(byte)))
}

/// The high bit of every byte that is zero.
fn zero(word: u64) -> u64 {
    !(((word & !HIGHS) + !HIGHS) | word) & HIGHS
}

/// The high bits of eight bytes, side by side.
fn gathered(highs: u64) -> u64 {
    (highs >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// How many bytes of a string come before a quote, a backslash or a control character.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, b'"') | equal(word, b'\\') | zero(word & (ONES * 0xE0));
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    words.len() * 8 + tail.iter().position(special).unwrap_or(tail.len())
}
