//! A small bundle and keys that the tests of signing and trust share.

use crate::container::StoredMember;
use crate::json::{self, Json};
use crate::key::PrivateKey;
use crate::unjudged::Unjudged;
use crate::write::{to_bytes, NewMember};
use crate::Signer;

pub(crate) const MEMBERS: [NewMember<'static>; 3] = [
    NewMember {
        name: "schema.json",
        data: br#"{"features":[],"keys":[],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#,
    },
    NewMember {
        name: "models/a-b/x.bin",
        data: b"x",
    },
    NewMember {
        name: "models/a/x.bin",
        data: b"y",
    },
];

pub(crate) fn manifest(name: &str, version: &str) -> Json {
    let text = format!(
        concat!(
            r#"{{"created_at":"2026-11-24T00:00:00Z","engines":[{{"name":"native","requires":[]}}],"#,
            r#""format":{{"major":1,"minor":0}},"name":"{}","partition_keys":[],"requires":[],"task":"binary","version":"{}"}}"#
        ),
        name, version
    );
    json::parse(text.as_bytes()).expect("canonical")
}

/// `eta` 1.4.0.
pub(crate) fn unsigned() -> Vec<u8> {
    to_bytes(manifest("eta", "1.4.0"), &MEMBERS).expect("can be written").0
}

pub(crate) fn signed(signers: &[&dyn Signer]) -> Vec<u8> {
    crate::sign_bytes(unsigned(), signers).expect("can be signed")
}

/// The bundle with these members under `signatures/`, whatever they hold.
pub(crate) fn with_signatures(signatures: &[(&str, &[u8])]) -> Vec<u8> {
    let names: Vec<String> = signatures
        .iter()
        .map(|(hint, _)| crate::signature::member_name(hint))
        .collect();
    let mut members = MEMBERS.to_vec();
    for (name, (_, data)) in names.iter().zip(signatures) {
        members.push(NewMember { name, data });
    }
    to_bytes(manifest("eta", "1.4.0"), &members).expect("can be written").0
}

/// The content of the only signature.
pub(crate) fn only_signature(bundle: &[u8]) -> Vec<u8> {
    let bundle = Unjudged::read(Box::new(crate::Bytes::from(bundle))).expect("opens");
    let [stored]: &[StoredMember; 1] = bundle.signatures.as_slice().try_into().expect("one signature");
    bundle.signature_bytes(stored).expect("readable").to_vec()
}

pub(crate) fn p256() -> PrivateKey {
    PrivateKey::from_pem(include_str!("../tests/keys/p256.sec1"), None).expect("a key")
}

pub(crate) fn p384() -> PrivateKey {
    PrivateKey::from_pem(include_str!("../tests/keys/p384.sec1"), None).expect("a key")
}
