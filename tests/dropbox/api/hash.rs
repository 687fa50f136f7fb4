//! The content hash.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::random::to_hex;

const BLOCK: u64 = 4 * 1024 * 1024;

/// SHA-256 over the SHA-256 digests of each 4 MiB block, in hexadecimal.
pub fn content_hash(mut content: impl Read) -> io::Result<String> {
    let mut overall = Sha256::new();
    let mut block = Vec::new();
    loop {
        block.clear();
        if content.by_ref().take(BLOCK).read_to_end(&mut block)? == 0 {
            return Ok(to_hex(&overall.finalize()));
        }
        overall.update(Sha256::digest(&block));
    }
}

/// A string of `2 * bytes` hexadecimal digits that changes with any of `parts`.
pub fn fingerprint(parts: &[&str], bytes: usize) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    to_hex(digest.get(..bytes).unwrap_or(&digest))
}
