//! The file's shape: a text header, then AES-256-GCM over everything else, in Base64.
//!
//! ```text
//! # OAuth settings (encrypted; do not edit)
//! ODBC-OAUTH-SETTINGS/1
//! cipher: AES-256-GCM
//! key: builtin-1 | pass argon2id m=<KiB> t=<passes> p=<lanes> salt=<base64 of 16 bytes> | raw-1
//! salt: <base64 of 32 bytes, new each write>
//! nonce: <base64 of 12 bytes, new each write>
//!
//! <base64 of ciphertext and tag, 76 columns>
//! ```
//! The header up to and with the blank line is authenticated too. It is read without a byte order mark and with LF
//! line ends, so that a copy that was made as text still opens.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::keys::{Keys, SALT_LENGTH, Slot};
use super::unreadable::Unreadable;

const MAGIC: &str = "ODBC-OAUTH-SETTINGS/";
const VERSION: &str = "1";
const CIPHER: &str = "AES-256-GCM";
const NONCE_LENGTH: usize = 12;
const COLUMNS: usize = 76;

/// Why nothing was encrypted.
#[derive(Clone, Copy, Debug)]
pub enum CannotSeal {
    /// The system gave no random numbers.
    NoRandomNumbers,
    /// There is not enough memory to derive the key or to encrypt with it.
    NoMemory,
}

impl From<getrandom::Error> for CannotSeal {
    fn from(_: getrandom::Error) -> Self {
        Self::NoRandomNumbers
    }
}

/// What a file holds. Not to be printed.
pub struct Opened {
    /// The payload.
    pub plain: Zeroizing<Vec<u8>>,
    /// What it was encrypted with.
    pub slot: Slot,
}

/// Encrypts `plain` with the configured key, in the slot `current` where that is one of this key, and with a fresh
/// salt and nonce.
pub fn seal(plain: &[u8], keys: &Keys, current: Option<Slot>) -> Result<String, CannotSeal> {
    seal_in(plain, keys, keys.writing_slot(current)?)
}

/// Encrypts `plain` in this slot.
pub(super) fn seal_in(plain: &[u8], keys: &Keys, slot: Slot) -> Result<String, CannotSeal> {
    let mut salt = [0_u8; SALT_LENGTH];
    let mut nonce = [0_u8; NONCE_LENGTH];
    getrandom::fill(&mut salt)?;
    getrandom::fill(&mut nonce)?;

    let header = format!(
        "# OAuth settings (encrypted; do not edit)\n{MAGIC}{VERSION}\ncipher: {CIPHER}\nkey: {}\nsalt: {}\nnonce: {}\n\n",
        slot.header(),
        STANDARD.encode(salt),
        STANDARD.encode(nonce),
    );
    let key = keys.file_key(&slot, &salt).map_err(|_| CannotSeal::NoMemory)?;
    let cipher = Aes256Gcm::new(&(*key).into());
    let payload = Payload {
        msg: plain,
        aad: header.as_bytes(),
    };
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| CannotSeal::NoMemory)?;

    let mut text = header;
    let body = STANDARD.encode(sealed);
    let mut column = 0;
    for character in body.chars() {
        if column == COLUMNS {
            text.push('\n');
            column = 0;
        }
        text.push(character);
        column += 1;
    }
    text.push('\n');
    Ok(text)
}

/// Decrypts what [`seal`] wrote, with the key of the slot that the header names.
pub fn open(bytes: &[u8], keys: &Keys) -> Result<Opened, Unreadable> {
    let damaged = Unreadable::WrongKeyOrDamaged;
    let (text, end) = text(bytes)?;
    let (header, body) = text.split_at_checked(end).ok_or(damaged)?;
    let Header { slot, salt, nonce } = Header::parse(header)?;

    let body: String = body.split_ascii_whitespace().collect();
    let sealed = STANDARD.decode(body).map_err(|_| damaged)?;
    let cipher = Aes256Gcm::new(&(*keys.file_key(&slot, &salt)?).into());
    let payload = Payload {
        msg: &sealed,
        aad: header.as_bytes(),
    };
    let plain = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| damaged)?;
    Ok(Opened {
        plain: Zeroizing::new(plain),
        slot,
    })
}

/// What a header says.
#[derive(Clone, Debug)]
pub struct About {
    /// The version of the file's shape.
    pub version: &'static str,
    /// The cipher.
    pub cipher: &'static str,
    /// The key slot, without the salt of its derivation.
    pub key: String,
}

/// What the header says, which everybody may know.
pub fn about(bytes: &[u8]) -> Result<About, Unreadable> {
    let (text, end) = text(bytes)?;
    let header = Header::parse(text.get(..end).ok_or(Unreadable::WrongKeyOrDamaged)?)?;
    let key = header.slot.header();
    Ok(About {
        version: VERSION,
        cipher: CIPHER,
        key: key.split(" salt=").next().unwrap_or_default().to_owned(),
    })
}

/// The file as text, and where its header ends.
fn text(bytes: &[u8]) -> Result<(String, usize), Unreadable> {
    let damaged = Unreadable::WrongKeyOrDamaged;
    let text = std::str::from_utf8(bytes).map_err(|_| damaged)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let end = text.find("\n\n").ok_or(damaged)? + 2;
    Ok((text, end))
}

struct Header {
    slot: Slot,
    salt: [u8; SALT_LENGTH],
    nonce: [u8; NONCE_LENGTH],
}

impl Header {
    fn parse(header: &str) -> Result<Self, Unreadable> {
        let mut lines = header.lines().filter(|line| !line.starts_with('#'));
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix(MAGIC))
            .ok_or(Unreadable::WrongKeyOrDamaged)?;
        known(version, version == VERSION)?;

        let mut field = |name: &str| {
            let value = lines.next()?.strip_prefix(name)?.strip_prefix(": ")?;
            Some(value)
        };
        let mut next = |name| field(name).ok_or(Unreadable::WrongKeyOrDamaged);
        let cipher = next("cipher")?;
        known(cipher, cipher == CIPHER)?;
        let key = next("key")?;
        let slot = Slot::from_header(key);
        known(key, slot != Err(Unreadable::Newer))?;
        Ok(Self {
            slot: slot?,
            salt: bytes(next("salt")?)?,
            nonce: bytes(next("nonce")?)?,
        })
    }
}

/// A name that is not known, but looks like one, comes from a newer version.
fn known(name: &str, is_known: bool) -> Result<(), Unreadable> {
    if is_known {
        return Ok(());
    }
    let plausible = name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    Err(if plausible && !name.is_empty() {
        Unreadable::Newer
    } else {
        Unreadable::WrongKeyOrDamaged
    })
}

fn bytes<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], Unreadable> {
    let decoded = STANDARD.decode(text).map_err(|_| Unreadable::WrongKeyOrDamaged)?;
    decoded.try_into().map_err(|_| Unreadable::WrongKeyOrDamaged)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    const PLAIN: &[u8] =
        br#"{"v":1,"entries":{"k":{"access_token":"a long enough text to need a second line of Base64"}}}"#;

    #[test]
    fn what_was_sealed_opens_and_never_looks_the_same_twice() {
        let first = seal(PLAIN, &Keys::default(), None).unwrap();
        assert_eq!(
            open(first.as_bytes(), &Keys::default()).unwrap().plain.as_slice(),
            PLAIN
        );
        assert_ne!(first, seal(PLAIN, &Keys::default(), None).unwrap());
        assert!(first.lines().all(|line| line.len() <= COLUMNS), "{first}");
        assert!(!first.contains("access_token"));
    }

    #[test]
    fn a_copy_with_a_byte_order_mark_and_crlf_opens() {
        let text = seal(PLAIN, &Keys::default(), None).unwrap();
        let copy = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(open(copy.as_bytes(), &Keys::default()).unwrap().plain.as_slice(), PLAIN);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let text = seal(PLAIN, &Keys::default(), None).unwrap().into_bytes();
        // The last byte ends the file: what stands there instead of a line end is noticed, too.
        for index in 0..text.len() {
            for bit in 0..8 {
                let mut damaged = text.clone();
                damaged[index] ^= 1 << bit;
                assert!(
                    open(&damaged, &Keys::default()).is_err(),
                    "bit {bit} of byte {index} in {}",
                    String::from_utf8_lossy(&damaged)
                );
            }
        }
    }

    #[test]
    fn a_damaged_body_is_the_same_error_as_a_wrong_key() {
        let text = seal(PLAIN, &Keys::default(), None).unwrap();
        let middle = text.find("\n\n").unwrap() + 20;
        let mut bytes = text.into_bytes();
        bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
        assert_eq!(
            open(&bytes, &Keys::default()).err(),
            Some(Unreadable::WrongKeyOrDamaged)
        );
        assert_eq!(
            open(b"not a settings file", &Keys::default()).err(),
            Some(Unreadable::WrongKeyOrDamaged)
        );
    }

    #[test]
    fn what_this_version_does_not_know_is_newer() {
        let text = seal(PLAIN, &Keys::default(), None).unwrap();
        for (old, new) in [
            ("SETTINGS/1", "SETTINGS/2"),
            ("AES-256-GCM", "AES-256-SIV"),
            ("builtin-1", "pass scrypt n=17 salt=AAAA"),
            ("builtin-1", "raw-2"),
            ("builtin-1", "builtin-1 more"),
        ] {
            assert_eq!(
                open(text.replacen(old, new, 1).as_bytes(), &Keys::default()).err(),
                Some(Unreadable::Newer),
                "{new}"
            );
        }
    }
}
