//! Private keys, and signing with them.

use p256::ecdsa::signature::Signer as _;
use p256::elliptic_curve::Generate;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncryptedPrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use super::{key_error, pem, PublicKey};
use crate::{Error, ErrorCode, Result};

const PKCS8: &str = "PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

enum Secret {
    P256(p256::SecretKey),
    P384(p384::SecretKey),
}

/// A private key in memory; its memory is overwritten when it goes.
pub struct PrivateKey {
    secret: Secret,
    public: PublicKey,
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "PrivateKey({})", self.public.hint())
    }
}

impl PrivateKey {
    /// A new P-256 key from the operating system's random numbers.
    pub fn generate() -> Result<PrivateKey> {
        let secret = p256::SecretKey::try_generate()
            .map_err(|error| Error::new(ErrorCode::Io, format!("no random numbers: {error}")))?;
        Ok(Self::new(Secret::P256(secret)))
    }

    /// From PEM: PKCS#8, SEC1, or encrypted PKCS#8 with its passphrase.
    pub fn from_pem(text: &str, passphrase: Option<&str>) -> Result<PrivateKey> {
        let pem = pem::decode(text)?;
        match pem.label.as_str() {
            PKCS8 => Self::from_pkcs8(&pem.der),
            SEC1 => Self::from_sec1(&pem.der),
            ENCRYPTED => {
                let missing = || key_error("the private key is encrypted").with_hint("give its passphrase");
                let document = decrypt(&pem.der, passphrase.ok_or_else(missing)?)?;
                Self::from_pkcs8(document.as_bytes())
            }
            label => Err(key_error(format!("PEM of the kind {label:?} is no private key"))),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<PrivateKey> {
        let p256 = || p256::SecretKey::from_pkcs8_der(der).ok().map(Secret::P256);
        let p384 = || p384::SecretKey::from_pkcs8_der(der).ok().map(Secret::P384);
        p256().or_else(p384).map(Self::new).ok_or_else(wrong_kind)
    }

    fn from_sec1(der: &[u8]) -> Result<PrivateKey> {
        let p256 = || p256::SecretKey::from_sec1_der(der).ok().map(Secret::P256);
        let p384 = || p384::SecretKey::from_sec1_der(der).ok().map(Secret::P384);
        p256().or_else(p384).map(Self::new).ok_or_else(wrong_kind)
    }

    fn new(secret: Secret) -> PrivateKey {
        let public = match &secret {
            Secret::P256(key) => PublicKey::of_p256(key.public_key().into()),
            Secret::P384(key) => PublicKey::of_p384(key.public_key().into()),
        };
        PrivateKey { secret, public }
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// PKCS#8 as PEM, encrypted (scrypt, AES-256-CBC) where there is a passphrase.
    pub fn to_pem(&self, passphrase: Option<&str>) -> Result<Zeroizing<String>> {
        if passphrase.is_some_and(str::is_empty) {
            return Err(Error::new(ErrorCode::Usage, "the passphrase is empty"));
        }
        let failed = |error| key_error(format!("the key cannot be written: {error}"));
        let (label, document) = match passphrase {
            None => (PKCS8, self.to_pkcs8()),
            Some(passphrase) => (ENCRYPTED, self.to_encrypted_pkcs8(passphrase)),
        };
        Ok(pem::encode(label, document.map_err(failed)?.as_bytes()))
    }

    fn to_pkcs8(&self) -> pkcs8::Result<SecretDocument> {
        match &self.secret {
            Secret::P256(key) => key.to_pkcs8_der(),
            Secret::P384(key) => key.to_pkcs8_der(),
        }
    }

    fn to_encrypted_pkcs8(&self, passphrase: &str) -> pkcs8::Result<SecretDocument> {
        match &self.secret {
            Secret::P256(key) => key.to_pkcs8_encrypted_der(passphrase),
            Secret::P384(key) => key.to_pkcs8_encrypted_der(passphrase),
        }
    }

    /// The signature over `message`, DER. Deterministic (RFC 6979): one key and one message have one signature.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| key_error("the key did not sign");
        match &self.secret {
            Secret::P256(key) => {
                let key = p256::ecdsa::SigningKey::from(key);
                let signature: p256::ecdsa::Signature = key.try_sign(message).map_err(failed)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Secret::P384(key) => {
                let key = p384::ecdsa::SigningKey::from(key);
                let signature: p384::ecdsa::Signature = key.try_sign(message).map_err(failed)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
        }
    }
}

fn decrypt(der: &[u8], passphrase: &str) -> Result<SecretDocument> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|_| key_error("the encrypted private key is not PKCS#8 with PBES2, the only form that is read"))?;
    info.decrypt(passphrase)
        .map_err(|_| key_error("the passphrase does not open the private key"))
}

fn wrong_kind() -> Error {
    key_error("not a private key on the named curves P-256 or P-384, the only ones that are used")
}
