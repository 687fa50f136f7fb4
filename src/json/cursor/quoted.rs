//! Member names as JSON writes them, compared with many bytes at once.

/// The bytes that are compared at once.
const WINDOW: usize = 16;

/// A member name in its quotes, which needs no escapes.
#[derive(Clone, Debug)]
pub(in crate::json) struct Quoted {
    written: Box<[u8]>,
    /// The same as a number whose lowest byte is the first one, and as one whose highest byte is the last; 0 where it is
    /// longer than a window.
    leading: u128,
    trailing: u128,
    /// Where the bytes of these are.
    leading_mask: u128,
    trailing_mask: u128,
}

impl Quoted {
    /// None of a name that needs escapes.
    pub(in crate::json) fn of(name: &str) -> Option<Self> {
        if name.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)) {
            return None;
        }
        let written: Box<[u8]> = format!("\"{name}\"").into_bytes().into();
        let spare = WINDOW
            .checked_sub(written.len())
            .and_then(|spare| u32::try_from(spare).ok());
        let leading = written
            .iter()
            .rev()
            .fold(0, |text, &byte| (text << 8) | u128::from(byte));
        Some(match spare.map(|spare| spare * 8) {
            Some(spare) => Self {
                written,
                leading,
                trailing: leading << spare,
                leading_mask: u128::MAX >> spare,
                trailing_mask: u128::MAX << spare,
            },
            None => Self {
                written,
                leading: 0,
                trailing: 0,
                leading_mask: 0,
                trailing_mask: 0,
            },
        })
    }

    /// How many bytes it has, with its quotes.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.written.len()
    }

    /// Whether `bytes` begin with it.
    #[inline(always)]
    pub(super) fn begins(&self, bytes: &[u8]) -> bool {
        match bytes.first_chunk::<WINDOW>() {
            Some(window) if self.leading_mask != 0 => u128::from_le_bytes(*window) & self.leading_mask == self.leading,
            _ => bytes.starts_with(&self.written),
        }
    }

    /// Whether `bytes` end with it.
    #[inline(always)]
    pub(super) fn ends(&self, bytes: &[u8]) -> bool {
        match bytes.last_chunk::<WINDOW>() {
            Some(window) if self.leading_mask != 0 => {
                u128::from_le_bytes(*window) & self.trailing_mask == self.trailing
            }
            _ => bytes.ends_with(&self.written),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_name_is_found_where_it_is_written(
            name in "[a-cé]{0,18}", other in "[a-cé]{0,18}", around in "[ ,:{\"a]{0,20}",
        ) {
            let quoted = Quoted::of(&name).unwrap();
            for text in [format!("{around}\"{name}\""), format!("{around}\"{other}\""), around.clone()] {
                prop_assert_eq!(quoted.ends(text.as_bytes()), text.ends_with(&format!("\"{name}\"")), "{}", text);
            }
            for text in [format!("\"{name}\"{around}"), format!("\"{other}\"{around}"), around.clone()] {
                prop_assert_eq!(quoted.begins(text.as_bytes()), text.starts_with(&format!("\"{name}\"")), "{}", text);
            }
        }
    }

    #[test]
    fn names_that_need_escapes_are_not_written_as_they_are() {
        for name in ["\"", "a\\", "\u{1f}", "\n"] {
            assert!(Quoted::of(name).is_none(), "{name:?}");
        }
    }
}
