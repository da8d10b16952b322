//! What was found when a policy was asked: for people who wonder why.

use super::{describe, Engines, Policy, Rule, Trust};
use crate::json::Json;
use crate::{Digest, Error, Result};

/// The whole trace of one decision.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub name: String,
    pub version: String,
    pub identity: Digest,
    /// Where the policy came from, or what stands in its place.
    pub policy: String,
    pub rule: Option<RuleFinding>,
    pub signatures: Vec<SignatureFinding>,
    pub engines: Engines,
    /// Whether a rule of a policy was met, here or where the identity came from.
    pub verified: bool,
    /// Why the bundle is refused.
    pub error: Option<Error>,
}

/// The rule that decided.
#[derive(Clone, Debug)]
pub struct RuleFinding {
    /// From 1, in the policy's order.
    pub number: usize,
    pub keys: Vec<String>,
    pub rule: Rule,
}

/// What became of one signature.
#[derive(Clone, Debug)]
pub struct SignatureFinding {
    pub hint: String,
    /// The policy's name of its key.
    pub key: Option<String>,
    pub counts: bool,
    pub why: String,
}

impl RuleFinding {
    pub(super) fn new(number: usize, rule: &Rule, policy: &Policy) -> RuleFinding {
        RuleFinding {
            number,
            keys: policy.keys_of(rule).map(|key| key.name.clone()).collect(),
            rule: rule.clone(),
        }
    }

    fn to_json(&self) -> Json {
        let Json::Object(mut fields) = rule_json(&self.rule, self.keys.iter().map(String::as_str)) else {
            unreachable!("a rule is an object");
        };
        fields.push(("number".to_owned(), Json::Int(self.number as i64)));
        Json::object(fields)
    }
}

impl Explanation {
    /// The canonical JSON that the C ABI describes.
    pub fn to_json(&self) -> Json {
        let bundle = Json::object([
            ("identity", Json::str(self.identity.to_string())),
            ("name", Json::str(self.name.as_str())),
            ("version", Json::str(self.version.as_str())),
        ]);
        Json::object([
            ("bundle", bundle),
            ("engines", engines_json(self.engines)),
            ("error", self.error.as_ref().map_or(Json::Null, error_json)),
            ("policy", Json::str(self.policy.as_str())),
            ("rule", self.rule.as_ref().map_or(Json::Null, RuleFinding::to_json)),
            (
                "signatures",
                Json::Array(self.signatures.iter().map(SignatureFinding::to_json).collect()),
            ),
            ("trusted", Json::Bool(self.error.is_none())),
            ("verified", Json::Bool(self.verified)),
        ])
    }
}

impl Explanation {
    /// Nothing may run of what the caller did not expect.
    pub(crate) fn refuse(&mut self, expected: Result<()>) {
        if let Err(error) = expected {
            self.error = Some(error);
            self.engines = Engines::NONE;
        }
    }

    pub fn to_json_text(&self) -> String {
        String::from_utf8(self.to_json().to_bytes()).expect("JSON is made of texts")
    }
}

impl SignatureFinding {
    fn to_json(&self) -> Json {
        Json::object([
            ("counts", Json::Bool(self.counts)),
            ("hint", Json::str(self.hint.as_str())),
            ("key", self.key.as_deref().map_or(Json::Null, Json::str)),
            ("why", Json::str(self.why.as_str())),
        ])
    }
}

/// A rule with its defaults filled in.
fn rule_json<'a>(rule: &Rule, keys: impl Iterator<Item = &'a str>) -> Json {
    Json::object([
        ("bundle", Json::str(rule.bundle.as_str())),
        ("engines", engines_json(rule.engines)),
        (
            "identities",
            rule.identities.as_deref().map_or(Json::Null, identities_json),
        ),
        ("keys", Json::Array(keys.map(Json::str).collect())),
        ("min_version", rule.min_version.as_deref().map_or(Json::Null, Json::str)),
        ("revoked_identities", identities_json(&rule.revoked_identities)),
        ("threshold", Json::Int(rule.threshold as i64)),
    ])
}

impl Trust {
    /// The policy behind it, with defaults filled in; without keys and rules where there is none.
    pub fn to_json(&self) -> Json {
        match self {
            Trust::Policy(policy) => policy_json(policy),
            _ => source_json(&describe(Some(self)), Vec::new(), Vec::new()),
        }
    }
}

/// A policy with its defaults filled in.
fn policy_json(policy: &Policy) -> Json {
    let keys = policy.keys.iter().map(|key| {
        Json::object([
            ("curve", Json::str(key.key.curve())),
            ("hint", Json::str(key.key.hint())),
            ("name", Json::str(key.name.as_str())),
            ("not_after", key.not_after.as_deref().map_or(Json::Null, Json::str)),
            ("pem", Json::str(key.key.pem())),
            ("revoked", Json::Bool(key.revoked)),
        ])
    });
    let rules = policy
        .rules
        .iter()
        .map(|rule| rule_json(rule, policy.keys_of(rule).map(|key| key.name.as_str())));
    source_json(&policy.source, keys.collect(), rules.collect())
}

fn source_json(source: &str, keys: Vec<Json>, rules: Vec<Json>) -> Json {
    Json::object([
        ("keys", Json::Array(keys)),
        ("rules", Json::Array(rules)),
        ("source", Json::str(source)),
    ])
}

fn engines_json(engines: Engines) -> Json {
    Json::Array(engines.names().map(Json::str).collect())
}

fn identities_json(identities: &[Digest]) -> Json {
    Json::Array(
        identities
            .iter()
            .map(|identity| Json::str(identity.to_string()))
            .collect(),
    )
}

fn error_json(error: &Error) -> Json {
    Json::object([
        ("code", Json::Int(i64::from(error.code().number()))),
        ("hint", error.hint().map_or(Json::Null, Json::str)),
        ("message", Json::str(error.message())),
        ("name", Json::str(error.code().name())),
    ])
}
