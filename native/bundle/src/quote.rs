//! Names and values inside messages: escaped, on one line, cut.

use crate::limits;

/// `value` in single quotes, control characters and quotes escaped, cut to 64 characters.
pub fn quote(value: &str) -> String {
    let mut out = String::from("'");
    let mut characters = value.chars();
    for character in characters.by_ref().take(limits::QUOTED_CHARACTERS) {
        if character == '\'' || character == '"' {
            out.extend((character == '\'').then_some('\\'));
            out.push(character);
        } else {
            out.extend(character.escape_debug());
        }
    }
    if characters.next().is_some() {
        out.push('…');
    }
    out.push('\'');
    out
}

/// As [`quote`], for bytes that may be no UTF-8.
pub fn quote_bytes(value: &[u8]) -> String {
    // Four bytes hold one character at most, so the cut is the same as that of the whole text.
    let head = &value[..value.len().min(4 * limits::QUOTED_CHARACTERS + 4)];
    quote(&String::from_utf8_lossy(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_is_short_and_on_one_line() {
        assert_eq!(quote("17"), "'17'");
        assert_eq!(quote("it's \"so\"\n\u{1b}"), r#"'it\'s "so"\n\u{1b}'"#);
        assert_eq!(quote(&"x".repeat(64)).chars().count(), 66);
        assert_eq!(quote(&"é".repeat(65)), format!("'{}…'", "é".repeat(64)));
        assert_eq!(quote_bytes(&[b'a', 0xff]), "'a\u{fffd}'");
        assert_eq!(
            quote_bytes(&"é".repeat(1 << 20).into_bytes()),
            format!("'{}…'", "é".repeat(64))
        );
    }
}
