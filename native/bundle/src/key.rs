//! Keys: ECDSA on P-256 with SHA-256, or on P-384 with SHA-384.

mod pem;
mod private;
mod public;

pub use private::PrivateKey;
pub use public::PublicKey;

use crate::{Error, ErrorCode};

fn key_error(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Key, message)
}

#[cfg(test)]
mod tests;
