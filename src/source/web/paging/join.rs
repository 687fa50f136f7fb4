//! Pages to one document: arrays become one array, other values follow one another.

use bytes::Bytes;

/// What the pages have been so far; each has been found to be JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Joined {
    /// Nothing but white space.
    #[default]
    Nothing,
    /// Arrays, whose elements become those of one.
    Array { has_elements: bool },
    /// Objects and other values.
    Values,
    /// No page follows.
    Ended,
}

impl Joined {
    /// The bytes of the document that a page adds. The error says why it cannot, as the end of a sentence.
    pub(super) fn add(&mut self, page: Bytes) -> Result<Vec<Bytes>, &'static str> {
        let page = trimmed(&page);
        let elements = page
            .strip_prefix(b"[")
            .and_then(|rest| rest.strip_suffix(b"]"))
            .map(|elements| trimmed(&page.slice_ref(elements)));
        match (&mut *self, elements) {
            _ if page.is_empty() => Ok(Vec::new()),
            (Self::Values, Some(_)) => Err("it is an array, and they are not"),
            (Self::Array { .. }, None) => Err("they are arrays, and it is not"),
            (Self::Array { has_elements }, Some(elements)) => {
                let had_elements = *has_elements;
                *has_elements |= !elements.is_empty();
                let comma = (had_elements && !elements.is_empty()).then_some(Bytes::from_static(b",\n"));
                Ok(comma.into_iter().chain([elements]).collect())
            }
            (_, Some(elements)) => {
                let has_elements = !elements.is_empty();
                *self = Self::Array { has_elements };
                Ok(vec![Bytes::from_static(b"["), elements])
            }
            (_, None) => {
                *self = Self::Values;
                Ok(vec![page, Bytes::from_static(b"\n")])
            }
        }
    }

    /// What the document still lacks; asked for until it lacks nothing.
    pub(super) fn end(&mut self) -> Option<Bytes> {
        match std::mem::replace(self, Self::Ended) {
            Self::Array { .. } => Some(Bytes::from_static(b"\n]")),
            Self::Nothing | Self::Values | Self::Ended => None,
        }
    }
}

/// Without the white space of JSON at both ends.
fn trimmed(bytes: &Bytes) -> Bytes {
    bytes.slice_ref(bytes.trim_ascii())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn joined(pages: &[&str]) -> Result<String, &'static str> {
        let mut joined = Joined::default();
        let mut bytes = Vec::new();
        for page in pages {
            for piece in joined.add(Bytes::copy_from_slice(page.as_bytes()))? {
                bytes.extend_from_slice(&piece);
            }
        }
        while let Some(end) = joined.end() {
            bytes.extend_from_slice(&end);
        }
        Ok(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn arrays_become_one_array_and_values_follow_one_another() {
        for (pages, expected) in [
            (&["[1,2]", "[3]"][..], "[1,2,\n3\n]"),
            (&[" [ 1 ]\n", "[]", "\t[ ]", "[[2]]", ""], "[1,\n[2]\n]"),
            (&["[]", "[1]"], "[1\n]"),
            (&["[]", "[]"], "[\n]"),
            (&["", " [1] "], "[1\n]"),
            (&["{\"a\":[1]}", " {\"a\":[]} "], "{\"a\":[1]}\n{\"a\":[]}\n"),
            (&["1\n2", "\"[\""], "1\n2\n\"[\"\n"),
            (&["", " "], ""),
            (&[], ""),
        ] {
            assert_eq!(joined(pages).unwrap(), expected, "{pages:?}");
        }
        assert!(joined(&["[1]", "{}"]).is_err());
        assert!(joined(&["{}", "[1]"]).is_err());
    }
}
