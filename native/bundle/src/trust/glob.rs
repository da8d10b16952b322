//! Patterns over names of bundles: `*` is any run of characters, everything else is itself.

/// Whether `text` may be a pattern: characters of names and `*`, so that nobody takes `?` or `[` for more than they are.
pub(super) fn is_glob(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-' | b'*');
    !text.is_empty() && text.len() <= 256 && text.bytes().all(allowed)
}

/// Linear in the product of the lengths, whatever the pattern.
pub(super) fn matches(glob: &str, name: &str) -> bool {
    let mut parts = glob.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{is_glob, matches};

    #[test]
    fn a_star_is_any_run_and_all_else_is_itself() {
        for (glob, name) in [
            ("*", "eta"),
            ("*", ""),
            ("eta", "eta"),
            ("eta*", "eta"),
            ("eta*", "eta-2"),
            ("*-eta", "city-eta"),
            ("a*b*c", "abc"),
            ("a*b*c", "a-bb-b-c"),
            ("a**c", "ac"),
            ("*a*", "bab"),
            ("a.b", "a.b"),
        ] {
            assert!(matches(glob, name), "{glob} {name}");
        }
        for (glob, name) in [
            ("eta", "eta2"),
            ("eta", "et"),
            ("eta*", "et"),
            ("*-eta", "city-eta2"),
            ("a*b*c", "acb"),
            ("aa*aa", "aaa"),
            ("a*b", "a"),
            ("a.b", "aab"),
            ("", "a"),
        ] {
            assert!(!matches(glob, name), "{glob} {name}");
        }
    }

    #[test]
    fn only_characters_of_names_and_stars_stand_in_a_pattern() {
        for glob in ["*", "eta", "eta-*.v_1"] {
            assert!(is_glob(glob), "{glob}");
        }
        for glob in ["", "eta?", "[ab]", "Eta", "{a,b}", "a b", "a/b", "\\*"] {
            assert!(!is_glob(glob), "{glob}");
        }
    }
}
