//! The decision over a bundle whose structure and bundle.json were read, and of which nothing is believed yet.

use super::explanation::{Explanation, RuleFinding, SignatureFinding};
use super::{describe, Engines, Policy, PolicyKey, Rule, Trust};
use crate::container::{StoredMember, BUNDLE_JSON};
use crate::manifest::Manifest;
use crate::member::read_member;
use crate::quote::quote;
use crate::semver::Version;
use crate::signature::{self, Statement};
use crate::source::Source;
use crate::{utc_time, Digest, Error, ErrorCode, Result};

/// What a bundle claims to be, and where its signatures lie.
pub(crate) struct Claim<'a> {
    pub source: &'a dyn Source,
    pub manifest: &'a Manifest,
    pub identity: Digest,
    pub signatures: &'a [StoredMember],
}

/// Whether `trust` permits the bundle, and which engines: `error` of the answer says why not.
pub(crate) fn judge(trust: Option<&Trust>, claim: &Claim<'_>) -> Explanation {
    let mut explanation = Explanation {
        name: claim.manifest.name.clone(),
        version: claim.manifest.version.clone(),
        identity: claim.identity,
        policy: describe(trust),
        rule: None,
        signatures: Vec::new(),
        engines: Engines::NONE,
        verified: false,
        error: None,
    };
    let decision = match trust {
        Some(Trust::Unsigned) => Ok((Engines::NATIVE, false)),
        Some(Trust::UnsignedOnnx) => Ok((Engines::NATIVE.with(Engines::ONNX), false)),
        Some(Trust::Policy(policy)) => decide(policy, claim, &mut explanation).map(|engines| (engines, true)),
        Some(Trust::Identity { identity, engines }) => {
            check_identity(*identity, claim.identity).map(|()| (*engines, true))
        }
        Some(Trust::Absent { .. }) | None => Err(no_policy(trust, claim)),
    };
    match decision {
        Ok((engines, verified)) => {
            explanation.engines = engines;
            explanation.verified = verified;
        }
        Err(error) => explanation.error = Some(error),
    }
    explanation
}

/// The first rule that matches decides; what it refuses, no later one accepts.
fn decide(policy: &Policy, claim: &Claim<'_>, explanation: &mut Explanation) -> Result<Engines> {
    let name = &claim.manifest.name;
    let found = policy.rules.iter().zip(1..).find(|(rule, _)| rule.matches(name));
    let (rule, number) = found.ok_or_else(|| no_rule(policy, name))?;
    explanation.rule = Some(RuleFinding::new(number, rule, policy));
    for stored in claim.signatures {
        let finding = judge_signature(policy, rule, stored, claim);
        explanation.signatures.push(finding.0);
        if let Some(error) = finding.1 {
            return Err(error);
        }
    }
    let place = format!(
        "rule {number} ({}) of the trust policy {}",
        quote(&rule.bundle),
        policy.source
    );
    check_threshold(rule, &place, claim, explanation)?;
    check_bounds(rule, &place, claim)?;
    Ok(rule.engines)
}

/// What a signature is worth, and the error if its key is of the rule and it is none.
fn judge_signature(
    policy: &Policy,
    rule: &Rule,
    stored: &StoredMember,
    claim: &Claim<'_>,
) -> (SignatureFinding, Option<Error>) {
    let hint = signature::hint_of(&stored.name);
    let named = |key: &&PolicyKey| key.key.hint() == hint;
    let finding = |key: Option<&PolicyKey>, counts: bool, why: String| SignatureFinding {
        hint: hint.to_owned(),
        key: key.map(|key| key.name.clone()),
        counts,
        why,
    };
    let Some(key) = policy.keys_of(rule).find(named) else {
        // Nobody may believe what stands in it, so nobody reads it.
        let key = policy.keys.iter().find(named);
        let why = match key {
            Some(_) => "its key is not one of the rule's",
            None => "the policy does not know its key",
        };
        return (finding(key, false, why.to_owned()), None);
    };
    let statement =
        read_member(claim.source, stored, None).and_then(|(content, _)| signature::verify(&content, &key.key));
    match statement {
        Err(error) => {
            let place = format!("the signature of {} ({})", quote(&key.name), short(hint));
            let error = match error.code() {
                ErrorCode::Signature => error.with_hint("the file was changed: ask its signer for it again"),
                _ => error,
            };
            let error = error.within(&place);
            (finding(Some(key), false, error.message().to_owned()), Some(error))
        }
        Ok(statement) => match objection(key, &statement, claim) {
            Some(why) => (finding(Some(key), false, why), None),
            None => (finding(Some(key), true, "verified".to_owned()), None),
        },
    }
}

/// Enough of a hint for people to tell keys apart.
fn short(hint: &str) -> &str {
    hint.get(..12).unwrap_or(hint)
}

/// Why a signature that verifies does not count.
fn objection(key: &PolicyKey, statement: &Statement, claim: &Claim<'_>) -> Option<String> {
    if let Some(difference) = difference(statement, claim) {
        return Some(format!("it verifies, but {difference}"));
    }
    if key.revoked {
        return Some("it verifies, but the policy revokes its key".to_owned());
    }
    let expired = key
        .not_after
        .as_ref()
        .filter(|not_after| utc_time::now() > **not_after)?;
    Some(format!("it verifies, but its key counts until {expired} only"))
}

/// How the signed members differ from those of the bundle: the same set, each with the same digest, bundle.json among them.
fn difference(statement: &Statement, claim: &Claim<'_>) -> Option<String> {
    let digest_of = |name: &str| match name {
        BUNDLE_JSON => Some(claim.identity),
        _ => claim.manifest.member(name).map(|member| member.digest),
    };
    for (name, digest) in statement.resources() {
        match digest_of(name) {
            None => return Some(format!("it signs {}, which is not in this bundle", quote(name))),
            Some(present) if present != *digest => {
                return Some(format!("it signs another {} than this bundle's", quote(name)))
            }
            Some(_) => {}
        }
    }
    // Names of a statement differ, as those of a bundle do, so equal numbers make equal sets.
    let (signed, present) = (statement.resources().len(), claim.manifest.members.len() + 1);
    (signed < present).then(|| format!("it signs {signed} of the {present} members"))
}

fn check_threshold(rule: &Rule, place: &str, claim: &Claim<'_>, explanation: &Explanation) -> Result<()> {
    // A signature has one hint, a hint one key, and a container no name twice: these are distinct keys.
    let counted = explanation.signatures.iter().filter(|finding| finding.counts).count();
    if counted >= rule.threshold {
        return Ok(());
    }
    let findings: Vec<String> = explanation
        .signatures
        .iter()
        .filter(|finding| !finding.counts)
        .map(|finding| {
            let key = finding
                .key
                .as_deref()
                .map_or_else(String::new, |name| format!(" by {}", quote(name)));
            format!("signature {}{key}: {}", short(&finding.hint), finding.why)
        })
        .collect();
    let found = match explanation.signatures.len() {
        0 => "the bundle has no signature".to_owned(),
        _ => findings.join(", "),
    };
    let message = format!(
        "{place} asks for {} of {}; {counted} count: {found}",
        plural(rule.threshold, "signature"),
        plural(rule.keys.len(), "key"),
    );
    let name = &claim.manifest.name;
    let hint = match claim.signatures.is_empty() {
        true => "ask for the signed file, or sign it: modelpack sign FILE --key KEY.pem".to_owned(),
        false => format!("if you trust who signed it, add the key: modelpack trust add KEY.pub --bundle {name}"),
    };
    Err(Error::new(ErrorCode::TooFewSignatures, message).with_hint(hint))
}

fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// Lowest version, pinned and revoked identities.
fn check_bounds(rule: &Rule, place: &str, claim: &Claim<'_>) -> Result<()> {
    if let Some(lowest) = &rule.min_version {
        let version = &claim.manifest.version;
        if Version::parse(version) < Version::parse(lowest) {
            let message = format!("the bundle has version {version}; {place} asks for at least {lowest}");
            return Err(Error::new(ErrorCode::WrongVersion, message).with_hint("ask for the newer bundle"));
        }
    }
    if rule
        .identities
        .as_ref()
        .is_some_and(|pinned| !pinned.contains(&claim.identity))
    {
        let message = format!("the bundle is {}, which {place} does not name", claim.identity);
        return Err(Error::new(ErrorCode::WrongIdentity, message)
            .with_hint("add it to the rule's identities if it is meant to be used"));
    }
    if rule.revoked_identities.contains(&claim.identity) {
        let message = format!("{place} revokes the bundle {}", claim.identity);
        return Err(Error::new(ErrorCode::Revoked, message).with_hint("use another version of it"));
    }
    Ok(())
}

fn check_identity(expected: Digest, identity: Digest) -> Result<()> {
    match expected == identity {
        true => Ok(()),
        false => Err(Error::new(
            ErrorCode::WrongIdentity,
            format!("the bundle is {identity}, not {expected}"),
        )),
    }
}

fn no_rule(policy: &Policy, name: &str) -> Error {
    let message = format!(
        "no rule of the trust policy {} is for the bundle {}",
        policy.source,
        quote(name)
    );
    Error::new(ErrorCode::Untrusted, message).with_hint(format!(
        "if you trust who signed it: modelpack trust add KEY.pub --bundle {name}"
    ))
}

/// The refusal of a user who has no policy ends with the line that mends it. `name` is of the form that the format states.
fn no_policy(trust: Option<&Trust>, claim: &Claim<'_>) -> Error {
    let name = &claim.manifest.name;
    let place = match trust {
        Some(Trust::Absent { place: Some(place) }) => format!(" ({} is not there)", place.display()),
        _ => String::new(),
    };
    let error = Error::new(
        ErrorCode::Untrusted,
        format!("no trust policy permits the bundle '{name}'{place}"),
    );
    if !claim.signatures.is_empty() {
        return error.with_hint(format!(
            "if you trust who signed it, say so: modelpack trust add KEY.pub --bundle {name}"
        ));
    }
    error.with_hint(format!(
        "if you know where it comes from, open it without a signature: \
         modelpack.load(path, trust=modelpack.UNSIGNED, name=\"{name}\")"
    ))
}
