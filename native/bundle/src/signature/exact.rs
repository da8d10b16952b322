//! JSON objects that have exactly the fields that are named.

use super::signature_error;
use crate::json::Json;
use crate::Result;

/// The values of an object's fields, in the order in which they are named; another field, or none where one is named, is refused.
pub(super) fn fields<'a, const N: usize>(value: &'a Json, place: &str, names: [&str; N]) -> Result<[&'a Json; N]> {
    let entries = value
        .as_object()
        .ok_or_else(|| signature_error(format!("{place} is no object")))?;
    if let Some((name, _)) = entries.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        return Err(signature_error(format!(
            "{place} has the field {name:?}, which is not known"
        )));
    }
    let mut found = [value; N];
    for (slot, name) in found.iter_mut().zip(names) {
        let missing = || signature_error(format!("{place} has no field {name:?}"));
        *slot = value.get(name).ok_or_else(missing)?;
    }
    Ok(found)
}

/// The text that a field must be.
pub(super) fn constant(value: &Json, place: &str, expected: &str) -> Result<()> {
    match value.as_str() == Some(expected) {
        true => Ok(()),
        false => Err(signature_error(format!("{place} is not {expected:?}"))),
    }
}

pub(super) fn text<'a>(value: &'a Json, place: &str) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| signature_error(format!("{place} is no text")))
}

/// The one element of a list.
pub(super) fn only<'a>(value: &'a Json, place: &str) -> Result<&'a Json> {
    match value.as_array() {
        Some([item]) => Ok(item),
        Some(items) => Err(signature_error(format!(
            "{place} has {} elements, not one",
            items.len()
        ))),
        None => Err(signature_error(format!("{place} is no list"))),
    }
}
