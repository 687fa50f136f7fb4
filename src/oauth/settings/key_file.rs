//! The key file: 32 random bytes as Base64 or hexadecimal digits, on a line of its own.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use rustix::fs::{Mode, OFlags};
use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::keys::{KEY_LENGTH, Key};

/// A key takes 65 characters at most; the rest is for line ends and blanks.
const LONGEST: u64 = 1024;

/// The key in the file that `source`, a property or an environment variable, names.
pub fn read(path: &Path, source: &str) -> Result<Key> {
    let text = contents(path).map_err(|error| {
        let text = format!("cannot be read: {error}. Correct the path, or the file's permissions.");
        refused(path, source, &text).caused_by(error)
    })?;
    decode(text.trim_ascii()).map(Secret::new).ok_or_else(|| {
        let text = "does not hold a key: it must be 32 bytes in Base64 or 64 hexadecimal digits, and nothing else. \
                    `openssl rand -base64 32` makes one.";
        refused(path, source, text)
    })
}

fn contents(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // Not blocking, so that a named pipe in its place cannot hold the connection up.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode(text: &[u8]) -> Option<[u8; KEY_LENGTH]> {
    if text.len() == 2 * KEY_LENGTH {
        return hexadecimal(text);
    }
    let bytes = Zeroizing::new(STANDARD_PAD_INDIFFERENT.decode(text).ok()?);
    bytes.as_slice().try_into().ok()
}

fn hexadecimal(text: &[u8]) -> Option<[u8; KEY_LENGTH]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut key = [0_u8; KEY_LENGTH];
    let (pairs, _) = text.as_chunks::<2>();
    for (byte, [high, low]) in key.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(key)
}

fn refused(path: &Path, source: &str, text: &str) -> Error {
    Error::new(
        Kind::Property,
        format!("{source} names the key file '{}', which {text}", path.display()),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KEY: [u8; KEY_LENGTH] = *b"0123456789abcdef~~~~~~~~\xff\xfe\xfd\xfc\0\x01\x02\x03";

    fn read_text(text: &[u8]) -> Result<[u8; KEY_LENGTH]> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        std::fs::write(&path, text).unwrap();
        let key = read(&path, "OAuthSettingsKeyFile")?;
        Ok(*key.expose())
    }

    #[test]
    fn a_key_is_read_from_base64_and_from_hexadecimal_digits() {
        let base64 = base64::engine::general_purpose::STANDARD.encode(KEY);
        let hex: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
        for text in [
            base64.clone(),
            format!("{base64}\r\n"),
            format!("  {}\n", base64.trim_end_matches('=')),
            hex.clone(),
            format!("{}\n", hex.to_uppercase()),
        ] {
            assert_eq!(read_text(text.as_bytes()).unwrap(), KEY, "{text}");
        }
    }

    #[test]
    fn anything_else_names_property_and_file_but_not_its_contents() {
        for text in [
            &b""[..],
            b"c2hvcnQ=",
            b"correct horse battery staple",
            &[b'g'; 64],
            &[b'A'; 4096],
            &KEY,
        ] {
            let error = read_text(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Property);
            assert!(
                error.message().starts_with("OAuthSettingsKeyFile names the key file '"),
                "{error}"
            );
            assert!(error.message().contains("/key', which does not hold a key"), "{error}");
            assert!(!error.message().contains("horse"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_or_not_a_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let missing = read(&directory.path().join("none"), "OAuthSettingsKeyFile")
            .err()
            .unwrap();
        assert!(
            missing.message().contains("/none', which cannot be read: No such file"),
            "{missing}"
        );
        let folder = read(directory.path(), "OAuthSettingsKeyFile").err().unwrap();
        assert!(folder.message().contains("not a regular file"), "{folder}");
    }
}
