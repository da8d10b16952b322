use std::sync::Arc;

use super::{parse, policy_text, refusal};
use crate::fixture::{manifest, only_signature, p256, p384, signed, unsigned, with_signatures, MEMBERS};
use crate::trust::{Engines, Explanation, Trust};
use crate::unjudged::Unjudged;
use crate::write::to_bytes;
use crate::{sign_bytes, Bundle, Bytes, Digest, ErrorCode, OpenOptions, PrivateKey, Result};

fn under(policy: &str) -> OpenOptions {
    OpenOptions {
        trust: Some(parse(policy).expect("a policy").into()),
        ..OpenOptions::default()
    }
}

fn open(bytes: &[u8], policy: &str) -> Result<Arc<Bundle>> {
    Bundle::open_bytes(bytes, &under(policy))
}

fn code(bytes: &[u8], policy: &str) -> ErrorCode {
    refusal(open(bytes, policy)).code()
}

fn explain(bytes: &[u8], options: &OpenOptions) -> Explanation {
    options.explain(&Unjudged::read(Box::new(Bytes::from(bytes))).expect("opens"))
}

#[test]
fn the_first_rule_that_matches_decides() {
    let bundle = signed(&[&p256()]);
    let first = r#"{"bundle": "*", "keys": ["first"]}"#;
    let second = r#"{"bundle": "et*", "keys": ["second"]}"#;
    let other = r#"{"bundle": "other", "keys": ["second"]}"#;
    assert!(open(&bundle, &policy_text(&format!("{other}, {first}, {second}")))
        .expect("trusted")
        .verified());
    let no_fall_through = policy_text(&format!("{second}, {first}"));
    assert_eq!(code(&bundle, &no_fall_through), ErrorCode::TooFewSignatures);
    let explanation = explain(&bundle, &under(&no_fall_through));
    assert_eq!(explanation.rule.expect("a rule decided").number, 1);
    assert_eq!(code(&bundle, &policy_text(other)), ErrorCode::Untrusted);
    assert_eq!(code(&bundle, &policy_text("")), ErrorCode::Untrusted);
}

#[test]
fn a_threshold_counts_distinct_keys() {
    let both = policy_text(r#"{"bundle": "*", "keys": ["first", "second"], "threshold": 2}"#);
    assert_eq!(code(&unsigned(), &both), ErrorCode::TooFewSignatures);
    assert_eq!(code(&signed(&[&p256()]), &both), ErrorCode::TooFewSignatures);
    let stranger = PrivateKey::generate().expect("random numbers");
    assert_eq!(code(&signed(&[&p256(), &stranger]), &both), ErrorCode::TooFewSignatures);
    assert!(open(&signed(&[&p256(), &p384(), &stranger]), &both)
        .expect("trusted")
        .verified());
}

#[test]
fn a_signature_of_a_rules_key_verifies_or_the_bundle_is_refused() {
    let any = policy_text(r#"{"bundle": "*", "keys": ["first", "second"]}"#);
    let first = policy_text(r#"{"bundle": "*", "keys": ["first"]}"#);
    let (one, two) = (p256(), p384());
    let good = only_signature(&signed(&[&one]));
    let (one, two) = (one.public().hint(), two.public().hint());
    let stranger = "0".repeat(64);
    let bundle = with_signatures(&[(one, &good), (two, b"junk"), (&stranger, b"junk")]);
    assert_eq!(code(&bundle, &any), ErrorCode::Signature);
    // What the rule does not name is not looked at.
    assert!(open(&bundle, &first).expect("trusted").verified());
    // A genuine signature under the name of another key.
    assert_eq!(code(&with_signatures(&[(two, &good)]), &any), ErrorCode::Signature);
    let error = refusal(open(&bundle, &any));
    assert!(error.message().contains("'second'"), "{error}");
}

#[test]
fn a_signature_counts_if_it_signs_exactly_these_members() {
    let key = p256();
    let policy = policy_text(r#"{"bundle": "*", "keys": ["first", "second"]}"#);
    let others = [
        to_bytes(manifest("eta", "1.5.0"), &MEMBERS).expect("can be written").0,
        to_bytes(manifest("eta", "1.4.0"), &MEMBERS[..2])
            .expect("can be written")
            .0,
    ];
    for other in others {
        let signature = only_signature(&sign_bytes(other, &[&key]).expect("signed"));
        let moved = with_signatures(&[(key.public().hint(), &signature)]);
        assert_eq!(code(&moved, &policy), ErrorCode::TooFewSignatures);
        let finding = &explain(&moved, &under(&policy)).signatures[0];
        assert!(
            !finding.counts && finding.why.starts_with("it verifies, but it signs"),
            "{finding:?}"
        );
        // Beside a signature that counts it does no harm.
        let both = sign_bytes(moved, &[&p384()]).expect("signed");
        assert!(open(&both, &policy).expect("trusted").verified());
    }
}

#[test]
fn revoked_and_expired_keys_do_not_count() {
    let policy = policy_text(r#"{"bundle": "*", "keys": ["first"]}"#);
    let bundle = signed(&[&p256()]);
    let with = |fields: &str| policy.replace("\"first\": {", &format!("\"first\": {{{fields}, "));
    for fields in ["\"revoked\": true", "\"not_after\": \"2020-01-01T00:00:00Z\""] {
        assert_eq!(code(&bundle, &with(fields)), ErrorCode::TooFewSignatures, "{fields}");
    }
    for fields in ["\"revoked\": false", "\"not_after\": \"9999-01-01T00:00:00Z\""] {
        assert!(open(&bundle, &with(fields)).is_ok(), "{fields}");
    }
    let why = &explain(&bundle, &under(&with("\"revoked\": true"))).signatures[0].why;
    assert!(why.contains("revokes"), "{why}");
}

#[test]
fn a_rule_bounds_version_and_identity() {
    let bundle = signed(&[&p256()]);
    let identity = open(&bundle, p256().public().pem())
        .expect("trusted")
        .identity()
        .to_owned();
    let other = Digest::of(b"").to_string();
    let rule = |more: String| policy_text(&format!(r#"{{"bundle": "*", "keys": ["first"], {more}}}"#));
    for (more, expected) in [
        (r#""min_version": "1.4.0""#.to_owned(), None),
        (r#""min_version": "1.4.1""#.to_owned(), Some(ErrorCode::WrongVersion)),
        (format!(r#""identities": ["{other}", "{identity}"]"#), None),
        (format!(r#""identities": ["{other}"]"#), Some(ErrorCode::WrongIdentity)),
        (format!(r#""revoked_identities": ["{other}"]"#), None),
        (
            format!(r#""revoked_identities": ["{other}", "{identity}"]"#),
            Some(ErrorCode::Revoked),
        ),
    ] {
        let found = open(&bundle, &rule(more.clone())).err().map(|error| error.code());
        assert_eq!(found, expected, "{more}");
    }
}

#[test]
fn what_the_caller_expects_is_checked_after_trust() {
    let bundle = signed(&[&p256()]);
    let mut options = under(p256().public().pem());
    options.name = Some("other".to_owned());
    let wrong = refusal(Bundle::open_bytes(bundle.as_slice(), &options));
    assert_eq!(wrong.code(), ErrorCode::WrongName);
    let explanation = explain(&bundle, &options);
    assert!(explanation.verified && explanation.error.is_some());
    assert_eq!(explanation.engines, Engines::NONE);
    options.trust = under(p384().public().pem()).trust;
    let refused = refusal(Bundle::open_bytes(bundle.as_slice(), &options));
    assert_eq!(refused.code(), ErrorCode::TooFewSignatures);
}

#[test]
fn engines_are_permissions() {
    let bundle = signed(&[&p256()]);
    let engines = |text: &str| {
        let policy = policy_text(&format!(r#"{{"bundle": "*", "keys": ["first"]{text}}}"#));
        open(&bundle, &policy).expect("trusted").permitted_engines()
    };
    assert_eq!(engines(""), Engines::NATIVE);
    assert!(!engines(r#", "engines": ["onnx"]"#).contains("native"));
    let unsigned = Bundle::open_bytes(unsigned(), &OpenOptions::unsigned()).expect("opens");
    assert_eq!(unsigned.permitted_engines(), Engines::NATIVE);
    let options = OpenOptions {
        trust: Some(Trust::UnsignedOnnx),
        ..OpenOptions::default()
    };
    let onnx = Bundle::open_bytes(crate::fixture::unsigned(), &options).expect("opens");
    assert_eq!(onnx.permitted_engines().names().collect::<Vec<_>>(), ["native", "onnx"]);
    assert!(!onnx.verified());
    let inspected = Bundle::inspect_bytes(bundle.as_slice()).expect("opens");
    assert_eq!(inspected.permitted_engines(), Engines::NONE);
    assert!(inspected.explanation_json().is_none());
}

#[test]
fn an_identity_is_trusted_alone() {
    let bundle = unsigned();
    let identity = Bundle::inspect_bytes(bundle.as_slice())
        .expect("opens")
        .identity()
        .to_owned();
    let open = |identity: Digest| {
        let options = OpenOptions {
            trust: Some(Trust::Identity {
                identity,
                engines: Engines::NATIVE,
            }),
            ..OpenOptions::default()
        };
        Bundle::open_bytes(bundle.as_slice(), &options)
    };
    assert!(open(Digest::from_text(&identity).expect("an identity"))
        .expect("trusted")
        .verified());
    assert_eq!(refusal(open(Digest::of(b""))).code(), ErrorCode::WrongIdentity);
}

#[test]
fn a_user_without_a_policy_is_told_the_line_that_mends_it() {
    let options = OpenOptions {
        trust: Some(Trust::Absent {
            place: Some("/home/user/.config/modelpack/trust.json".into()),
        }),
        ..OpenOptions::default()
    };
    let signed = refusal(Bundle::open_bytes(signed(&[&p256()]), &options));
    assert_eq!(signed.code(), ErrorCode::Untrusted);
    assert!(signed.message().contains("trust.json"), "{signed}");
    assert!(
        signed.to_string().ends_with("modelpack trust add KEY.pub --bundle eta"),
        "{signed}"
    );
    let unsigned = refusal(Bundle::open_bytes(unsigned(), &options));
    assert!(
        unsigned
            .to_string()
            .ends_with("trust=modelpack.UNSIGNED, name=\"eta\")"),
        "{unsigned}"
    );
}

#[test]
fn an_explanation_says_which_rule_decided_and_what_became_of_each_signature() {
    let stranger = PrivateKey::generate().expect("random numbers");
    let bundle = signed(&[&p256(), &p384(), &stranger]);
    let policy = policy_text(r#"{"bundle": "eta", "keys": ["first"]}"#);
    let opened = open(&bundle, &policy).expect("trusted");
    let explanation = opened.explanation().expect("judged");
    let counted: Vec<_> = explanation
        .signatures
        .iter()
        .map(|finding| (finding.key.as_deref(), finding.counts))
        .collect();
    assert_eq!(counted.len(), 3);
    for expected in [(Some("first"), true), (Some("second"), false), (None, false)] {
        assert!(counted.contains(&expected), "{counted:?}");
    }
    let json = opened.explanation_json().expect("judged");
    assert!(json.starts_with(r#"{"bundle":{"identity":"sha256:"#), "{json}");
    assert!(json.ends_with(r#""trusted":true,"verified":true}"#), "{json}");
    assert!(
        json.contains(r#""keys":["first"],"min_version":null,"number":1,"revoked_identities":[],"threshold":1}"#),
        "{json}"
    );
    let refused = explain(&unsigned(), &under(&policy)).to_json_text();
    assert!(refused.contains(r#""error":{"code":206,"#), "{refused}");
    assert!(
        refused.ends_with(r#""signatures":[],"trusted":false,"verified":false}"#),
        "{refused}"
    );
}

#[test]
fn every_changed_bit_of_a_signed_bundle_is_refused() {
    let bundle = signed(&[&p256()]);
    let options = under(&policy_text(r#"{"bundle": "*", "keys": ["first"]}"#));
    let genuine = Bundle::open_bytes(bundle.as_slice(), &options).expect("trusted");
    let mut same = 0;
    for at in 0..bundle.len() {
        let mut changed = bundle.clone();
        changed[at] ^= 1 << (at % 8);
        let opened = Bundle::open_bytes(changed, &options).and_then(|bundle| bundle.check_members().map(|()| bundle));
        if let Ok(opened) = opened {
            assert_eq!(opened.identity(), genuine.identity(), "byte {at}");
            same += 1;
        }
    }
    // The checksum of a signature covers its every byte.
    assert_eq!(same, 0);
}
