//! Names of C: a prefix for all that is visible, identifiers for features and outputs.

use std::collections::HashSet;

use modelpack_bundle::{quote, Error, ErrorCode, Result};

/// Names that every file shares.
#[derive(Clone, Debug)]
pub struct Names {
    /// Prefix of functions, types and files.
    pub lower: String,
    /// Prefix of macros.
    pub upper: String,
    /// Name, version and identity, as comments say them.
    pub about: String,
}

const MOST_PREFIX_BYTES: usize = 40;

const KEYWORDS: [&str; 38] = [
    "auto", "bool", "break", "case", "char", "class", "const", "continue", "default", "delete", "do", "double", "else",
    "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "new", "register", "restrict", "return",
    "short", "signed", "sizeof", "static", "struct", "switch", "this", "typedef", "union", "unsigned", "void",
    "volatile",
];

impl Names {
    /// `prefix` as the caller gave it, or made from the bundle's name.
    pub fn new(prefix: Option<&str>, bundle: &str, about: &str) -> Result<Names> {
        let lower = match prefix {
            Some(prefix) => prefix.to_owned(),
            None => {
                let name = identifier(bundle).to_lowercase();
                let first = if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                    ""
                } else {
                    "model_"
                };
                let mut name = format!("{first}{name}");
                name.truncate(MOST_PREFIX_BYTES);
                name
            }
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let reserved = KEYWORDS.contains(&lower.as_str()) || lower.starts_with("mp_") || lower.starts_with("modelpack");
        if !lower.starts_with(|c: char| c.is_ascii_lowercase())
            || !lower.chars().all(plain)
            || lower.len() > MOST_PREFIX_BYTES
            || reserved
        {
            let message = format!("{} is no prefix of C names", quote(&lower));
            return Err(Error::new(ErrorCode::Usage, message)
                .with_hint("give one of the form [a-z][a-z0-9_]*, up to 40 characters, that is no word of C and does not begin with mp_ or modelpack"));
        }
        Ok(Names {
            upper: lower.to_uppercase(),
            lower,
            about: about.to_owned(),
        })
    }

    /// The comment that every file begins with.
    pub fn notice(&self) -> String {
        format!("/* {}. Written by modelpack; do not edit. */\n", self.about)
    }
}

/// Identifiers made from texts, none twice.
#[derive(Default)]
pub struct Identifiers {
    taken: HashSet<String>,
}

impl Identifiers {
    pub fn make(&mut self, text: &str) -> String {
        let plain = identifier(text);
        let mut name = if KEYWORDS.contains(&plain.as_str()) {
            format!("{plain}_")
        } else {
            plain.clone()
        };
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        name
    }
}

fn identifier(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_made_from_the_name_of_the_bundle() {
        let prefix = |prefix, bundle| Names::new(prefix, bundle, "").map(|names| names.lower);
        assert_eq!(prefix(None, "flight-delay.eta").expect("valid"), "flight_delay_eta");
        assert_eq!(prefix(None, "7wonders").expect("valid"), "model_7wonders");
        assert_eq!(prefix(Some("eta"), "x").expect("valid"), "eta");
        for refused in ["", "Eta", "9a", "a-b", "mp_x", "int", "modelpack_math"] {
            assert!(prefix(Some(refused), "x").is_err(), "{refused}");
        }
    }

    #[test]
    fn identifiers_differ_where_texts_do() {
        let mut names = Identifiers::default();
        assert_eq!(names.make("wind speed"), "wind_speed");
        assert_eq!(names.make("wind_speed"), "wind_speed_2");
        assert_eq!(names.make("int"), "int_");
        assert_eq!(names.make("Łódź"), "__d_");
    }
}
