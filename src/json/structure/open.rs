//! The arrays and objects that are open: a bit a level.

/// A stack of brackets.
#[derive(Debug, Default)]
pub(in crate::json) struct Open {
    pub(super) top: Top,
    pub(super) outer: Outer,
}

/// The innermost up to 64 levels: a copy of its own, which a loop can hold in registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Top {
    depth: usize,
    /// The innermost level lowest; 1 is an object.
    bits: u64,
}

/// The levels around them, 64 in each.
#[derive(Debug, Default)]
pub(super) struct Outer(Vec<u64>);

impl Open {
    /// Opens an object, or else an array.
    #[inline]
    pub(in crate::json) fn push(&mut self, is_object: bool) {
        self.top.push(is_object, &mut self.outer);
    }

    /// Closes the innermost level; answers whether it is an object, and nothing when nothing is open.
    #[inline]
    pub(in crate::json) fn pop(&mut self) -> Option<bool> {
        self.top.pop(&mut self.outer)
    }

    /// Whether the innermost level is an object; none when nothing is open.
    #[inline]
    pub(in crate::json) fn innermost(&self) -> Option<bool> {
        self.top.innermost()
    }
}

impl Top {
    #[inline(always)]
    pub(super) fn push(&mut self, is_object: bool, outer: &mut Outer) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            outer.keep(self.bits);
        }
        self.bits = (self.bits << 1) | u64::from(is_object);
        self.depth += 1;
    }

    #[inline(always)]
    pub(super) fn pop(&mut self, outer: &mut Outer) -> Option<bool> {
        let innermost = self.innermost()?;
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = outer.take();
        }
        Some(innermost)
    }

    #[inline(always)]
    fn innermost(self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }

    /// How many levels are open.
    #[inline(always)]
    pub(super) fn depth(self) -> usize {
        self.depth
    }
}

impl Outer {
    #[cold]
    fn keep(&mut self, bits: u64) {
        self.0.push(bits);
    }

    #[cold]
    fn take(&mut self) -> u64 {
        self.0.pop().unwrap_or_default()
    }
}
