//! SHA-256 digests.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::json::is_lower_hex;

const PREFIX: &str = "sha256:";

/// A SHA-256 digest; displays as `sha256:<64 hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of parts, one after the other.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        Digest(hash.finalize().into())
    }

    /// 64 lower-case digits.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// From 64 lower-case digits, no other spelling.
    pub fn from_hex(text: &str) -> Option<Digest> {
        if !is_lower_hex(text, 64) {
            return None;
        }
        let mut out = [0; 32];
        for (byte, digits) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Digest(out))
    }

    /// From `sha256:<64 hex digits>`.
    pub fn from_text(text: &str) -> Option<Digest> {
        Self::from_hex(text.strip_prefix(PREFIX)?)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_spelling() {
        let digest = Digest::of(b"abc");
        assert_eq!(
            digest.to_string(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(Digest::from_text(&digest.to_string()), Some(digest));
        assert_eq!(Digest::of_parts([&b"a"[..], b"", b"bc"]), digest);
        assert_eq!(Digest::from_hex(&digest.hex().to_uppercase()), None);
        assert_eq!(Digest::from_text(&digest.hex()), None);
        assert_eq!(Digest::from_hex(&digest.hex()[1..]), None);
    }
}
