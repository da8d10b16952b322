//! programs.json: programs by the digest of their text.

use crate::json::{self, is_lower_hex, Json};
use crate::quote::quote;
use crate::{Digest, Error, ErrorCode, Result};

/// The checked member; a program's text is still to be checked by the engine.
#[derive(Clone, Debug)]
pub struct Programs {
    entries: Vec<(String, String)>,
}

impl Programs {
    /// Every text has the digest that it stands under.
    pub fn parse(bytes: &[u8]) -> Result<Programs> {
        let error = |what: String| Error::new(ErrorCode::Program, format!("programs.json: {what}"));
        let content = json::parse(bytes).map_err(|error| error.within("programs.json"))?;
        let Json::Object(content) = content else {
            return Err(error("it is no object".to_owned()));
        };
        let mut entries = Vec::with_capacity(content.len());
        for (digest, program) in content {
            let Json::Str(text) = program else {
                return Err(error(format!("the program {} is no string", quote(&digest))));
            };
            if !is_lower_hex(&digest, 64) || Digest::of(text.as_bytes()).hex() != digest {
                return Err(error(format!("{} is not the digest of its program", quote(&digest))));
            }
            entries.push((digest, text));
        }
        Ok(Programs { entries })
    }

    /// The text of the program with this digest, 64 hex digits.
    pub fn get(&self, digest: &str) -> Option<&str> {
        let index = self
            .entries
            .binary_search_by(|entry| entry.0.as_str().cmp(digest))
            .ok()?;
        self.entries.get(index).map(|entry| entry.1.as_str())
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Digests and texts, in ascending order of digests.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| (entry.0.as_str(), entry.1.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_the_digest_of_its_text() {
        let text = r#"{"program":1}"#;
        let digest = Digest::of(text.as_bytes()).hex();
        let member = Json::object([(digest.clone(), Json::str(text))]).to_bytes();
        let programs = Programs::parse(&member).expect("valid");
        assert_eq!(programs.get(&digest), Some(text));
        assert_eq!(programs.get("00"), None);
        assert_eq!(programs.iter().collect::<Vec<_>>(), [(digest.as_str(), text)]);
        for (key, value) in [
            (digest.clone(), Json::str("{}")),
            (digest.to_uppercase(), Json::str(text)),
            (digest.clone(), Json::object([("program", Json::Int(1))])),
        ] {
            let member = Json::object([(key, value)]).to_bytes();
            assert_eq!(
                Programs::parse(&member).expect_err("refused").code(),
                ErrorCode::Program
            );
        }
        assert_eq!(Programs::parse(b"[]").expect_err("refused").code(), ErrorCode::Program);
    }
}
