//! The arrays and objects that are open: a bit a level.

/// A stack of brackets.
#[derive(Debug, Default)]
pub(in crate::json) struct Open {
    depth: usize,
    /// The last up to 64 levels, the innermost lowest; 1 is an object.
    bits: u64,
    /// The levels before, 64 in each.
    outer: Vec<u64>,
}

impl Open {
    /// Opens an object, or else an array.
    #[inline]
    pub(in crate::json) fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = (self.bits << 1) | u64::from(is_object);
        self.depth += 1;
    }

    /// Closes the innermost level; answers whether it is an object, and nothing when nothing is open.
    #[inline]
    pub(in crate::json) fn pop(&mut self) -> Option<bool> {
        let innermost = self.innermost()?;
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
        Some(innermost)
    }

    /// Whether the innermost level is an object; none when nothing is open.
    #[inline]
    pub(in crate::json) fn innermost(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }

    /// How many levels are open.
    #[inline]
    pub(in crate::json) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether nothing is open.
    #[inline]
    pub(in crate::json) fn is_empty(&self) -> bool {
        self.depth == 0
    }
}
