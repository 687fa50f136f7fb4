//! Key slots: what the header's `key:` line names, and the file key made from it.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Salt of one write, in bytes.
pub const SALT_LENGTH: usize = 32;
const KEY_LENGTH: usize = 32;
const PURPOSE: &[u8] = b"oauth-settings/v1/file-key";

/// The constant of slot `builtin-1`. It keeps the file from casual eyes and shows damage; it is no secret, because
/// it is compiled in: the file's permissions are the guard.
const BUILTIN_1: &[u8; KEY_LENGTH] = b"latchkey/oauth-settings/built-in";

/// Where the secret behind a file key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A constant of the driver: no configuration, readable wherever the file is copied to.
    Builtin1,
}

impl Slot {
    /// The slot that a header names, if this version knows it.
    pub fn from_header(text: &str) -> Option<Self> {
        match text {
            "builtin-1" => Some(Self::Builtin1),
            _ => None,
        }
    }

    /// How the header names this slot.
    pub fn header(self) -> &'static str {
        match self {
            Self::Builtin1 => "builtin-1",
        }
    }

    /// The key of the file that was written with this salt.
    pub fn file_key(self, salt: &[u8; SALT_LENGTH]) -> Zeroizing<[u8; KEY_LENGTH]> {
        let secret = match self {
            Self::Builtin1 => BUILTIN_1,
        };
        let mut key = Zeroizing::new([0_u8; KEY_LENGTH]);
        let expanded = Hkdf::<Sha256>::new(Some(salt), secret).expand(PURPOSE, key.as_mut());
        debug_assert!(expanded.is_ok(), "HKDF-SHA256 gives up to 8160 bytes");
        key
    }
}
