//! The trust policy, `trust.json`: keys by name, and rules of which the first that matches decides.

use super::rule::Rule;
use crate::json::{self, Json};
use crate::key::PublicKey;
use crate::quote::quote;
use crate::utc_time::is_utc_time;
use crate::{Error, ErrorCode, Result};

pub(super) const VERSION_FIELD: &str = "modelpack_trust";
pub(super) const VERSION: i64 = 1;
const NAME_BYTES: usize = 255;
const PEM_START: &[u8] = b"-----BEGIN ";
/// How a single key's policy names it.
const ONLY_KEY: &str = "key";

#[derive(Clone, Debug)]
pub struct Policy {
    /// Where it came from, for messages.
    pub source: String,
    pub keys: Vec<PolicyKey>,
    pub rules: Vec<Rule>,
}

/// A key that a policy knows, by the name that the policy gives it.
#[derive(Clone, Debug)]
pub struct PolicyKey {
    pub name: String,
    pub key: PublicKey,
    /// The last second at which it counts.
    pub not_after: Option<String>,
    pub revoked: bool,
}

pub(super) fn policy_error(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::TrustPolicy, message)
}

impl Policy {
    /// From the text of a policy, or of a public key as PEM: whatever that key signed. `source` says where it came from.
    pub fn from_bytes(bytes: &[u8], source: &str) -> Result<Policy> {
        let place = |error: Error| error.within(&format!("the trust policy {source}"));
        // Only a text that begins as PEM is a key: a policy with something before it must not turn into a key for everything.
        if bytes.trim_ascii_start().starts_with(PEM_START) {
            let text = std::str::from_utf8(bytes).map_err(|_| place(policy_error("not UTF-8")))?;
            let key = PublicKey::from_pem(text).map_err(|error| error.within(source))?;
            return Ok(Self::of_key(key, source));
        }
        Self::parse(bytes, source).map_err(place)
    }

    /// Whatever this key signed, native engine only.
    pub fn of_key(key: PublicKey, source: &str) -> Policy {
        let key = PolicyKey {
            name: ONLY_KEY.to_owned(),
            key,
            not_after: None,
            revoked: false,
        };
        Policy {
            source: source.to_owned(),
            keys: vec![key],
            rules: vec![Rule::any_bundle(vec![0])],
        }
    }

    fn parse(bytes: &[u8], source: &str) -> Result<Policy> {
        let content = json::parse_any_spelling(bytes).map_err(|error| {
            policy_error(error.message()).with_hint("a policy is a JSON object, or a public key as PEM")
        })?;
        let top = Object::new(&content, "the policy".to_owned(), &[VERSION_FIELD, "keys", "rules"])?;
        if top.value(VERSION_FIELD)?.as_int() != Some(VERSION) {
            return Err(top.error(format!("{VERSION_FIELD:?} is not {VERSION}, the only version known")));
        }
        let keys = parse_keys(&top)?;
        let rules = top.value("rules")?.as_array();
        let rules = rules.ok_or_else(|| top.error("\"rules\" is no list"))?;
        let rules = rules
            .iter()
            .zip(1..)
            .map(|(rule, number)| Rule::parse(rule, number, &keys));
        Ok(Policy {
            rules: rules.collect::<Result<_>>()?,
            source: source.to_owned(),
            keys,
        })
    }

    /// The keys of a rule of this policy.
    pub fn keys_of<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = &'a PolicyKey> {
        rule.keys.iter().filter_map(|&index| self.keys.get(index))
    }
}

fn parse_keys(top: &Object<'_>) -> Result<Vec<PolicyKey>> {
    let entries = top.value("keys")?.as_object();
    let entries = entries.ok_or_else(|| top.error("\"keys\" is no object"))?;
    let mut keys: Vec<PolicyKey> = Vec::with_capacity(entries.len());
    for (name, value) in entries {
        let key = parse_key(name, value)?;
        if let Some(other) = keys.iter().find(|other| other.key == key.key) {
            return Err(policy_error(format!(
                "the keys {} and {} are one key under two names",
                quote(&other.name),
                quote(name)
            )));
        }
        keys.push(key);
    }
    Ok(keys)
}

fn parse_key(name: &str, value: &Json) -> Result<PolicyKey> {
    let entry = Object::new(value, format!("key {}", quote(name)), &["pem", "not_after", "revoked"])?;
    if !is_key_name(name) {
        return Err(entry.error("a name has 1 to 255 bytes and no control characters"));
    }
    let key = PublicKey::from_pem(entry.str("pem")?).map_err(|error| entry.error(error.to_string()))?;
    let not_after = entry.optional("not_after").map(|value| {
        let time = value.as_str().filter(|text| is_utc_time(text)).map(str::to_owned);
        time.ok_or_else(|| entry.error("\"not_after\" is not of the form YYYY-MM-DDTHH:MM:SSZ"))
    });
    let revoked = entry.optional("revoked").map(|value| {
        let revoked = value.as_bool();
        revoked.ok_or_else(|| entry.error("\"revoked\" is neither true nor false"))
    });
    Ok(PolicyKey {
        name: name.to_owned(),
        key,
        not_after: not_after.transpose()?,
        revoked: revoked.transpose()?.unwrap_or(false),
    })
}

fn is_key_name(name: &str) -> bool {
    (1..=NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// A JSON object of the policy that has no fields but those that are known.
pub(super) struct Object<'a> {
    value: &'a Json,
    place: String,
}

impl<'a> Object<'a> {
    pub fn new(value: &'a Json, place: String, known: &[&str]) -> Result<Object<'a>> {
        let entries = value
            .as_object()
            .ok_or_else(|| policy_error(format!("{place} is no object")))?;
        let object = Object { value, place };
        match entries.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(object.unknown(name, known)),
            None => Ok(object),
        }
    }

    fn unknown(&self, name: &str, known: &[&str]) -> Error {
        let error = self.error(format!("the field {} is not known", quote(name)));
        match crate::near_name(name, known.iter().copied()) {
            Some(near) => error.with_hint(format!("perhaps {near:?}")),
            None => error.with_hint(format!("known are {}", known.join(", "))),
        }
    }

    pub fn place(&self) -> &str {
        &self.place
    }

    pub fn error(&self, what: impl AsRef<str>) -> Error {
        policy_error(format!("{}: {}", self.place, what.as_ref()))
    }

    pub fn optional(&self, name: &str) -> Option<&'a Json> {
        self.value.get(name)
    }

    pub fn value(&self, name: &str) -> Result<&'a Json> {
        self.optional(name)
            .ok_or_else(|| self.error(format!("the field {name:?} is missing")))
    }

    pub fn str(&self, name: &str) -> Result<&'a str> {
        let text = self.value(name)?.as_str();
        text.ok_or_else(|| self.error(format!("{name:?} is no text")))
    }

    pub fn strings(&self, name: &str) -> Result<Vec<&'a str>> {
        let items = self.value(name)?.as_array();
        let texts = items.and_then(|items| items.iter().map(Json::as_str).collect());
        texts.ok_or_else(|| self.error(format!("{name:?} is no list of texts")))
    }
}
