//! Adding a key to a policy's file.

use std::path::Path;

use super::policy::policy_error;
use super::{glob, policy_file};
use crate::json::Json;
use crate::key::PublicKey;
use crate::quote::quote;
use crate::Result;

/// Adds a key under a name, and lets it vouch for the bundles of `pattern`: in the rule for exactly this pattern, or in a new one
/// before the first rule that would decide over its bundles. Adding it twice changes nothing.
pub fn add_key(path: &Path, name: &str, key: &PublicKey, pattern: &str) -> Result<()> {
    policy_file::change(path, |policy| {
        put_key(entry(policy, "keys")?, name, key)?;
        let Json::Array(rules) = entry(policy, "rules")? else {
            return Err(policy_error("\"rules\" is no list"));
        };
        put_rule(rules, name, pattern)
    })
}

fn put_key(keys: &mut Json, name: &str, key: &PublicKey) -> Result<()> {
    let Json::Object(entries) = keys else {
        return Err(policy_error("\"keys\" is no object"));
    };
    if let Some((_, present)) = entries.iter().find(|(other, _)| other == name) {
        if present.get("revoked").and_then(Json::as_bool) == Some(true) {
            return Err(policy_error(format!("the policy revokes the key {}", quote(name)))
                .with_hint("make a new key, or edit the policy if the revocation was a mistake"));
        }
        let same = present.get("pem").and_then(Json::as_str).map(PublicKey::from_pem);
        return match same {
            Some(Ok(present)) if present == *key => Ok(()),
            _ => Err(
                policy_error(format!("the policy has another key called {}", quote(name)))
                    .with_hint("give this one another name"),
            ),
        };
    }
    entries.push((name.to_owned(), Json::object([("pem", Json::str(key.pem()))])));
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(())
}

fn put_rule(rules: &mut Vec<Json>, name: &str, pattern: &str) -> Result<()> {
    let pattern_of = |rule: &Json| rule.get("bundle").and_then(Json::as_str).map(str::to_owned);
    if let Some(rule) = rules
        .iter_mut()
        .find(|rule| pattern_of(rule).as_deref() == Some(pattern))
    {
        let Json::Array(keys) = entry(rule, "keys")? else {
            return Err(policy_error("\"keys\" of a rule is no list"));
        };
        if !keys.iter().any(|key| key.as_str() == Some(name)) {
            keys.push(Json::str(name));
        }
        return Ok(());
    }
    let rule = Json::object([
        ("bundle", Json::str(pattern)),
        ("keys", Json::Array(vec![Json::str(name)])),
    ]);
    // As a name, the pattern stands for the bundles that it matches.
    let wider = |rule: &Json| pattern_of(rule).is_some_and(|other| glob::matches(&other, pattern));
    let at = rules.iter().position(wider).unwrap_or(rules.len());
    rules.insert(at, rule);
    Ok(())
}

/// A field that a checked policy has.
pub(super) fn entry<'a>(value: &'a mut Json, name: &str) -> Result<&'a mut Json> {
    let missing = || policy_error(format!("the field {name:?} is missing"));
    match value {
        Json::Object(entries) => entries.iter_mut().find(|entry| entry.0 == name),
        _ => None,
    }
    .map(|entry| &mut entry.1)
    .ok_or_else(missing)
}
