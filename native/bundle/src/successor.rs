//! Whether one bundle may take the place of another while callers go on.

mod difference;

use std::cmp::Ordering;

use crate::quote::quote;
use crate::semver::Version;
use crate::{Bundle, Error, ErrorCode, Result};

/// Differences that a message names; the others are counted.
const NAMED: usize = 20;

impl Bundle {
    /// Refuses `next` where it is another model, an older version or another build of this version (unless
    /// `allow_rollback`), or where those who call this bundle would not be served by it.
    ///
    /// Compatible means: whoever gives what this bundle asks for, by name or by position, and reads what it answers, gets as
    /// much from `next`.
    ///  - The features of this bundle are there, in this order, with their dtypes; none that was optional is required.
    ///  - Further features are optional and stand behind them.
    ///  - Where this bundle has partition keys, they are the same.
    ///  - The outputs are the same: names, order, dtypes, widths, classes.
    ///
    /// Categories, policies, metrics, partitions and the model itself may change.
    pub fn check_successor(&self, next: &Bundle, allow_rollback: bool) -> Result<()> {
        if next.name() != self.name() {
            let message = format!(
                "the bundle is {}, and takes the place of {} only",
                quote(next.name()),
                quote(self.name())
            );
            return Err(Error::new(ErrorCode::WrongName, message));
        }
        if !allow_rollback {
            self.check_forward(next)?;
        }
        self.check_compatible(next)
    }

    /// Which of two versions is the higher one, by semver's precedence.
    pub fn compare_version(&self, other: &Bundle) -> Ordering {
        version(self).cmp(&version(other))
    }

    fn check_forward(&self, next: &Bundle) -> Result<()> {
        let (code, what) = match next.compare_version(self) {
            Ordering::Greater => return Ok(()),
            Ordering::Equal if next.identity() == self.identity() => return Ok(()),
            Ordering::Equal => (ErrorCode::WrongIdentity, "is another build of the version in use"),
            Ordering::Less => (ErrorCode::WrongVersion, "is lower than the version in use"),
        };
        let message = format!(
            "{} {} {what}, {} ({})",
            quote(next.name()),
            next.version(),
            self.version(),
            self.identity()
        );
        Err(Error::new(code, message).with_hint("give it a higher version, or allow rollback"))
    }

    fn check_compatible(&self, next: &Bundle) -> Result<()> {
        let differences = difference::between(self.schema(), next.schema());
        let Some(first) = differences.first() else {
            return Ok(());
        };
        let mut texts: Vec<&str> = differences
            .iter()
            .take(NAMED)
            .map(|found| found.text.as_str())
            .collect();
        let others = format!("and {} more", differences.len().saturating_sub(NAMED));
        if differences.len() > NAMED {
            texts.push(&others);
        }
        let message = format!(
            "callers of {} {} are not served by {}: {}",
            quote(self.name()),
            self.version(),
            next.version(),
            texts.join(", ")
        );
        let error = Error::new(ErrorCode::IncompatibleSchema, message);
        Err(match &first.feature {
            Some(feature) => error.with_feature(feature),
            None => error,
        })
    }
}

fn version(bundle: &Bundle) -> Version {
    Version::parse(bundle.version()).expect("the manifest was parsed, and has a version")
}

#[cfg(test)]
mod tests;
