//! Versions: semver 2.0 without build metadata, and their precedence.

use std::cmp::Ordering;

const LONGEST: usize = 128;

/// A parsed version; ordered by precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 3],
    pre_release: Vec<Identifier>,
}

/// One part of a pre-release. Numbers come before words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Word(String),
}

impl Version {
    pub fn parse(text: &str) -> Option<Version> {
        if text.len() > LONGEST {
            return None;
        }
        let (core, pre_release) = match text.split_once('-') {
            Some((core, rest)) => (core, rest.split('.').map(identifier).collect::<Option<Vec<_>>>()?),
            None => (text, Vec::new()),
        };
        let numbers: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
        Some(Version {
            numbers: numbers.try_into().ok()?,
            pre_release,
        })
    }
}

/// A number without leading zeros.
fn number(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    if canonical {
        text.parse().ok()
    } else {
        None
    }
}

fn identifier(text: &str) -> Option<Identifier> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(text).map(Identifier::Number);
    }
    Some(Identifier::Word(text.to_owned()))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let release = |version: &Self| version.pre_release.is_empty();
        self.numbers
            .cmp(&other.numbers)
            // A release comes after all its pre-releases.
            .then_with(|| release(self).cmp(&release(other)))
            .then_with(|| self.pre_release.cmp(&other.pre_release))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_stand_in_the_order_of_semver() {
        let ascending = [
            "0.0.0",
            "0.9.0",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-11",
            "1.0.0--",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0",
        ];
        let versions = ascending.map(|text| Version::parse(text).expect(text));
        assert!(versions.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "1",
            "1.0",
            "1.0.0.0",
            "01.0.0",
            "1.0.00",
            "1.0.0-",
            "1.0.0-01",
            "1.0.0-a..b",
            "1.0.0+build",
            "1.0.0-a+b",
            "v1.0.0",
            "1.0.0 ",
            "-1.0.0",
            "1.0.99999999999999999999",
            "1..0",
            "1.0.0-é",
        ] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
        assert_eq!(Version::parse(&format!("1.0.0-{}", "a".repeat(200))), None);
    }
}
