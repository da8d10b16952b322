use super::*;
use crate::fixture::{manifest, p256, p384, signed, unsigned, MEMBERS};
use crate::trust::Policy;
use crate::write::{write_signed, NewMember};
use crate::{Bundle, OpenOptions, PublicKey};

fn open(bytes: &[u8], key: &PublicKey) -> Result<std::sync::Arc<Bundle>> {
    let options = OpenOptions {
        trust: Some(Policy::of_key(key.clone(), "a test").into()),
        ..OpenOptions::default()
    };
    Bundle::open_bytes(bytes, &options)
}

#[test]
fn a_signed_bundle_is_verified_under_its_key_and_no_other() {
    let (first, second) = (p256(), p384());
    for (signer, other) in [(&first, &second), (&second, &first)] {
        let signed = signed(&[signer]);
        let bundle = open(&signed, signer.public()).expect("trusted");
        assert!(bundle.verified());
        let refused = open(&signed, other.public()).expect_err("another key");
        assert_eq!(refused.code(), ErrorCode::TooFewSignatures);
        let plain = Bundle::open_bytes(unsigned(), &OpenOptions::unsigned()).expect("opens");
        assert_eq!(bundle.identity(), plain.identity());
    }
}

#[test]
fn signing_again_replaces_and_keeps_what_others_signed() {
    let (first, second) = (p256(), p384());
    let once = signed(&[&first]);
    assert_eq!(sign_bytes(once.clone(), &[&first]).expect("signed"), once);
    let both = sign_bytes(once, &[&second]).expect("signed");
    assert_eq!(both, signed(&[&first, &second]));
    assert_eq!(both, signed(&[&second, &first]));
    for key in [&first, &second] {
        assert!(open(&both, key.public()).expect("trusted").verified());
    }
    let twice = sign_bytes(unsigned(), &[&first, &first]).expect_err("one key twice");
    assert_eq!(twice.code(), ErrorCode::Usage);
}

#[test]
fn a_broken_signature_of_the_same_key_is_replaced() {
    let key = p256();
    let broken = crate::fixture::with_signatures(&[(key.public().hint(), b"broken")]);
    assert_eq!(
        open(&broken, key.public()).expect_err("broken").code(),
        ErrorCode::Signature
    );
    assert_eq!(sign_bytes(broken, &[&key]).expect("signed"), signed(&[&key]));
}

#[test]
fn a_damaged_bundle_is_not_signed() {
    let mut damaged = unsigned();
    let at = damaged.windows(5).position(|window| window == b"value").expect("there");
    damaged[at] ^= 1;
    let error = sign_bytes(damaged, &[&p256()]).expect_err("damaged");
    assert_eq!(error.code(), ErrorCode::Digest);
}

#[test]
fn a_file_is_replaced_whole_and_a_written_one_may_be_signed_at_once() {
    let folder = std::env::temp_dir().join(format!("modelpack-sign-{}", std::process::id()));
    fs::create_dir(&folder).expect("a fresh folder");
    let path = folder.join("eta.mpk");
    fs::write(&path, unsigned()).expect("written");
    sign(&path, &[&p256()]).expect("signed");
    assert_eq!(fs::read(&path).expect("there"), signed(&[&p256()]));
    let at_once = folder.join("at-once.mpk");
    write_signed(&at_once, manifest("eta", "1.4.0"), &MEMBERS, &[&p256()], false).expect("written");
    assert_eq!(fs::read(&at_once).expect("there"), signed(&[&p256()]));
    fs::write(&path, b"no bundle").expect("written");
    let refused = sign(&path, &[&p256()]).expect_err("no bundle");
    assert_eq!(refused.code(), ErrorCode::NotABundle);
    assert_eq!(fs::read(&path).expect("there"), b"no bundle");
    assert_eq!(fs::read_dir(&folder).expect("there").count(), 2);
    fs::remove_dir_all(&folder).expect("removed");
}

#[cfg(unix)]
#[test]
fn a_link_and_permissions_stay() {
    use std::os::unix::fs::{symlink, PermissionsExt};
    let folder = std::env::temp_dir().join(format!("modelpack-sign-link-{}", std::process::id()));
    fs::create_dir(&folder).expect("a fresh folder");
    let (path, link) = (folder.join("eta.mpk"), folder.join("latest.mpk"));
    fs::write(&path, unsigned()).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    symlink("eta.mpk", &link).expect("linked");
    sign(&link, &[&p256()]).expect("signed");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(fs::read(&path).expect("there"), signed(&[&p256()]));
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    fs::remove_dir_all(&folder).expect("removed");
}

/// A key elsewhere that answers with what it was given.
struct Elsewhere {
    key: PublicKey,
    answer: Vec<u8>,
}

impl Signer for Elsewhere {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>> {
        Ok(self.answer.clone())
    }
}

#[test]
fn what_a_signer_answers_is_verified_before_it_is_written() {
    let key = p256();
    for answer in [Vec::new(), vec![0; 64], key.sign(b"another text").expect("signed")] {
        let signer = Elsewhere {
            key: key.public().clone(),
            answer,
        };
        let refused = sign_bytes(unsigned(), &[&signer]).expect_err("no signature");
        assert_eq!(refused.code(), ErrorCode::Signature);
    }
}

#[test]
fn a_bundle_takes_no_more_signatures_than_a_reader_does() {
    let keys: Vec<_> = (0..=limits::SIGNATURES)
        .map(|_| crate::PrivateKey::generate().expect("random numbers"))
        .collect();
    let signers: Vec<&dyn Signer> = keys.iter().map(|key| key as &dyn Signer).collect();
    let full = sign_bytes(unsigned(), &signers[1..]).expect("signed");
    assert_eq!(
        sign_bytes(full, &signers[..1]).expect_err("one more").code(),
        ErrorCode::Limit
    );
    let members: Vec<_> = MEMBERS
        .into_iter()
        .chain([NewMember {
            name: "signatures/0000000000000000000000000000000000000000000000000000000000000000.sigstore.json",
            data: b"",
        }])
        .collect();
    let path = std::env::temp_dir().join("modelpack-never-written.mpk");
    let both = write_signed(&path, manifest("eta", "1.4.0"), &members, &[&p256()], false);
    assert_eq!(both.expect_err("from two places").code(), ErrorCode::Usage);
}
