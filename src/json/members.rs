//! The members known at one level of an object, found quickly when they come in the order of the record before.

use std::collections::HashMap;

/// An ordered map from member name to `T`.
#[derive(Debug)]
pub(super) struct Members<T> {
    entries: Vec<(Box<str>, T)>,
    index: HashMap<Box<str>, usize>,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T> Members<T> {
    /// The place of `key`; `expected` is where it is if records repeat their order.
    pub(super) fn place(&self, key: &str, expected: usize) -> Option<usize> {
        match self.entries.get(expected) {
            Some((name, _)) if **name == *key => Some(expected),
            _ => self.index.get(key).copied(),
        }
    }

    /// The value at a place.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut T> {
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// The value of `key`, made by `make` when it is new.
    pub(super) fn entry(&mut self, key: &str, expected: usize, make: impl FnOnce() -> T) -> (usize, Option<&mut T>) {
        let place = self.place(key, expected).unwrap_or_else(|| {
            let place = self.entries.len();
            self.entries.push((key.into(), make()));
            self.index.insert(key.into(), place);
            place
        });
        (place, self.at(place))
    }

    /// Every value, in first-seen order.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut().map(|(_, value)| value)
    }
}
