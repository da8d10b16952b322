//! Who signs: a private key in memory, or a key elsewhere (KMS, HSM) that signs on request.

use crate::key::{PrivateKey, PublicKey};
use crate::Result;

pub trait Signer {
    fn public_key(&self) -> &PublicKey;

    /// An ECDSA signature over `message`, hashed with SHA-256 (P-256) or SHA-384 (P-384), as DER. It is verified before use.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

impl Signer for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        PrivateKey::sign(self, message)
    }
}
