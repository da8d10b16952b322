//! A key as people read it: `PL/Warsaw`.

use super::KeyValue;
use crate::limits;

/// The path of the root.
pub const ROOT: &str = "/";

/// Levels joined by `/`. A text is escaped and cut as messages do it, its `/` too; the path of no level is `/`.
pub fn path_text(key: &[KeyValue<'_>]) -> String {
    if key.is_empty() {
        return ROOT.to_owned();
    }
    key.iter().map(level_text).collect::<Vec<_>>().join("/")
}

fn level_text(value: &KeyValue<'_>) -> String {
    match value {
        KeyValue::Missing => "(missing)".to_owned(),
        KeyValue::Unknown => "(unknown)".to_owned(),
        KeyValue::Int(value) => value.to_string(),
        KeyValue::Bool(value) => value.to_string(),
        KeyValue::Text("") => "''".to_owned(),
        KeyValue::Text(text) => escaped(text),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(limits::QUOTED_CHARACTERS) {
        match character {
            '/' => out.push_str("\\/"),
            '\'' | '"' => out.push(character),
            _ => out.extend(character.escape_debug()),
        }
    }
    if characters.next().is_some() {
        out.push('…');
    }
    out
}
