//! Why a text is not JSON.

/// Why a text is not JSON, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The offset of the offending byte in the text.
    pub offset: usize,
    /// What is wrong there, as the end of a sentence.
    pub problem: &'static str,
}
