//! Opaque handles: numbers that programs hold in the place of pointers, checked without looking at any memory.

use std::ffi::c_void;
use std::sync::Arc;

/// A handle as a program holds it: generation (32 bits), kind (4), slot (28). It is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

const SLOT_BITS: u32 = 28;
const KIND_BITS: u32 = 4;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const KIND_MASK: u64 = (1 << KIND_BITS) - 1;

impl Token {
    fn new(slot: usize, kind: u8, generation: u32) -> Option<Self> {
        let slot = u64::try_from(slot).ok().filter(|slot| *slot <= SLOT_MASK)?;
        let kind = u64::from(kind) & KIND_MASK;
        Some(Self(
            u64::from(generation) << (SLOT_BITS + KIND_BITS) | kind << SLOT_BITS | slot,
        ))
    }

    /// The token a program passed, right or wrong.
    pub fn of(handle: *mut c_void) -> Self {
        Self(u64::try_from(handle.addr()).unwrap_or_default())
    }

    /// The handle to give to the program.
    pub fn handle(self) -> *mut c_void {
        std::ptr::without_provenance_mut(usize::try_from(self.0).unwrap_or_default())
    }

    /// A number that tells the living handles apart, for names.
    pub fn slot(self) -> usize {
        usize::try_from(self.0 & SLOT_MASK).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    held: Option<(Token, Arc<T>)>,
}

/// What the living handles stand for.
#[derive(Debug)]
pub struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<usize>,
}

impl<T> Slots<T> {
    /// No handle yet.
    pub const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Enters what `make` makes for its token. `kind` is one of 16, and part of the token: a handle of one kind is never
    /// taken for one of another. None when no number is left.
    pub fn insert(&mut self, kind: u8, make: impl FnOnce(Token) -> T) -> Option<Arc<T>> {
        let index = self.free.pop().unwrap_or(self.slots.len());
        if index == self.slots.len() {
            self.slots.push(Slot {
                generation: 0,
                held: None,
            });
        }
        let slot = self.slots.get_mut(index)?;
        // From 1, so that no token is null; a slot used 2³² times is worn out and stays empty.
        slot.generation = slot.generation.checked_add(1)?;
        let token = Token::new(index, kind, slot.generation)?;
        let value = Arc::new(make(token));
        slot.held = Some((token, value.clone()));
        Some(value)
    }

    /// What the handle stands for, if it lives.
    pub fn find(&self, token: Token) -> Option<Arc<T>> {
        let (held, value) = self.slots.get(token.slot())?.held.as_ref()?;
        (*held == token).then(|| value.clone())
    }

    /// Removes a handle. None when somebody else has.
    pub fn remove(&mut self, token: Token) -> Option<Arc<T>> {
        let slot = self.slots.get_mut(token.slot())?;
        let (_, value) = slot.held.take_if(|(held, _)| *held == token)?;
        self.free.push(token.slot());
        Some(value)
    }
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_another_kind_or_generation_finds_nothing() {
        let mut slots = Slots::new();
        let first = *slots.insert(5, |token| token).unwrap();
        assert_eq!(slots.find(first).as_deref(), Some(&first));
        let other_kind = Token::new(first.slot(), 6, 1).unwrap();
        assert!(slots.find(other_kind).is_none() && slots.remove(other_kind).is_none());
        assert!(slots.remove(first).is_some() && slots.remove(first).is_none());
        let second = *slots.insert(5, |token| token).unwrap();
        assert_eq!(first.slot(), second.slot());
        assert!(slots.find(first).is_none() && slots.find(second).is_some());
    }

    #[test]
    fn tokens_survive_the_way_through_a_pointer() {
        let token = Token::new(12_345, 4, u32::MAX).unwrap();
        assert_eq!(Token::of(token.handle()), token);
        assert_eq!(token.slot(), 12_345);
    }
}
