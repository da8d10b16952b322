//! What the caller of `open` expects.

use crate::manifest::Manifest;
use crate::quote::quote;
use crate::semver::Version;
use crate::trust::{judge, Claim, Explanation, Trust};
use crate::unjudged::Unjudged;
use crate::{Digest, Error, ErrorCode, Result};

/// Trust and expectations. Without a name, a trusted bundle of another model passes.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// None: nothing is permitted.
    pub trust: Option<Trust>,
    /// The bundle's name.
    pub name: Option<String>,
    /// The lowest version that is accepted.
    pub min_version: Option<String>,
    /// `sha256:<64 hex digits>`.
    pub identity: Option<String>,
}

impl OpenOptions {
    /// Options that expect nothing and skip signatures.
    pub fn unsigned() -> OpenOptions {
        OpenOptions {
            trust: Some(Trust::Unsigned),
            ..OpenOptions::default()
        }
    }

    /// Everything that is judged before a bundle is used: trust, then what the caller expects.
    pub(crate) fn explain(&self, bundle: &Unjudged) -> Explanation {
        let claim = Claim {
            source: &*bundle.source,
            manifest: &bundle.manifest,
            identity: bundle.identity,
            signatures: &bundle.signatures,
        };
        let mut explanation = judge(self.trust.as_ref(), &claim);
        if explanation.error.is_none() {
            explanation.refuse(self.check(&bundle.manifest, bundle.identity));
        }
        explanation
    }

    fn check(&self, manifest: &Manifest, identity: Digest) -> Result<()> {
        if let Some(name) = self.name.as_deref().filter(|&name| name != manifest.name) {
            let message = format!("the bundle is {}, not {}", quote(&manifest.name), quote(name));
            return Err(Error::new(ErrorCode::WrongName, message));
        }
        if let Some(min_version) = &self.min_version {
            check_version(&manifest.version, min_version)?;
        }
        if let Some(text) = &self.identity {
            let expected = Digest::from_text(text).ok_or_else(|| {
                Error::new(
                    ErrorCode::Usage,
                    format!("the identity {} is not sha256:<64 hex digits>", quote(text)),
                )
            })?;
            if expected != identity {
                return Err(Error::new(
                    ErrorCode::WrongIdentity,
                    format!("the bundle is {identity}, not {expected}"),
                ));
            }
        }
        Ok(())
    }
}

fn check_version(version: &str, min_version: &str) -> Result<()> {
    let lowest = Version::parse(min_version).ok_or_else(|| {
        Error::new(
            ErrorCode::Usage,
            format!(
                "the version {} is not semver without build metadata",
                quote(min_version)
            ),
        )
    })?;
    if Version::parse(version).is_some_and(|version| version >= lowest) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::WrongVersion,
        format!("the bundle has version {version}; at least {min_version} is expected"),
    ))
}
