//! From a passphrase to a key: Argon2id (RFC 9106) with the cost and the salt that the header names.

use std::collections::HashMap;
use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use once_cell::sync::Lazy;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::secret::Secret;

use super::keys::{KEY_LENGTH, Key};
use super::unreadable::Unreadable;

const ALGORITHM: &str = "argon2id";
const SALT_LENGTH: usize = 16;

/// What is written: the least that OWASP recommends, some 40 ms once a process.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is read: a header says what it costs to open before it can be authenticated.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// Derived keys of this process, by a fingerprint of what they are derived from. A few files and passphrases at most;
/// beyond that they are derived again.
static DERIVED: Lazy<Mutex<HashMap<[u8; 32], Key>>> = Lazy::new(Mutex::default);
const MOST_DERIVED: usize = 32;

/// How a key is derived: everything but the passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derivation {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; SALT_LENGTH],
}

impl Derivation {
    /// Today's cost with a fresh salt.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut salt = [0_u8; SALT_LENGTH];
        getrandom::fill(&mut salt)?;
        Ok(Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt,
        })
    }

    /// Whether it costs a thief at least what is written today.
    pub fn is_strong(&self) -> bool {
        self.memory_kib >= MEMORY_KIB && self.passes >= PASSES
    }

    /// Reads `argon2id m=… t=… p=… salt=…`.
    pub fn from_header(text: &str) -> Result<Self, Unreadable> {
        let damaged = Unreadable::WrongKeyOrDamaged;
        let mut words = text.split(' ');
        if words.next() != Some(ALGORITHM) {
            return Err(Unreadable::Newer);
        }
        let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        // Compared as wide numbers, so that no cost is too large to be seen as too large.
        let mut cost = |name, most: u32| {
            let cost: u64 = value(name).and_then(|text| text.parse().ok()).ok_or(damaged)?;
            match u32::try_from(cost) {
                Ok(cost) if cost <= most => Ok(cost),
                _ => Err(Unreadable::TooCostly),
            }
        };
        let memory_kib = cost("m", MOST_MEMORY_KIB)?;
        let passes = cost("t", MOST_PASSES)?;
        let lanes = cost("p", MOST_LANES)?;
        let salt = value("salt")
            .and_then(|text| STANDARD.decode(text).ok())
            .ok_or(damaged)?;
        if words.next().is_some() {
            return Err(damaged);
        }
        Ok(Self {
            memory_kib,
            passes,
            lanes,
            salt: salt.try_into().map_err(|_| damaged)?,
        })
    }

    /// The key of a passphrase. Takes the memory and time it says, the first time in a process.
    pub fn key(&self, passphrase: &Secret) -> Result<Key, Unreadable> {
        // The same letters typed on another system may arrive composed differently.
        let mut normal = Zeroizing::new(String::with_capacity(passphrase.expose().len() * 4));
        normal.extend(passphrase.expose().nfkc());

        let name: [u8; 32] = Sha256::new()
            .chain_update(self.to_string())
            .chain_update([0])
            .chain_update(normal.as_bytes())
            .finalize()
            .into();
        if let Some(key) = DERIVED.lock().get(&name) {
            return Ok(key.clone());
        }
        // Not under the lock: another file's key need not wait for this one.
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_LENGTH))
            .map_err(|_| Unreadable::WrongKeyOrDamaged)?;
        let mut key = Zeroizing::new([0_u8; KEY_LENGTH]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normal.as_bytes(), &self.salt, key.as_mut())
            .map_err(|error| match error {
                argon2::Error::OutOfMemory => Unreadable::OutOfMemory,
                _ => Unreadable::WrongKeyOrDamaged,
            })?;
        let key = Secret::new(*key);
        let mut derived = DERIVED.lock();
        if derived.len() >= MOST_DERIVED {
            derived.clear();
        }
        derived.insert(name, key.clone());
        Ok(key)
    }
}

/// As the header says it.
impl fmt::Display for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            memory_kib,
            passes,
            lanes,
            salt,
        } = self;
        let salt = STANDARD.encode(salt);
        write!(f, "{ALGORITHM} m={memory_kib} t={passes} p={lanes} salt={salt}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CHEAP: Derivation = Derivation {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
        salt: [7; SALT_LENGTH],
    };

    fn key(derivation: &Derivation, passphrase: &str) -> [u8; KEY_LENGTH] {
        *derivation.key(&Secret::from(passphrase)).unwrap().expose()
    }

    #[test]
    fn what_the_header_says_is_what_is_derived_with() {
        let derivation = Derivation::fresh().unwrap();
        let text = derivation.to_string();
        assert!(text.starts_with("argon2id m=19456 t=2 p=1 salt="), "{text}");
        assert_eq!(Derivation::from_header(&text), Ok(derivation));
        assert!(derivation.is_strong() && !CHEAP.is_strong());
        assert_ne!(derivation, Derivation::fresh().unwrap());
    }

    #[test]
    fn a_key_depends_on_passphrase_salt_and_cost() {
        let expected = key(&CHEAP, "a passphrase");
        assert_eq!(key(&CHEAP, "a passphrase"), expected);
        assert_ne!(key(&CHEAP, "A passphrase"), expected);
        let other_salt = [8; SALT_LENGTH];
        assert_ne!(
            key(
                &Derivation {
                    salt: other_salt,
                    ..CHEAP
                },
                "a passphrase"
            ),
            expected
        );
        assert_ne!(key(&Derivation { passes: 2, ..CHEAP }, "a passphrase"), expected);
        assert_ne!(
            key(
                &Derivation {
                    memory_kib: 16,
                    ..CHEAP
                },
                "a passphrase"
            ),
            expected
        );
    }

    #[test]
    fn a_passphrase_is_the_same_however_its_letters_are_composed() {
        assert_eq!(key(&CHEAP, "cafe\u{301} \u{ff11}"), key(&CHEAP, "caf\u{e9} 1"));
    }

    #[test]
    fn the_key_is_that_of_the_reference_implementation() {
        // As libargon2 answers for these inputs.
        let derivation = Derivation {
            memory_kib: 64,
            passes: 2,
            lanes: 1,
            salt: *b"somesaltsomesalt",
        };
        let hex: String = key(&derivation, "password")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, "1a98fba8e6394425c9bdc333a9c750aaf811df070f5fb4a5788e1cf4db5793a1");
    }

    #[test]
    fn a_cost_beyond_reason_is_refused_before_anything_is_derived() {
        let salt = STANDARD.encode([0_u8; SALT_LENGTH]);
        for cost in [
            "m=1048577 t=2 p=1",
            "m=4294967296 t=2 p=1",
            "m=18446744073709551615 t=2 p=1",
            "m=19456 t=17 p=1",
            "m=19456 t=2 p=17",
        ] {
            let text = format!("argon2id {cost} salt={salt}");
            assert_eq!(Derivation::from_header(&text), Err(Unreadable::TooCostly), "{text}");
        }
        assert!(Derivation::from_header(&format!("argon2id m=1048576 t=16 p=16 salt={salt}")).is_ok());
    }

    #[test]
    fn a_line_that_makes_no_sense_is_damage_and_an_unknown_algorithm_is_newer() {
        let salt = STANDARD.encode([0_u8; SALT_LENGTH]);
        for text in [
            "argon2id".to_owned(),
            format!("argon2id m=-1 t=2 p=1 salt={salt}"),
            format!("argon2id m=19456 t=2 salt={salt}"),
            format!("argon2id t=2 m=19456 p=1 salt={salt}"),
            format!("argon2id m=19456 t=2 p=1 salt={salt} more"),
            "argon2id m=19456 t=2 p=1 salt=AAAA".to_owned(),
        ] {
            assert_eq!(
                Derivation::from_header(&text),
                Err(Unreadable::WrongKeyOrDamaged),
                "{text}"
            );
        }
        assert_eq!(Derivation::from_header("scrypt N=1"), Err(Unreadable::Newer));
        // Costs that Argon2 itself does not know.
        for cost in ["m=0 t=2 p=1", "m=19456 t=0 p=1", "m=19456 t=2 p=0", "m=16 t=1 p=16"] {
            let derivation = Derivation::from_header(&format!("argon2id {cost} salt={salt}")).unwrap();
            let refused = derivation.key(&Secret::from("p")).err();
            assert_eq!(refused, Some(Unreadable::WrongKeyOrDamaged), "{cost}");
        }
    }
}
