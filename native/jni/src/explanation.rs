//! Why a bundle may be used or not, as Java's `TrustExplanation` reads it.

use modelpack_bundle::{Digest, Engines, Error, Explanation, Result};

use crate::wire::Wire;

pub fn encode(explanation: &Explanation) -> Result<Vec<u8>> {
    let mut wire = Wire::default();
    wire.text(&explanation.name)?;
    wire.text(&explanation.version)?;
    wire.text(&explanation.identity.to_string())?;
    wire.text(&explanation.policy)?;
    wire.bool(explanation.rule.is_some());
    if let Some(finding) = &explanation.rule {
        wire.count(finding.number)?;
        wire.text(&finding.rule.bundle)?;
        wire.count(finding.keys.len())?;
        finding.keys.iter().try_for_each(|key| wire.text(key))?;
        wire.count(finding.rule.threshold)?;
        optional(&mut wire, finding.rule.min_version.as_deref())?;
        wire.bool(finding.rule.identities.is_some());
        identities(&mut wire, finding.rule.identities.as_deref().unwrap_or_default())?;
        identities(&mut wire, &finding.rule.revoked_identities)?;
        engines(&mut wire, finding.rule.engines)?;
    }
    wire.count(explanation.signatures.len())?;
    for signature in &explanation.signatures {
        wire.text(&signature.hint)?;
        optional(&mut wire, signature.key.as_deref())?;
        wire.bool(signature.counts);
        wire.text(&signature.why)?;
    }
    engines(&mut wire, explanation.engines)?;
    wire.bool(explanation.verified);
    refusal(&mut wire, explanation.error.as_ref())?;
    wire.text(&explanation.to_json_text())?;
    Ok(wire.into_bytes())
}

pub fn engines(wire: &mut Wire, engines: Engines) -> Result<()> {
    wire.count(engines.names().count())?;
    engines.names().try_for_each(|name| wire.text(name))
}

fn identities(wire: &mut Wire, identities: &[Digest]) -> Result<()> {
    wire.count(identities.len())?;
    identities
        .iter()
        .try_for_each(|identity| wire.text(&identity.to_string()))
}

fn refusal(wire: &mut Wire, error: Option<&Error>) -> Result<()> {
    wire.bool(error.is_some());
    let Some(error) = error else { return Ok(()) };
    wire.int32(error.code().number());
    wire.text(error.message())?;
    optional(wire, error.hint())
}

fn optional(wire: &mut Wire, text: Option<&str>) -> Result<()> {
    wire.bool(text.is_some());
    text.map_or(Ok(()), |text| wire.text(text))
}
