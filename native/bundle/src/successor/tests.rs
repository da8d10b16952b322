use std::cmp::Ordering;
use std::sync::Arc;

use crate::write::{to_bytes, NewMember};
use crate::{fixture, Bundle, ErrorCode, OpenOptions, Result, Trust};

const VALUE: &str = r#"{"columns":1,"dtype":"float64","name":"value"}"#;

fn feature(name: &str, dtype: &str, optional: bool) -> String {
    format!(
        r#"{{"dtype":"{dtype}","missing":"model","name":"{name}","null_is":"nan","optional":{optional},"unseen":"model"}}"#
    )
}

fn label(classes: &str) -> String {
    format!(
        r#"{{"classes":{{"dtype":"string","numpy":"|O","values":[{classes}]}},"columns":1,"dtype":"int64","name":"label"}}"#
    )
}

fn bundle(name: &str, version: &str, features: &[String], outputs: &[&str]) -> Arc<Bundle> {
    let schema = format!(
        r#"{{"features":[{}],"keys":[],"outputs":[{}]}}"#,
        features.join(","),
        outputs.join(",")
    );
    let members = [NewMember {
        name: "schema.json",
        data: schema.as_bytes(),
    }];
    let (bytes, _) = to_bytes(fixture::manifest(name, version), &members).expect("can be written");
    let options = OpenOptions {
        trust: Some(Trust::Unsigned),
        ..OpenOptions::default()
    };
    Bundle::open_bytes(bytes, &options).expect("opens")
}

fn plain(version: &str) -> Arc<Bundle> {
    bundle(
        "eta",
        version,
        &[feature("hour", "int64", false), feature("wind", "float64", true)],
        &[VALUE],
    )
}

fn after(features: &[String]) -> Result<()> {
    plain("1.4.0").check_successor(&bundle("eta", "1.5.0", features, &[VALUE]), false)
}

fn refused(answer: Result<()>, code: ErrorCode) -> String {
    let error = answer.expect_err("must be refused");
    assert_eq!(error.code(), code, "{error}");
    error.to_string()
}

#[test]
fn a_higher_version_of_the_same_schema_follows_and_a_bundle_follows_itself() {
    for version in ["1.4.0", "1.4.1", "1.10.0", "2.0.0-rc.1"] {
        plain("1.4.0").check_successor(&plain(version), false).expect(version);
    }
    assert_eq!(plain("1.10.0").compare_version(&plain("1.9.0")), Ordering::Greater);
    assert_eq!(plain("1.10.0").compare_version(&plain("1.10.0")), Ordering::Equal);
}

#[test]
fn another_name_never_follows() {
    let other = bundle("delay", "1.5.0", &[feature("hour", "int64", false)], &[VALUE]);
    for allow_rollback in [false, true] {
        refused(
            plain("1.4.0").check_successor(&other, allow_rollback),
            ErrorCode::WrongName,
        );
    }
}

#[test]
fn going_back_needs_a_permission() {
    let other_build = bundle(
        "eta",
        "1.4.0",
        &[feature("hour", "int64", true), feature("wind", "float64", true)],
        &[VALUE],
    );
    for (next, code) in [
        (plain("1.3.9"), ErrorCode::WrongVersion),
        (plain("1.4.0-rc.1"), ErrorCode::WrongVersion),
        (other_build, ErrorCode::WrongIdentity),
    ] {
        refused(plain("1.4.0").check_successor(&next, false), code);
        plain("1.4.0").check_successor(&next, true).expect("allowed");
    }
}

#[test]
fn new_optional_features_and_less_that_must_be_given_are_compatible() {
    let (hour, wind) = (feature("hour", "int64", false), feature("wind", "float64", true));
    after(&[hour, wind.clone(), feature("rain", "float64", true)]).expect("a new optional feature");
    after(&[feature("hour", "int64", true), wind]).expect("required before, optional now");
}

#[test]
fn what_callers_would_miss_is_named() {
    let (hour, wind) = (feature("hour", "int64", false), feature("wind", "float64", true));
    let cases = [
        (vec![hour.clone()], "the feature 'wind' is gone"),
        (
            vec![feature("hour", "float64", false), wind.clone()],
            "was int64 and is float64",
        ),
        (
            vec![hour.clone(), feature("wind", "float64", false)],
            "was optional and is required",
        ),
        (
            vec![hour.clone(), wind.clone(), feature("rain", "bool", false)],
            "the feature 'rain' (bool) is new and required",
        ),
        (
            vec![wind.clone(), hour.clone()],
            "'hour' stood at 0, where 'wind' stands now",
        ),
        (
            vec![hour, feature("rain", "bool", true), wind],
            "'wind' stood at 1, where 'rain'",
        ),
    ];
    for (features, expected) in cases {
        let message = refused(after(&features), ErrorCode::IncompatibleSchema);
        assert!(message.contains(expected), "{message}");
    }
    let many: Vec<String> = (0..30).map(|i| feature(&format!("f{i}"), "bool", false)).collect();
    assert!(refused(after(&many), ErrorCode::IncompatibleSchema).ends_with("and 12 more"));
}

#[test]
fn rollback_does_not_permit_another_schema() {
    let next = bundle("eta", "1.3.0", &[feature("hour", "bool", false)], &[VALUE]);
    refused(
        plain("1.4.0").check_successor(&next, true),
        ErrorCode::IncompatibleSchema,
    );
}

#[test]
fn outputs_and_classes_must_stay() {
    let with = |version: &str, outputs: &[&str]| bundle("eta", version, &[], outputs);
    let now = label(r#""late","on time""#);
    for (outputs, expected) in [
        (vec![VALUE], "the outputs were label and are value"),
        (vec![now.as_str(), VALUE], "the outputs were label and are label, value"),
        (vec![&*label(r#""on time","late""#)], "in another order"),
        (vec![&*label(r#""late","on time","gone""#)], "had 2 classes and has 3"),
    ] {
        let answer = with("1.0.0", &[&now]).check_successor(&with("1.1.0", &outputs), false);
        let message = refused(answer, ErrorCode::IncompatibleSchema);
        assert!(message.contains(expected), "{message}");
    }
}
