//! The members known at one level of an object, found quickly when they come in the order of the record before.

use std::collections::HashMap;

/// An ordered map from member name to `T`.
#[derive(Clone, Debug)]
pub(super) struct Members<T> {
    entries: Vec<Member<T>>,
    index: HashMap<Box<str>, usize>,
}

#[derive(Clone, Debug)]
struct Member<T> {
    name: Box<str>,
    /// Whether the name is written in JSON as it is.
    is_plain: bool,
    value: T,
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
            Some(member) if *member.name == *key => Some(expected),
            _ => self.index.get(key).copied(),
        }
    }

    /// The name at a place, if it is written in JSON as it is.
    #[inline]
    pub(super) fn plain_name(&self, place: usize) -> Option<&str> {
        let member = self.entries.get(place)?;
        member.is_plain.then_some(&*member.name)
    }

    /// The value at a place.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut T> {
        self.entries.get_mut(place).map(|member| &mut member.value)
    }

    /// The value of `key`, made by `make` when it is new.
    pub(super) fn entry(&mut self, key: &str, expected: usize, make: impl FnOnce() -> T) -> (usize, Option<&mut T>) {
        let place = self.place(key, expected).unwrap_or_else(|| {
            let place = self.entries.len();
            self.entries.push(Member {
                name: key.into(),
                is_plain: !key.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)),
                value: make(),
            });
            self.index.insert(key.into(), place);
            place
        });
        (place, self.at(place))
    }

    /// Every name with its value, in first-seen order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|member| (&*member.name, &member.value))
    }

    /// Every value, in first-seen order.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut().map(|member| &mut member.value)
    }
}
