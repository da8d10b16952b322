use super::*;
use crate::{Digest, Result};

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../tests/keys/", $name))
    };
}

fn code<T>(result: Result<T>) -> ErrorCode {
    result.err().expect("must be refused").code()
}

#[test]
fn a_key_is_its_point_whatever_its_spelling() {
    let key = PublicKey::from_pem(key!("p256.pub")).expect("a key");
    assert_eq!(key.pem(), key!("p256.pub"));
    assert_eq!(key.hint(), Digest::of(key!("p256.pub").as_bytes()).hex());
    assert_eq!(key.curve(), "P-256");
    let spellings = [
        key!("p256.compressed").to_owned(),
        key!("p256.pub").replace('\n', "\r\n"),
        key!("p256.pub").replace("MFkw", "  MF\n\tkw"),
        format!("a comment\n{}\n", key!("p256.pub")),
    ];
    for text in spellings {
        let same = PublicKey::from_pem(&text).expect(&text);
        assert_eq!((same.pem(), &same), (key.pem(), &key));
    }
    for (text, passphrase) in [
        (key!("p256.sec1"), None),
        (key!("p256.pkcs8"), None),
        (key!("p256.enc"), Some("geheim")),
        (key!("p256.scrypt"), Some("geheim")),
    ] {
        let private = PrivateKey::from_pem(text, passphrase).expect(text);
        assert_eq!(private.public(), &key);
        assert_eq!(PublicKey::from_any_pem(text, passphrase).expect(text), key);
    }
    let other = PublicKey::from_pem(key!("p384.pub")).expect("a key");
    assert_eq!((other.pem(), other.curve()), (key!("p384.pub"), "P-384"));
    for text in [key!("p384.sec1"), key!("p384.pkcs8")] {
        assert_eq!(PrivateKey::from_pem(text, None).expect(text).public(), &other);
    }
    assert_ne!(key, other);
}

#[test]
fn other_curves_and_kinds_of_keys_are_refused() {
    for text in [
        key!("p521.pub"),
        key!("secp256k1.pub"),
        key!("rsa.pub"),
        key!("ed25519.pub"),
        key!("p256.explicit"),
        key!("p256.pkcs8"),
        "",
        "-----BEGIN PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        &key!("p256.pub").repeat(2),
        &key!("p256.pub").replace("MFkw", "MFow"),
        &key!("p256.pub").replace("Yw==", "Yx=="),
        &key!("p256.pub").replace("Yw==", "Zw=="),
        &key!("p256.pub").replace("END PUBLIC", "END RSA PUBLIC"),
    ] {
        assert_eq!(code(PublicKey::from_pem(text)), ErrorCode::Key, "{text}");
    }
    for text in [
        key!("p521.sec1"),
        key!("ed25519.pkcs8"),
        key!("p256.pub"),
        key!("p256.old"),
    ] {
        assert_eq!(code(PrivateKey::from_pem(text, None)), ErrorCode::Key, "{text}");
    }
}

#[test]
fn a_passphrase_opens_its_key_only() {
    for passphrase in [None, Some(""), Some("Geheim")] {
        assert_eq!(code(PrivateKey::from_pem(key!("p256.enc"), passphrase)), ErrorCode::Key);
    }
}

#[test]
fn a_new_key_comes_back_from_its_text() {
    let key = PrivateKey::generate().expect("random numbers");
    let other = PrivateKey::generate().expect("random numbers");
    assert_ne!(key.public(), other.public());
    for passphrase in [None, Some("Łódź")] {
        let text = key.to_pem(passphrase).expect("written");
        let same = PrivateKey::from_pem(&text, passphrase).expect("read");
        assert_eq!(same.public(), key.public());
    }
    assert_eq!(code(key.to_pem(Some(""))), ErrorCode::Usage);
    let text = key.to_pem(Some("a")).expect("written");
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
}

fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex"))
        .collect()
}

/// An ECPrivateKey (RFC 5915) without its optional fields.
fn sec1(scalar: &str) -> String {
    let scalar = hex(scalar);
    let mut der = vec![0x30, scalar.len() as u8 + 5, 2, 1, 1, 4, scalar.len() as u8];
    der.extend(scalar);
    pem::encode("EC PRIVATE KEY", &der).to_string()
}

/// SEQUENCE of two INTEGERs whose first bits are set.
fn der(r: &str, s: &str) -> Vec<u8> {
    let mut out = vec![0x30, (r.len() + s.len()) as u8 / 2 + 6];
    for number in [r, s] {
        out.extend([2, number.len() as u8 / 2 + 1, 0]);
        out.extend(hex(number));
    }
    out
}

#[test]
fn signatures_are_those_of_rfc_6979() {
    let cases = [
        (
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
        ),
    ];
    for (scalar, r, s) in cases {
        let key = PrivateKey::from_pem(&sec1(scalar), None).expect("a key");
        let signature = key.sign(b"sample").expect("signed");
        assert_eq!(signature, der(r, s));
        key.public().verify(b"sample", &signature).expect("verifies");
        assert_eq!(code(key.public().verify(b"Sample", &signature)), ErrorCode::Signature);
    }
}

#[test]
fn what_is_no_signature_is_refused() {
    let key = PrivateKey::from_pem(key!("p256.sec1"), None).expect("a key");
    let good = key.sign(b"text").expect("signed");
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let mut bad = vec![
        Vec::new(),
        vec![0x30, 6, 2, 1, 0, 2, 1, 0],
        vec![0x30, 6, 2, 1, 1, 2, 1, 0],
        vec![0x30, 6, 2, 1, 0, 2, 1, 1],
        der(order, order),
        [good.as_slice(), &[0]].concat(),
        good[..good.len() - 1].to_vec(),
        [&[0x30, 0x81, good[1]], &good[2..]].concat(),
        [&[0x30, good[1] + 1, 2, good[3] + 1, 0], &good[4..]].concat(),
    ];
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        bad.push(changed);
    }
    for signature in bad {
        assert_eq!(
            code(key.public().verify(b"text", &signature)),
            ErrorCode::Signature,
            "{signature:02x?}"
        );
    }
    let other = PublicKey::from_pem(key!("p384.pub")).expect("a key");
    assert_eq!(code(other.verify(b"text", &good)), ErrorCode::Signature);
}
