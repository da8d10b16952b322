//! Taking trust back in a policy's file.

use std::path::Path;

use super::add::entry;
use super::policy::policy_error;
use super::{glob, policy_file};
use crate::json::Json;
use crate::quote::quote;
use crate::{Digest, Error, ErrorCode, Result};

/// Signatures of the key do not count any more. The key stays in the policy, so that it is not added again by mistake.
pub fn revoke_key(path: &Path, name: &str) -> Result<()> {
    policy_file::change(path, |policy| {
        let keys = entry(policy, "keys")?;
        let unknown = |_| {
            Error::new(ErrorCode::Usage, format!("the policy has no key {}", quote(name)))
                .with_hint("modelpack trust list shows them")
        };
        set(entry(keys, name).map_err(unknown)?, "revoked", Json::Bool(true))
    })
}

/// The bundle of this identity is refused by every rule that matches the name `bundle` (None: by every rule).
pub fn revoke_identity(path: &Path, identity: Digest, bundle: Option<&str>) -> Result<()> {
    policy_file::change(path, |policy| {
        let Json::Array(rules) = entry(policy, "rules")? else {
            return Err(policy_error("\"rules\" is no list"));
        };
        let mut changed = false;
        for rule in rules {
            let pattern = rule.get("bundle").and_then(Json::as_str).unwrap_or_default();
            if bundle.is_none_or(|bundle| glob::matches(pattern, bundle)) {
                revoke_in(rule, identity)?;
                changed = true;
            }
        }
        match changed {
            true => Ok(()),
            false => Err(Error::new(
                ErrorCode::Usage,
                "no rule of the policy is for this bundle, so none accepts it",
            )),
        }
    })
}

fn revoke_in(rule: &mut Json, identity: Digest) -> Result<()> {
    const FIELD: &str = "revoked_identities";
    let identity = Json::str(identity.to_string());
    match entry(rule, FIELD) {
        Ok(Json::Array(identities)) => {
            if !identities.contains(&identity) {
                identities.push(identity);
            }
            Ok(())
        }
        _ => set(rule, FIELD, Json::Array(vec![identity])),
    }
}

fn set(object: &mut Json, name: &str, value: Json) -> Result<()> {
    let Json::Object(entries) = object else {
        return Err(policy_error("an entry of the policy is no object"));
    };
    entries.retain(|entry| entry.0 != name);
    entries.push((name.to_owned(), value));
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(())
}
