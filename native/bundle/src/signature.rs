//! A signature: a Sigstore bundle v0.3 around a DSSE envelope around an in-toto Statement v1 of the kind that OpenSSF Model
//! Signing defines. One form is written; what is read is that form in any spelling of its JSON.

mod envelope;
mod exact;
mod statement;

pub(crate) use statement::Statement;

use crate::key::PublicKey;
use crate::signer::Signer;
use crate::{Error, ErrorCode, Result};

fn signature_error(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Signature, message)
}

/// The signature of `signer` over `statement`, as the content of its member.
pub(crate) fn make(statement: &Statement, signer: &dyn Signer) -> Result<Vec<u8>> {
    let payload = statement.to_bytes();
    let signed = envelope::signed_bytes(&payload);
    let signature = signer.sign(&signed)?;
    let checked = signer.public_key().verify(&signed, &signature);
    checked.map_err(|error| error.within("the signer answered what is no signature"))?;
    Ok(envelope::write(&payload, &signature, signer.public_key().hint()))
}

/// What `key` signed in `content`. An error if it is not of the form, or not the signature of this key.
pub(crate) fn verify(content: &[u8], key: &PublicKey) -> Result<Statement> {
    let envelope = envelope::read(content, key.hint())?;
    key.verify(&envelope::signed_bytes(&envelope.payload), &envelope.signature)?;
    Statement::parse(&envelope.payload)
}

/// What stands in a signature, whoever made it.
#[cfg(feature = "testing")]
pub(crate) fn read_unverified(content: &[u8], hint: &str) -> Result<()> {
    let envelope = envelope::read(content, hint)?;
    Statement::parse(&envelope.payload).map(|_| ())
}

/// The member that holds the signature of a key.
pub(crate) fn member_name(hint: &str) -> String {
    format!("{}{hint}{SUFFIX}", crate::container::SIGNATURES)
}

/// The hint in a signature's name, which the container was checked to have.
pub(crate) fn hint_of(name: &str) -> &str {
    let rest = name.strip_prefix(crate::container::SIGNATURES).unwrap_or(name);
    rest.strip_suffix(SUFFIX).unwrap_or(rest)
}

const SUFFIX: &str = ".sigstore.json";

#[cfg(test)]
mod tests;
