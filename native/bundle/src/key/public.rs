//! Public keys. A key is its point, whatever the text that it came in.

use p256::ecdsa::signature::Verifier;
use pkcs8::{DecodePublicKey, EncodePublicKey};

use super::{key_error, pem, PrivateKey};
use crate::{Digest, Error, ErrorCode, Result};

const LABEL: &str = "PUBLIC KEY";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
}

/// A public key with the texts that name it.
#[derive(Clone, Debug)]
pub struct PublicKey {
    point: Point,
    pem: String,
    hint: String,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// From PEM of the SubjectPublicKeyInfo.
    pub fn from_pem(text: &str) -> Result<PublicKey> {
        let pem = pem::decode(text)?;
        match pem.label.as_str() {
            LABEL => Self::from_der(&pem.der),
            label if label.ends_with("PRIVATE KEY") => {
                Err(key_error("this is a private key, where a public one is expected")
                    .with_hint("keep it secret, and give the .pub file"))
            }
            "CERTIFICATE" => Err(key_error("certificates are not read").with_hint("give the public key alone")),
            label => Err(key_error(format!("PEM of the kind {label:?} is no public key"))),
        }
    }

    /// From PEM of a public key, or of a private one and its passphrase.
    pub fn from_any_pem(text: &str, passphrase: Option<&str>) -> Result<PublicKey> {
        match pem::decode(text)?.label.as_str() {
            LABEL => Self::from_pem(text),
            _ => PrivateKey::from_pem(text, passphrase).map(|key| key.public().clone()),
        }
    }

    fn from_der(der: &[u8]) -> Result<PublicKey> {
        if let Ok(key) = p256::PublicKey::from_public_key_der(der) {
            return Ok(Self::new(Point::P256(key.into())));
        }
        if let Ok(key) = p384::PublicKey::from_public_key_der(der) {
            return Ok(Self::new(Point::P384(key.into())));
        }
        Err(key_error(
            "not a public key on the named curves P-256 or P-384, the only ones that are used",
        ))
    }

    pub(super) fn of_p256(key: p256::ecdsa::VerifyingKey) -> PublicKey {
        Self::new(Point::P256(key))
    }

    pub(super) fn of_p384(key: p384::ecdsa::VerifyingKey) -> PublicKey {
        Self::new(Point::P384(key))
    }

    fn new(point: Point) -> PublicKey {
        let der = match point {
            Point::P256(key) => p256::PublicKey::from(key).to_public_key_der(),
            Point::P384(key) => p384::PublicKey::from(key).to_public_key_der(),
        };
        let der = der.expect("a point on its curve can be written");
        let pem = pem::encode(LABEL, der.as_bytes()).to_string();
        PublicKey {
            hint: Digest::of(pem.as_bytes()).hex(),
            point,
            pem,
        }
    }

    /// The one form: named curve, uncompressed point, 64 columns, LF.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of [`PublicKey::pem`] as 64 hex digits.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    pub fn curve(&self) -> &'static str {
        match self.point {
            Point::P256(_) => "P-256",
            Point::P384(_) => "P-384",
        }
    }

    /// Whether `signature`, DER, is one over `message`. Any s is taken, as by OpenSSL; r or s of zero or beyond the order is not.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let verified = match &self.point {
            Point::P256(key) => {
                p256::ecdsa::Signature::from_der(signature).and_then(|signature| key.verify(message, &signature))
            }
            Point::P384(key) => {
                p384::ecdsa::Signature::from_der(signature).and_then(|signature| key.verify(message, &signature))
            }
        };
        verified.map_err(|_| {
            Error::new(
                ErrorCode::Signature,
                format!("it is not the signature of this {} key over these bytes", self.curve()),
            )
        })
    }
}
