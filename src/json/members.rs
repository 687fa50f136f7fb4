//! The members known at one level of an object, found quickly when they come in the order of the record before.

use std::collections::HashMap;

use super::cursor::Quoted;

/// An ordered map from member name to `T`.
#[derive(Clone, Debug)]
pub(super) struct Members<T> {
    entries: Vec<Member<T>>,
    /// How the name of each is written, if it is written as it is.
    written: Vec<Option<Quoted>>,
    index: HashMap<Box<str>, usize>,
}

#[derive(Clone, Debug)]
struct Member<T> {
    name: Box<str>,
    value: T,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            written: Vec::new(),
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

    /// How the name at a place is written in JSON, if it is written as it is.
    #[inline]
    pub(super) fn written(&self, place: usize) -> Option<&Quoted> {
        self.written.get(place)?.as_ref()
    }

    /// The value at a place.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut T> {
        self.entries.get_mut(place).map(|member| &mut member.value)
    }

    /// The value of `key`, made by `make` when it is new.
    pub(super) fn entry(&mut self, key: &str, expected: usize, make: impl FnOnce() -> T) -> (usize, Option<&mut T>) {
        let place = self.place(key, expected).unwrap_or_else(|| {
            let place = self.entries.len();
            let value = make();
            self.entries.push(Member {
                name: key.into(),
                value,
            });
            self.written.push(Quoted::of(key));
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
