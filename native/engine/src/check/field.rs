//! Reading the program's JSON strictly: the fields named are all there, and no others.

use modelpack_bundle::{quote, Error, ErrorCode, Json, Result};

pub fn malformed(message: impl Into<String>) -> Error {
    Error::new(
        ErrorCode::Program,
        format!("the program is not well formed: {}", message.into()),
    )
}

pub fn object<'a>(json: &'a Json, what: &str) -> Result<&'a [(String, Json)]> {
    match json {
        Json::Object(entries) => Ok(entries),
        _ => Err(malformed(format!("{what} is not an object"))),
    }
}

pub fn array<'a>(json: &'a Json, what: &str) -> Result<&'a [Json]> {
    match json {
        Json::Array(items) => Ok(items),
        _ => Err(malformed(format!("{what} is not an array"))),
    }
}

pub fn text<'a>(json: &'a Json, what: &str) -> Result<&'a str> {
    match json {
        Json::Str(text) => Ok(text),
        _ => Err(malformed(format!("{what} is not a string"))),
    }
}

pub fn integer(json: &Json, what: &str) -> Result<i64> {
    match json {
        Json::Int(integer) => Ok(*integer),
        _ => Err(malformed(format!("{what} is not an integer"))),
    }
}

/// The values of exactly these keys (ascending), in their order.
pub fn fields<'a, const N: usize>(json: &'a Json, what: &str, keys: [&str; N]) -> Result<[&'a Json; N]> {
    let entries = object(json, what)?;
    if let Some((key, _)) = entries.iter().find(|(key, _)| !keys.contains(&key.as_str())) {
        return Err(malformed(format!("{what} has the unknown field {}", quote(key))));
    }
    let mut found = [&Json::Null; N];
    for (slot, key) in found.iter_mut().zip(keys) {
        let mut matching = entries.iter().filter(|(k, _)| k == key);
        *slot = match (matching.next(), matching.next()) {
            (Some((_, value)), None) => value,
            (Some(_), Some(_)) => return Err(malformed(format!("{what} has the field {key} twice"))),
            (None, _) => return Err(malformed(format!("{what} has no field {key}"))),
        };
    }
    Ok(found)
}
