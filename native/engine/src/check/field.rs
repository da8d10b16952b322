//! Reading the program's JSON strictly: the fields named are all there, and no others.

use modelpack_bundle::{quote, Error, ErrorCode, Json, Result};

pub fn malformed(message: impl Into<String>) -> Error {
    Error::new(
        ErrorCode::Program,
        format!("the program is not well formed: {}", message.into()),
    )
}

/// The entries of an object, whose keys ascend.
pub fn object<'a>(json: &'a Json, what: &str) -> Result<&'a [(String, Json)]> {
    match json {
        Json::Object(entries) if entries.windows(2).all(|pair| pair[0].0 < pair[1].0) => Ok(entries),
        Json::Object(_) => Err(malformed(format!("the fields of {what} do not ascend"))),
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

/// The values of exactly these keys, in their order.
pub fn fields<'a, const N: usize>(json: &'a Json, what: &str, keys: [&str; N]) -> Result<[&'a Json; N]> {
    let entries = object(json, what)?;
    if let Some((key, _)) = entries.iter().find(|(key, _)| !keys.contains(&key.as_str())) {
        return Err(malformed(format!("{what} has the unknown field {}", quote(key))));
    }
    let mut found = [&Json::Null; N];
    for (slot, key) in found.iter_mut().zip(keys) {
        match entries.iter().find(|(k, _)| k == key) {
            Some((_, value)) => *slot = value,
            None => return Err(malformed(format!("{what} has no field {key}"))),
        }
    }
    Ok(found)
}
