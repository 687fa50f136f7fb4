//! What the host takes a wide character to be: UTF-16, or UCS-4 under an iODBC that does not ask.

use std::sync::atomic::{AtomicU8, Ordering};

use super::memory::Address;

/// Bytes of an `SQLWCHAR`, as far as is known.
static UNIT: AtomicU8 = AtomicU8::new(UNKNOWN);

const UNKNOWN: u8 = 0;
const UTF16: u8 = 2;
const UCS4: u8 = 4;

/// Whether wide characters have four bytes.
pub fn is_ucs4() -> bool {
    UNIT.load(Ordering::Relaxed) == UCS4
}

/// Looks at the first wide text of a process, the connection string or the name of a data source.
///
/// For unixODBC a wide character is UTF-16; an iODBC that has not asked by then hands on the four bytes of `wchar_t`.
/// It may be linked into the program, so that the text itself must tell: read as UTF-16, it is one character long, which
/// makes no sense, and goes on behind its end in the same way.
pub fn look(text: Address) {
    if UNIT.load(Ordering::Relaxed) != UNKNOWN || text.is_null() {
        return;
    }
    let libraries = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let unit = if !libraries.contains("/libodbc.so") && is_ucs4_text(text) {
        UCS4
    } else {
        UTF16
    };
    UNIT.store(unit, Ordering::Relaxed);
}

/// Whether every other unit of the first two characters is empty. What stands behind a UTF-16 text is only read where
/// the text is a single character.
fn is_ucs4_text(text: Address) -> bool {
    let unit = |at: usize| text.forward(at * 2).read::<u16>();
    unit(0) != Some(0) && unit(1) == Some(0) && unit(2) != Some(0) && unit(3) == Some(0)
}

/// The driver manager asked, and converts what it hands on to what it is answered.
pub fn agree_on_utf16() {
    UNIT.store(UTF16, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_tells_how_wide_its_characters_are() {
        let wide: Vec<u32> = "DSN=x\0".chars().map(u32::from).collect();
        assert!(is_ucs4_text(Address::of(wide.as_ptr())));
        let utf16: Vec<u16> = "DSN=x\0".encode_utf16().collect();
        assert!(!is_ucs4_text(Address::of(utf16.as_ptr())));
        assert!(!is_ucs4_text(Address::of([0_u16; 4].as_ptr())));
        assert!(!is_ucs4_text(Address::of([0x41_u16, 0, 0, 0].as_ptr())));
    }
}
