//! Keys of nodes as the JSON of an array, a value a level; integers beyond ±(2^53-1) as `{"i64":"…"}`.

use std::ffi::c_char;

use modelpack_bundle::{json, Json, KeyValue, Result};

use crate::boundary::usage;
use crate::pointer::array;

/// The parsed array, from which [`values`] borrow.
///
/// # Safety
/// `key` is NULL or a text of `length` bytes.
pub unsafe fn parse(key: *const c_char, length: u64) -> Result<Vec<Json>> {
    // SAFETY: promised by the caller.
    let bytes = unsafe { array(key.cast::<u8>(), length, "key") }?;
    match json::parse_any_spelling(bytes).map_err(|error| error.within("key"))? {
        Json::Array(values) => Ok(values),
        _ => Err(usage("key is no JSON array, a value a level")),
    }
}

pub fn values(key: &[Json]) -> Result<Vec<KeyValue<'_>>> {
    key.iter()
        .map(|value| match value {
            Json::Null => Ok(KeyValue::Missing),
            Json::Bool(value) => Ok(KeyValue::Bool(*value)),
            Json::Str(text) => Ok(KeyValue::Text(text)),
            Json::Int(_) | Json::Array(_) | Json::Object(_) => match value.as_i64() {
                Some(i64::MIN) => Err(usage(
                    "the least int64 is no value of a key: it stands for a missing one",
                )),
                Some(value) => Ok(KeyValue::Int(value)),
                None => Err(usage("a value of key is no string, integer, true, false or null")),
            },
        })
        .collect()
}

/// The JSON of a node's key.
pub fn to_json(key: &[KeyValue<'_>]) -> Vec<u8> {
    let value = |value: &KeyValue<'_>| match value {
        KeyValue::Missing | KeyValue::Unknown => Json::Null,
        KeyValue::Text(text) => Json::str(*text),
        KeyValue::Int(value) if value.unsigned_abs() < 1 << 53 => Json::Int(*value),
        KeyValue::Int(value) => Json::object([("i64", Json::str(value.to_string()))]),
        KeyValue::Bool(value) => Json::Bool(*value),
    };
    Json::Array(key.iter().map(value).collect()).to_bytes()
}
