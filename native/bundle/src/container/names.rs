//! Names of members: which are allowed, and in which order they stand.

use std::collections::HashSet;

use super::{BUNDLE_JSON, PARTITIONS_INDEX, PARTITIONS_PACK, SIGNATURES};
use crate::json::is_lower_hex;
use crate::quote::quote_bytes;
use crate::{limits, Error, ErrorCode, Result};

/// `[A-Za-z0-9][A-Za-z0-9._-]*`, one or more of them joined by `/`.
pub(crate) fn is_member_name(name: &[u8]) -> bool {
    let component = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphanumeric)
            && part
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    name.len() <= limits::MEMBER_NAME_BYTES && name.split(|&byte| byte == b'/').all(component)
}

/// A signature's name, `signatures/<64 hex digits>.sigstore.json`.
fn is_signature_name(name: &str) -> bool {
    let hint = name
        .strip_prefix(SIGNATURES)
        .and_then(|rest| rest.strip_suffix(".sigstore.json"));
    hint.is_some_and(|hint| is_lower_hex(hint, 64))
}

pub(crate) fn is_signature(name: &str) -> bool {
    name.starts_with(SIGNATURES)
}

fn error(what: &str, name: &str) -> Error {
    Error::new(
        ErrorCode::MemberName,
        format!("{what}: {}", quote_bytes(name.as_bytes())),
    )
}

/// The name as text, if it is one that a member may have.
pub(crate) fn parse_name(name: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(name).ok().filter(|_| is_member_name(name));
    let text = text.ok_or_else(|| {
        Error::new(
            ErrorCode::MemberName,
            format!("a member may not be called {}", quote_bytes(name)),
        )
    })?;
    if is_signature(text) && !is_signature_name(text) {
        return Err(error(
            "a signature is called signatures/<64 hex digits>.sigstore.json, not",
            text,
        ));
    }
    Ok(text)
}

/// Names differ without regard to case, and none is the folder of another: unzipped, each is a file.
pub(crate) fn check_unique(names: &[&str]) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(error("two members have the same name, but for case", name));
        }
    }
    for name in names {
        let folded = name.to_ascii_lowercase();
        let mut folders = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        if folders.any(|folder| seen.contains(folder)) {
            return Err(error("a member's folder is a member", name));
        }
    }
    Ok(())
}

/// Where a member stands: the order in which a writer that streams can write.
pub(crate) fn order(name: &str) -> (u8, &str) {
    let place = match name {
        PARTITIONS_PACK => 0,
        PARTITIONS_INDEX => 1,
        BUNDLE_JSON => 3,
        _ if is_signature(name) => 4,
        _ => 2,
    };
    (place, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_names_are_allowed() {
        for name in ["a", "A.b-c_d", "models/main/tensors.safetensors", "0/1.."] {
            assert!(is_member_name(name.as_bytes()), "{name}");
        }
        for name in [
            "", "/a", "a/", "a//b", "./a", "../a", "a/../b", "a/./b", ".a", "-a", "a\\b", "a\0", "a b", "C:a", "é",
            "a/.b", "a\n",
        ] {
            assert!(!is_member_name(name.as_bytes()), "{name:?}");
        }
        assert!(is_member_name(&[b'a'; 255]));
        assert!(!is_member_name(&[b'a'; 256]));
        assert!(!is_member_name(b"\xff"));
    }

    #[test]
    fn signatures_have_names_of_one_form() {
        let hint = "0123456789abcdef".repeat(4);
        assert!(parse_name(format!("signatures/{hint}.sigstore.json").as_bytes()).is_ok());
        for name in [
            format!("signatures/{hint}.json"),
            format!("signatures/{}.sigstore.json", hint.to_uppercase()),
        ] {
            assert_eq!(
                parse_name(name.as_bytes()).expect_err("refused").code(),
                ErrorCode::MemberName
            );
        }
    }

    #[test]
    fn names_that_one_folder_cannot_hold_are_refused() {
        assert!(check_unique(&["a/b", "a/c", "ab"]).is_ok());
        for names in [["a", "a"], ["a", "A"], ["a/b", "A/B"], ["a", "a/b"], ["A", "a/b/c"]] {
            assert_eq!(
                check_unique(&names).expect_err("refused").code(),
                ErrorCode::MemberName,
                "{names:?}"
            );
        }
    }
}
