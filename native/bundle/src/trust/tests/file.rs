use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{policy_text, refusal};
use crate::fixture::{p256, p384, signed};
use crate::trust::{add_key, revoke_identity, revoke_key, Trust};
use crate::{Bundle, Digest, ErrorCode, OpenOptions};

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A folder that vanishes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("modelpack-trust-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a fresh folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(bytes: Vec<u8>, path: &std::path::Path) -> Result<(), ErrorCode> {
    let options = OpenOptions {
        trust: Some(Trust::from_file(path).expect("a policy")),
        ..OpenOptions::default()
    };
    let opened = Bundle::open_bytes(bytes, &options);
    opened.map(|_| ()).map_err(|error| error.code())
}

#[test]
fn a_policy_grows_and_takes_trust_back() {
    let folder = Folder::new();
    let path = folder.0.join("new/modelpack/trust.json");
    add_key(&path, "ci", p256().public(), "*").expect("made");
    let bundle = signed(&[&p256()]);
    assert_eq!(open(bundle.clone(), &path), Ok(()));
    let text = fs::read_to_string(&path).expect("there");
    assert!(
        text.starts_with("{\n  \"keys\": {\n    \"ci\": {\n      \"pem\": \"-----BEGIN"),
        "{text}"
    );
    add_key(&path, "ci", p256().public(), "*").expect("nothing new");
    assert_eq!(fs::read_to_string(&path).expect("there"), text);

    // A narrower rule stands before the wider one, and decides.
    add_key(&path, "team", p384().public(), "eta").expect("added");
    assert_eq!(open(bundle.clone(), &path), Err(ErrorCode::TooFewSignatures));
    assert_eq!(open(signed(&[&p384()]), &path), Ok(()));
    add_key(&path, "ci", p256().public(), "eta").expect("added to the rule");
    assert_eq!(open(bundle.clone(), &path), Ok(()));

    let identity = Bundle::inspect_bytes(bundle.as_slice())
        .expect("opens")
        .identity()
        .to_owned();
    let identity = Digest::from_text(&identity).expect("an identity");
    revoke_identity(&path, identity, Some("eta")).expect("revoked");
    revoke_identity(&path, identity, None).expect("once is enough");
    assert_eq!(open(bundle.clone(), &path), Err(ErrorCode::Revoked));
    revoke_key(&path, "ci").expect("revoked");
    assert_eq!(open(bundle, &path), Err(ErrorCode::TooFewSignatures));
    let entries = fs::read_dir(path.parent().expect("a folder")).expect("there");
    assert_eq!(entries.count(), 1);
}

#[test]
fn what_would_be_no_policy_is_not_written() {
    let folder = Folder::new();
    let path = folder.0.join("trust.json");
    let before = policy_text(r#"{"bundle": "*", "keys": ["first"]}"#);
    fs::write(&path, &before).expect("written");
    let code = |result: crate::Result<()>| refusal(result).code();
    assert_eq!(
        code(add_key(&path, "again", p256().public(), "*")),
        ErrorCode::TrustPolicy
    );
    assert_eq!(
        code(add_key(&path, "second", p256().public(), "*")),
        ErrorCode::TrustPolicy
    );
    assert_eq!(
        code(add_key(&path, "first", p256().public(), "e?a")),
        ErrorCode::TrustPolicy
    );
    assert_eq!(code(add_key(&path, "", p256().public(), "*")), ErrorCode::TrustPolicy);
    assert_eq!(code(revoke_key(&path, "third")), ErrorCode::Usage);
    assert_eq!(fs::read_to_string(&path).expect("there"), before);
    revoke_key(&path, "first").expect("revoked");
    let revoked = add_key(&path, "first", p256().public(), "*");
    assert_eq!(code(revoked), ErrorCode::TrustPolicy);
    fs::write(&path, p256().public().pem()).expect("written");
    assert_eq!(
        code(add_key(&path, "first", p384().public(), "*")),
        ErrorCode::TrustPolicy
    );
    fs::write(&path, "{").expect("written");
    assert_eq!(
        code(add_key(&path, "first", p384().public(), "*")),
        ErrorCode::TrustPolicy
    );
}

#[test]
fn a_file_that_is_not_there_or_too_large_is_no_policy() {
    let folder = Folder::new();
    let missing = refusal(Trust::from_file(&folder.0.join("UNSIGNED")));
    assert_eq!(missing.code(), ErrorCode::Io);
    let large = folder.0.join("large.json");
    fs::write(&large, vec![b' '; crate::limits::JSON_BYTES + 1]).expect("written");
    assert_eq!(refusal(Trust::from_file(&large)).code(), ErrorCode::Limit);
}
