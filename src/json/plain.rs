//! Passing over the plain content of strings, several bytes at a time.

/// How many bytes of a string come before a quote, a backslash or a control character.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    // Eight bytes in a word. A byte that is zero, or below another, leaves its high bit after a subtraction; a borrow
    // can only reach bytes above the first such byte, and that one is asked for.
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGHS: u64 = ONES << 7;
    const fn below(word: u64, limit: u64) -> u64 {
        word.wrapping_sub(ONES * limit) & !word & HIGHS
    }
    let (words, tail) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (ONES * b'"' as u64), 1);
        let backslash = below(word ^ (ONES * b'\\' as u64), 1);
        let found = quote | backslash | below(word, 0x20);
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    words.len() * 8 + tail.iter().position(special).unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_plain_content_is_found_at_every_place() {
        for length in 0..40 {
            for special in ["\"", "\\", "\n", "\u{0}", "\u{1f}"] {
                for follows in ["", "\"", "!\"\\\u{0} #[]"] {
                    let text = format!(
                        "{}{special}{follows}",
                        "é !#[]^\u{7f}\u{ff}".chars().cycle().take(length).collect::<String>()
                    );
                    let expected = text.find(special);
                    assert_eq!(Some(plain_length(text.as_bytes())), expected, "{text:?}");
                }
            }
        }
    }
}
