//! GUIDs in text: `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in braces or without.

use odbc_sys::Guid;

/// Reads a GUID, blanks around it allowed.
pub(super) fn parse(text: &str) -> Option<Guid> {
    let text = text.trim_matches(' ');
    let text = text
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(text);
    let mut groups = text.split('-');
    let mut group = |length: usize| {
        let digits = groups.next()?;
        let hexadecimal = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hexadecimal.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
    };
    let (first, second, third, fourth, fifth) = (group(8)?, group(4)?, group(4)?, group(4)?, group(12)?);
    if groups.next().is_some() {
        return None;
    }
    Some(Guid {
        d1: u32::try_from(first).ok()?,
        d2: u16::try_from(second).ok()?,
        d3: u16::try_from(third).ok()?,
        d4: ((fourth << 48) | fifth).to_be_bytes(),
    })
}

/// The text of a GUID, in capitals as programs of the platform that defined it print it.
pub(super) fn format(guid: &Guid) -> String {
    let tail = u64::from_be_bytes(guid.d4);
    format!(
        "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}",
        guid.d1,
        guid.d2,
        guid.d3,
        tail >> 48,
        tail & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_survives_text() {
        let text = "01234567-89AB-CDEF-0123-456789ABCDEF";
        let guid = parse(text).unwrap();
        assert_eq!(guid.d1, 0x0123_4567);
        assert_eq!(guid.d4, [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]);
        assert_eq!(format(&guid), text);
        assert_eq!(parse(" {01234567-89ab-cdef-0123-456789abcdef} "), Some(guid));
    }

    #[test]
    fn other_text_is_no_guid() {
        for text in [
            "",
            "0123",
            "01234567-89AB-CDEF-0123-456789ABCDEF-",
            "0123456g-89AB-CDEF-0123-456789ABCDEF",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
