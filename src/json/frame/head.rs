//! The encoding of a document that is not UTF-8, as far as its first bytes tell.

/// The first bytes of a document. They may come one by one.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: [u8; 4],
    known: usize,
}

impl Head {
    /// Takes what comes next.
    pub(super) fn add(&mut self, chunk: &[u8]) {
        let unknown = self.bytes.iter_mut().skip(self.known);
        self.known += unknown.zip(chunk).map(|(byte, came)| *byte = *came).count();
    }

    /// Whether all of them have come.
    pub(super) fn is_known(&self) -> bool {
        self.known == self.bytes.len()
    }

    /// UTF-16 or UTF-32, which no JSON in UTF-8 looks like: it begins with two ASCII characters, and none of them is NUL.
    pub(super) fn encoding(&self) -> Option<&'static str> {
        match self.bytes {
            _ if !self.is_known() => None,
            [0, 0, 0, 0] => None,
            [0, 0, 0xFE, 0xFF] | [0xFF, 0xFE, 0, 0] | [0, 0, 0, _] | [_, 0, 0, 0] => Some("UTF-32"),
            [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, _, 0, _] | [_, 0, _, 0] => Some("UTF-16"),
            _ => None,
        }
    }
}
