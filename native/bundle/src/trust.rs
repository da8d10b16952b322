//! Who may be believed.

mod add;
mod engines;
mod explanation;
mod glob;
mod judge;
mod locations;
mod policy;
mod policy_file;
mod revoke;
mod rule;

use std::path::PathBuf;
use std::sync::Arc;

pub use add::add_key;
pub use engines::Engines;
pub use explanation::{Explanation, SignatureFinding};
pub(crate) use judge::{judge, Claim};
pub use locations::{default_policy_path, user_key_path, user_policy_path};
pub use policy::{Policy, PolicyKey};
pub use revoke::{revoke_identity, revoke_key};
pub use rule::Rule;

use crate::Digest;

/// What the caller of `open` believes.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Signatures are skipped: nothing says who made the bundle. Digests are still checked; native engine only.
    Unsigned,
    /// The same, and the ONNX engine, a large parser, may read the bundle too.
    UnsignedOnnx,
    Policy(Arc<Policy>),
    /// Exactly this bundle, which somebody else has verified, and these engines.
    Identity {
        identity: Digest,
        engines: Engines,
    },
    /// The user has no policy at this place (None: the system names none), so nothing is permitted.
    Absent {
        place: Option<PathBuf>,
    },
}

impl From<Policy> for Trust {
    fn from(policy: Policy) -> Trust {
        Trust::Policy(Arc::new(policy))
    }
}

/// Where trust comes from, for people.
fn describe(trust: Option<&Trust>) -> String {
    match trust {
        Some(Trust::Unsigned | Trust::UnsignedOnnx) => "UNSIGNED: no signature is asked for".to_owned(),
        Some(Trust::Policy(policy)) => policy.source.clone(),
        Some(Trust::Identity { .. }) => "an identity that was verified elsewhere".to_owned(),
        Some(Trust::Absent { place: Some(place) }) => format!("none: {} is not there", place.display()),
        Some(Trust::Absent { place: None }) | None => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests;
