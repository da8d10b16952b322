use super::*;
use crate::json::{self, Json};
use crate::key::PrivateKey;
use crate::trust::Policy;
use crate::write::{to_bytes, NewMember};
use crate::{Bundle, OpenOptions, PublicKey};

const MEMBERS: [NewMember<'static>; 2] = [
    NewMember {
        name: "schema.json",
        data: br#"{"features":[],"keys":[],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#,
    },
    NewMember {
        name: "config.json",
        data: b"{}",
    },
];

fn manifest() -> Json {
    json::parse(
        concat!(
            r#"{"created_at":"2026-11-24T00:00:00Z","engines":[{"name":"native","requires":[]}],"#,
            r#""format":{"major":1,"minor":0},"name":"eta","partition_keys":[],"requires":[],"task":"binary","version":"1.0.0"}"#
        )
        .as_bytes(),
    )
    .expect("canonical")
}

fn unsigned() -> Vec<u8> {
    to_bytes(manifest(), &MEMBERS).expect("can be written").0
}

fn key() -> PrivateKey {
    PrivateKey::generate().expect("random numbers")
}

fn open(bytes: &[u8], key: &PublicKey) -> Result<std::sync::Arc<Bundle>> {
    let options = OpenOptions {
        trust: Some(Policy::of_key(key.clone(), "a test").into()),
        ..OpenOptions::default()
    };
    Bundle::open_bytes(bytes, &options)
}

#[test]
fn a_signed_bundle_is_verified_under_its_key_and_no_other() {
    let (first, second) = (key(), key());
    let unsigned = unsigned();
    let signed = sign_bytes(unsigned.clone(), &[&first]).expect("signed");
    let bundle = open(&signed, first.public()).expect("trusted");
    assert!(bundle.verified());
    let code = |bytes: &[u8], key: &PrivateKey| open(bytes, key.public()).expect_err("refused").code();
    assert_eq!(code(&signed, &second), ErrorCode::TooFewSignatures);
    assert_eq!(code(&unsigned, &first), ErrorCode::TooFewSignatures);
    let plain = Bundle::open_bytes(unsigned, &OpenOptions::unsigned()).expect("opens");
    assert_eq!(bundle.identity(), plain.identity());
}

#[test]
fn signing_again_replaces_and_keeps_what_others_signed() {
    let (first, second) = (key(), key());
    let once = sign_bytes(unsigned(), &[&first]).expect("signed");
    assert_eq!(sign_bytes(once.clone(), &[&first]).expect("signed"), once);
    let both = sign_bytes(once, &[&second]).expect("signed");
    assert_eq!(both, sign_bytes(unsigned(), &[&first, &second]).expect("signed"));
    assert_eq!(both, sign_bytes(unsigned(), &[&second, &first]).expect("signed"));
    for key in [&first, &second] {
        assert!(open(&both, key.public()).expect("trusted").verified());
    }
    let twice = sign_bytes(unsigned(), &[&first, &first]).expect_err("one key twice");
    assert_eq!(twice.code(), ErrorCode::Usage);
}
