//! A rule of a policy: which keys vouch for which bundles, and within which bounds.

use super::engines::Engines;
use super::policy::{policy_error, Object};
use super::{glob, PolicyKey};
use crate::json::Json;
use crate::quote::quote;
use crate::semver::Version;
use crate::{Digest, Result};

#[derive(Clone, Debug)]
pub struct Rule {
    /// The pattern over bundles' names.
    pub bundle: String,
    /// Positions in the policy's keys.
    pub(super) keys: Vec<usize>,
    pub threshold: usize,
    pub min_version: Option<String>,
    /// Where there is a list, no other bundle passes.
    pub identities: Option<Vec<Digest>>,
    pub revoked_identities: Vec<Digest>,
    pub engines: Engines,
}

const FIELDS: [&str; 7] = [
    "bundle",
    "keys",
    "threshold",
    "min_version",
    "identities",
    "revoked_identities",
    "engines",
];

impl Rule {
    /// Whatever these keys signed.
    pub(super) fn any_bundle(keys: Vec<usize>) -> Rule {
        Rule {
            bundle: "*".to_owned(),
            keys,
            threshold: 1,
            min_version: None,
            identities: None,
            revoked_identities: Vec::new(),
            engines: Engines::NATIVE,
        }
    }

    pub(super) fn parse(value: &Json, number: usize, keys: &[PolicyKey]) -> Result<Rule> {
        let rule = Object::new(value, format!("rule {number}"), &FIELDS)?;
        let bundle = rule.str("bundle")?;
        if !glob::is_glob(bundle) {
            return Err(rule.error(format!(
                "the pattern {} has characters other than those of names and *",
                quote(bundle)
            )));
        }
        let keys = parse_keys(&rule, keys)?;
        Ok(Rule {
            bundle: bundle.to_owned(),
            threshold: parse_threshold(&rule, keys.len())?,
            keys,
            min_version: parse_min_version(&rule)?,
            identities: parse_identities(&rule, "identities")?,
            revoked_identities: parse_identities(&rule, "revoked_identities")?.unwrap_or_default(),
            engines: parse_engines(&rule)?,
        })
    }

    pub fn matches(&self, name: &str) -> bool {
        glob::matches(&self.bundle, name)
    }
}

fn parse_keys(rule: &Object<'_>, keys: &[PolicyKey]) -> Result<Vec<usize>> {
    let mut found = Vec::new();
    for name in rule.strings("keys")? {
        let index = keys.iter().position(|key| key.name == name);
        let index = index.ok_or_else(|| rule.error(format!("the policy has no key {}", quote(name))))?;
        if found.contains(&index) {
            return Err(rule.error(format!("the key {} stands twice", quote(name))));
        }
        found.push(index);
    }
    match found.is_empty() {
        true => Err(rule.error("\"keys\" is empty")),
        false => Ok(found),
    }
}

fn parse_threshold(rule: &Object<'_>, keys: usize) -> Result<usize> {
    let Some(value) = rule.optional("threshold") else {
        return Ok(1);
    };
    let threshold = value.as_int().and_then(|value| usize::try_from(value).ok());
    threshold
        .filter(|threshold| (1..=keys).contains(threshold))
        .ok_or_else(|| {
            rule.error(format!(
                "\"threshold\" is no number from 1 to {keys}, the number of its keys"
            ))
        })
}

fn parse_min_version(rule: &Object<'_>) -> Result<Option<String>> {
    let Some(value) = rule.optional("min_version") else {
        return Ok(None);
    };
    match value.as_str().filter(|text| Version::parse(text).is_some()) {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(rule.error("\"min_version\" is no version (semver without build metadata)")),
    }
}

fn parse_identities(rule: &Object<'_>, field: &str) -> Result<Option<Vec<Digest>>> {
    if rule.optional(field).is_none() {
        return Ok(None);
    }
    let mut identities = Vec::new();
    for text in rule.strings(field)? {
        let identity = Digest::from_text(text)
            .filter(|identity| !identities.contains(identity))
            .ok_or_else(|| {
                rule.error(format!(
                    "{field:?} has {}, which is not sha256:<64 hex digits> or stands twice",
                    quote(text)
                ))
            })?;
        identities.push(identity);
    }
    match identities.is_empty() {
        true => Err(rule.error(format!("{field:?} is empty; leave it out"))),
        false => Ok(Some(identities)),
    }
}

fn parse_engines(rule: &Object<'_>) -> Result<Engines> {
    if rule.optional("engines").is_none() {
        return Ok(Engines::NATIVE);
    }
    let mut engines = Engines::NONE;
    for name in rule.strings("engines")? {
        let engine = Engines::named(name).filter(|_| !engines.contains(name));
        let unknown = || {
            rule.error(format!(
                "\"engines\" has {}, which is none of native, onnx, compiled or stands twice",
                quote(name)
            ))
        };
        engines = engines.with(engine.ok_or_else(unknown)?);
    }
    match engines == Engines::NONE {
        true => Err(policy_error(format!("{}: \"engines\" is empty", rule.place()))),
        false => Ok(engines),
    }
}
