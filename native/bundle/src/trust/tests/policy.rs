use super::{parse, policy_text, refusal};
use crate::fixture::p256;
use crate::json::Json;
use crate::trust::{Engines, Trust};
use crate::ErrorCode;

const RULE: &str = r#"{"bundle": "*", "keys": ["first", "second"]}"#;

#[test]
fn a_rule_has_defaults() {
    let policy = parse(&policy_text(RULE)).expect("a policy");
    let rule = &policy.rules[0];
    assert_eq!((rule.bundle.as_str(), rule.threshold), ("*", 1));
    assert_eq!(rule.engines, Engines::NATIVE);
    assert!(rule.min_version.is_none() && rule.identities.is_none() && rule.revoked_identities.is_empty());
    let names: Vec<&str> = policy.keys_of(rule).map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["first", "second"]);
}

#[test]
fn every_field_is_read() {
    let identity = format!("sha256:{}", "ab".repeat(32));
    let rule = format!(
        r#"{{"bundle": "eta-*", "keys": ["second"], "threshold": 1, "min_version": "1.2.0", "identities": ["{identity}"],
            "revoked_identities": ["{identity}"], "engines": ["compiled", "onnx"]}}"#
    );
    let text = policy_text(&rule).replace(
        "\"second\": {",
        "\"second\": {\"not_after\": \"2030-01-01T00:00:00Z\", \"revoked\": true, ",
    );
    let policy = parse(&text).expect("a policy");
    let rule = &policy.rules[0];
    assert_eq!(rule.min_version.as_deref(), Some("1.2.0"));
    assert_eq!(rule.identities.as_ref().map(Vec::len), Some(1));
    assert_eq!(rule.revoked_identities.len(), 1);
    assert_eq!(rule.engines.names().collect::<Vec<_>>(), ["onnx", "compiled"]);
    let second = &policy.keys[1];
    assert_eq!(
        (second.not_after.as_deref(), second.revoked),
        (Some("2030-01-01T00:00:00Z"), true)
    );
    assert!(!policy.keys[0].revoked);
}

#[test]
fn a_bare_key_means_whatever_it_signed() {
    let key = p256();
    let policy = parse(key.public().pem()).expect("a key");
    let rule = &policy.rules[0];
    assert_eq!(
        (rule.bundle.as_str(), rule.threshold, rule.engines),
        ("*", 1, Engines::NATIVE)
    );
    assert_eq!(&policy.keys[0].key, key.public());
    let private = key.to_pem(None).expect("written");
    assert_eq!(refusal(parse(&private)).code(), ErrorCode::Key);
}

#[test]
fn what_is_misspelt_or_out_of_range_is_refused() {
    let good = policy_text(RULE);
    let rule = |rule: &str| policy_text(rule);
    let many = format!("sha256:{0}\", \"sha256:{0}", "ab".repeat(32));
    for text in [
        String::new(),
        "{}".to_owned(),
        "UNSIGNED".to_owned(),
        "null".to_owned(),
        good.replace("\"modelpack_trust\": 1", "\"modelpack_trust\": 2"),
        good.replace("\"modelpack_trust\": 1,", ""),
        good.replace(
            "\"modelpack_trust\": 1,",
            "\"modelpack_trust\": 1, \"modelpack_trust\": 1,",
        ),
        good.replace("\"modelpack_trust\": 1,", "\"modelpack_trust\": 1, \"unsigned\": true,"),
        good.replace("\"rules\"", "\"rule\""),
        good.replace("\"pem\"", "\"pen\""),
        good.replace("{\"pem\"", "{\"not_after\": \"2030-01-01\", \"pem\""),
        good.replace("{\"pem\"", "{\"revoked\": 1, \"pem\""),
        good.replace("-----BEGIN PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----"),
        good.replace("\"second\": ", "\"first\": "),
        good.replace("\"first\": ", "\"\": "),
        good.replacen('{', "{,", 1),
        format!("\u{feff}{good}"),
        format!("{good}x"),
        format!("# my keys\n{}", p256().public().pem()),
        rule(r#"{"bundle": "*", "keys": ["third"]}"#),
        rule(r#"{"bundle": "*", "keys": ["first", "first"]}"#),
        rule(r#"{"bundle": "*", "keys": []}"#),
        rule(r#"{"bundle": "*", "keys": "first"}"#),
        rule(r#"{"bundle": "*"}"#),
        rule(r#"{"keys": ["first"]}"#),
        rule(r#"{"bundle": "", "keys": ["first"]}"#),
        rule(r#"{"bundle": "eta?", "keys": ["first"]}"#),
        rule(r#"{"bundle": "[ab]*", "keys": ["first"]}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "treshold": 1}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": 0}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": 2}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": -1}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": 1.0}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": "1"}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": null}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "threshold": 1, "threshold": 1}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "min_version": "1.2"}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "min_version": "1.2.0+build"}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "identities": []}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "identities": ["sha256:ab"]}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "revoked_identities": "x"}"#),
        rule(&format!(
            r#"{{"bundle": "*", "keys": ["first"], "identities": ["{many}"]}}"#
        )),
        rule(r#"{"bundle": "*", "keys": ["first"], "engines": []}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "engines": ["native", "native"]}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "engines": ["Native"]}"#),
        rule(r#"{"bundle": "*", "keys": ["first"], "engines": ["unsigned"]}"#),
        rule("[]"),
        rule("1"),
    ] {
        assert_ne!(text, good, "nothing was changed");
        assert_eq!(refusal(parse(&text)).code(), ErrorCode::TrustPolicy, "{text}");
    }
    let misspelt = refusal(parse(&rule(r#"{"bundle": "*", "keys": ["first"], "treshold": 1}"#)));
    assert!(misspelt.to_string().contains("rule 1"), "{misspelt}");
    assert!(misspelt.to_string().ends_with("perhaps \"threshold\""), "{misspelt}");
}

#[test]
fn one_key_under_two_names_is_refused_whatever_its_spelling() {
    let compressed = Json::str(include_str!("../../../tests/keys/p256.compressed")).to_bytes();
    let compressed = String::from_utf8(compressed).expect("JSON");
    let text = policy_text(RULE).replace(
        "\"second\": {",
        &format!("\"again\": {{\"pem\": {compressed}}}, \"second\": {{"),
    );
    let error = refusal(parse(&text));
    assert_eq!(error.code(), ErrorCode::TrustPolicy);
    assert!(error.message().contains("one key under two names"), "{error}");
}

#[test]
fn a_policy_is_described_with_its_defaults() {
    let trust = Trust::from(parse(&policy_text(RULE)).expect("a policy"));
    let json = String::from_utf8(trust.to_json().to_bytes()).expect("JSON");
    assert!(
        json.contains(concat!(
            r#""rules":[{"bundle":"*","engines":["native"],"identities":null,"keys":["first","second"],"#,
            r#""min_version":null,"revoked_identities":[],"threshold":1}],"source":"trust.json"}"#
        )),
        "{json}"
    );
    let none = Trust::Unsigned.to_json();
    assert_eq!(none.get("rules"), Some(&Json::Array(Vec::new())));
}
