mod decision;
mod file;
mod policy;

use super::Policy;
use crate::fixture::{p256, p384};
use crate::json::Json;
use crate::{Error, Result};

/// A policy of the keys `first` (P-256) and `second` (P-384) with these rules, as JSON.
fn policy_text(rules: &str) -> String {
    let pem = |key: crate::PrivateKey| {
        let text = Json::str(key.public().pem()).to_bytes();
        String::from_utf8(text).expect("JSON")
    };
    format!(
        r#"{{"modelpack_trust": 1, "keys": {{"first": {{"pem": {}}}, "second": {{"pem": {}}}}}, "rules": [{rules}]}}"#,
        pem(p256()),
        pem(p384())
    )
}

fn parse(text: &str) -> Result<Policy> {
    Policy::from_bytes(text.as_bytes(), "trust.json")
}

fn refusal<T>(result: Result<T>) -> Error {
    result.err().expect("must be refused")
}

/// Policies and what was found under them are shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<super::Trust>();
    shared::<super::Explanation>();
};
