//! Who may be believed.

use crate::{Error, ErrorCode, Result};

/// A trust policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Signatures are skipped: nothing says who made the bundle. Digests are still checked; native engine only.
    Unsigned,
}

/// Without a policy nothing is permitted. `name` is the bundle's, of the form that the format states.
pub(crate) fn decide(trust: Option<Trust>, name: &str) -> Result<()> {
    match trust {
        Some(Trust::Unsigned) => Ok(()),
        None => Err(untrusted(name)),
    }
}

fn untrusted(name: &str) -> Error {
    let way_out = format!("modelpack.load(path, trust=modelpack.UNSIGNED, name=\"{name}\")");
    Error::new(
        ErrorCode::Untrusted,
        format!("no trust policy permits the bundle '{name}'"),
    )
    .with_hint(format!(
        "if you know where it comes from, open it without a signature: {way_out}"
    ))
}
