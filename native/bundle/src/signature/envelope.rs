//! The Sigstore bundle and the DSSE envelope in it.

use base64ct::{Base64, Encoding};

use super::exact::{constant, fields, only, text};
use super::signature_error;
use crate::json::{self, Json};
use crate::Result;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

pub(super) struct Envelope {
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
}

/// DSSE's encoding of the payload and its type. The type is never taken from the file.
pub(super) fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

pub(super) fn write(payload: &[u8], signature: &[u8], hint: &str) -> Vec<u8> {
    let encoded = |bytes: &[u8]| Json::str(Base64::encode_string(bytes));
    let signature = Json::object([("keyid", Json::str("")), ("sig", encoded(signature))]);
    let envelope = Json::object([
        ("payload", encoded(payload)),
        ("payloadType", Json::str(PAYLOAD_TYPE)),
        ("signatures", Json::Array(vec![signature])),
    ]);
    let material = Json::object([
        ("publicKey", Json::object([("hint", Json::str(hint))])),
        ("tlogEntries", Json::Array(Vec::new())),
    ]);
    Json::object([
        ("dsseEnvelope", envelope),
        ("mediaType", Json::str(MEDIA_TYPE)),
        ("verificationMaterial", material),
    ])
    .to_bytes()
}

/// The envelope in `content`, which must name the key of `hint` and hold one signature.
pub(super) fn read(content: &[u8], hint: &str) -> Result<Envelope> {
    let bundle = json::parse_any_spelling(content).map_err(|error| signature_error(error.message()))?;
    let [media_type, material, envelope] = fields(
        &bundle,
        "the Sigstore bundle",
        ["mediaType", "verificationMaterial", "dsseEnvelope"],
    )?;
    constant(media_type, "mediaType", MEDIA_TYPE)?;
    check_material(material, hint)?;
    let [payload, payload_type, signatures] =
        fields(envelope, "dsseEnvelope", ["payload", "payloadType", "signatures"])?;
    constant(payload_type, "payloadType", PAYLOAD_TYPE)?;
    Ok(Envelope {
        payload: decoded(payload, "payload")?,
        signature: read_signature(only(signatures, "signatures")?, hint)?,
    })
}

fn check_material(material: &Json, hint: &str) -> Result<()> {
    let [key, entries] = fields(material, "verificationMaterial", ["publicKey", "tlogEntries"])?;
    if entries.as_array().is_none_or(|entries| !entries.is_empty()) {
        return Err(signature_error("tlogEntries is no empty list"));
    }
    let [stated] = fields(key, "publicKey", ["hint"])?;
    constant(stated, "hint", hint)
}

/// A `keyid` is absent, empty, or the hint.
fn read_signature(value: &Json, hint: &str) -> Result<Vec<u8>> {
    let place = "the signature";
    let sig = match value.get("keyid") {
        None => fields(value, place, ["sig"])?[0],
        Some(keyid) => {
            if !matches!(keyid.as_str(), Some(id) if id.is_empty() || id == hint) {
                return Err(signature_error("keyid names another key than the hint"));
            }
            fields(value, place, ["sig", "keyid"])?[0]
        }
    };
    decoded(sig, "sig")
}

/// Base64 of the standard alphabet, padded, without anything between or behind.
fn decoded(value: &Json, place: &str) -> Result<Vec<u8>> {
    let encoded = text(value, place)?;
    Base64::decode_vec(encoded).map_err(|_| signature_error(format!("{place} is not canonical base64")))
}
