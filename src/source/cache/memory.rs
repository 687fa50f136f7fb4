//! What the process keeps in memory: what was used last, up to the largest bound that any of its connections has.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use once_cell::sync::Lazy;
use parking_lot::Mutex;

use super::Name;

static KEPT: Lazy<Mutex<Kept>> = Lazy::new(Mutex::default);

#[derive(Default)]
struct Kept {
    contents: HashMap<Name, (Bytes, u64)>,
    /// By when they were used.
    uses: BTreeMap<u64, Name>,
    clock: u64,
    bytes: u64,
    most: u64,
}

/// What is kept under a name.
pub(super) fn find(name: Name) -> Option<Bytes> {
    KEPT.lock().find(name)
}

/// Keeps something for a connection that grants `most` bytes, and lets go of what was not used for longest until all fit.
pub(super) fn keep(name: Name, bytes: Bytes, most: u64) {
    KEPT.lock().keep(name, bytes, most);
}

impl Kept {
    fn find(&mut self, name: Name) -> Option<Bytes> {
        let (bytes, used) = self.contents.get_mut(&name)?;
        self.uses.remove(used);
        self.clock += 1;
        *used = self.clock;
        self.uses.insert(self.clock, name);
        Some(bytes.clone())
    }

    fn keep(&mut self, name: Name, bytes: Bytes, most: u64) {
        self.remove(name);
        self.most = self.most.max(most);
        self.clock += 1;
        self.bytes += length(&bytes);
        self.uses.insert(self.clock, name);
        self.contents.insert(name, (bytes, self.clock));
        while self.bytes > self.most
            && let Some((_, oldest)) = self.uses.first_key_value()
        {
            self.remove(*oldest);
        }
    }

    fn remove(&mut self, name: Name) {
        if let Some((bytes, used)) = self.contents.remove(&name) {
            self.uses.remove(&used);
            self.bytes -= length(&bytes);
        }
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let name = |number: u8| Name::of(&[&number.to_string()]);
        let bytes = |length: usize| Bytes::from(vec![7; length]);
        let mut kept = Kept::default();
        for number in 1..=4 {
            kept.keep(name(number), bytes(10), 40);
        }
        assert!(kept.find(name(1)).is_some());
        kept.keep(name(5), bytes(20), 40);
        let left: Vec<_> = (1..=5)
            .filter(|number| kept.contents.contains_key(&name(*number)))
            .collect();
        assert_eq!((left, kept.bytes), (vec![1, 4, 5], 40));
        kept.keep(name(5), bytes(1), 40);
        assert_eq!((kept.bytes, kept.uses.len()), (21, 3));
        // Another connection grants less, and takes nothing away.
        kept.keep(name(5), bytes(2), 10);
        assert_eq!(kept.bytes, 22);
        kept.keep(name(6), bytes(41), 40);
        assert_eq!((kept.bytes, kept.contents.len(), kept.uses.len()), (0, 0, 0));
    }
}
