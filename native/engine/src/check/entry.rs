//! One entry of `ops` as it stands in the program, held against the registry.

use super::field::{array, malformed, object, text};
use crate::registry::{OpSpec, OPS};
use modelpack_bundle::{quote, Error, Json, Result};

/// Bytes of an operation's origin.
const MAX_ORIGIN_BYTES: usize = 1024;

/// The fields that every operation has; all others are options.
const COMMON: [&str; 5] = ["in", "op", "origin", "out", "tensors"];

/// Where an error lies.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub index: usize,
    pub op: &'a str,
    pub origin: &'a str,
}

impl Place<'_> {
    pub fn error(&self, message: impl std::fmt::Display) -> Error {
        let origin = if self.origin.is_empty() {
            String::new()
        } else {
            format!(", from {}", quote(self.origin))
        };
        malformed(format!("operation {} ({}{origin}): {message}", self.index, self.op))
    }
}

/// An operation's fields, checked against the registry; inputs and output are still names.
pub struct Entry<'a> {
    pub place: Place<'a>,
    pub spec: &'static OpSpec,
    pub inputs: Vec<&'a str>,
    pub output: &'a str,
    pub options: Vec<(&'static str, &'static str)>,
    /// The registry's name, the file's name.
    pub tensors: Vec<(&'static str, &'a str)>,
}

impl<'a> Entry<'a> {
    pub fn parse(index: usize, json: &'a Json) -> Result<Entry<'a>> {
        let what = format!("operation {index}");
        let entries = object(json, &what)?;
        let field = |key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, value)| value);
        let required = |key: &str| field(key).ok_or_else(|| malformed(format!("{what} has no field {key}")));
        let op = text(required("op")?, &format!("op of {what}"))?;
        let Some(spec) = OPS.iter().find(|spec| spec.name == op) else {
            return Err(malformed(format!("{what} is {}, which uses does not name", quote(op))));
        };
        let origin = text(required("origin")?, &format!("origin of {what}"))?;
        if origin.len() > MAX_ORIGIN_BYTES {
            return Err(malformed(format!(
                "origin of {what} is longer than {MAX_ORIGIN_BYTES} bytes"
            )));
        }
        let place = Place {
            index,
            op: spec.name,
            origin,
        };
        let inputs = array(required("in")?, "in")?
            .iter()
            .map(|name| text(name, "an input"))
            .collect::<Result<_>>()?;
        let [output] = array(required("out")?, "out")? else {
            return Err(place.error("out does not hold one name"));
        };
        let options = options(place, spec, entries)?;
        let tensors = field("tensors").map_or(Ok(vec![]), |json| tensors(place, spec, json))?;
        if let Some((name, _)) = spec
            .tensors
            .iter()
            .find(|(name, must)| *must && tensors.iter().all(|(n, _)| n != name))
        {
            return Err(place.error(format!("the tensor {name} is not there")));
        }
        Ok(Entry {
            place,
            spec,
            inputs,
            output: text(output, "out")?,
            options,
            tensors,
        })
    }
}

/// Every option of the registry, with one of its values, and nothing else beside the common fields.
fn options(
    place: Place,
    spec: &'static OpSpec,
    entries: &[(String, Json)],
) -> Result<Vec<(&'static str, &'static str)>> {
    let own = || entries.iter().filter(|(key, _)| !COMMON.contains(&key.as_str()));
    if let Some((key, _)) = own().find(|(key, _)| spec.options.iter().all(|(name, _)| name != key)) {
        return Err(place.error(format!("unknown field {}", quote(key))));
    }
    let option = |(name, values): &(&'static str, &'static [&'static str])| {
        let Some((_, value)) = own().find(|(key, _)| key == name) else {
            return Err(place.error(format!("the option {name} is not there")));
        };
        let value = text(value, name)?;
        match values.iter().find(|known| **known == value) {
            Some(known) => Ok((*name, *known)),
            None => Err(place.error(format!("the option {name} has the unknown value {}", quote(value)))),
        }
    };
    spec.options.iter().map(option).collect()
}

fn tensors<'a>(place: Place, spec: &'static OpSpec, json: &'a Json) -> Result<Vec<(&'static str, &'a str)>> {
    let entries = object(json, "tensors")?;
    if entries.is_empty() {
        return Err(place.error("tensors is empty; it is left out then"));
    }
    let tensor = |(key, value): &'a (String, Json)| match spec.tensors.iter().find(|(name, _)| name == key) {
        Some((name, _)) => Ok((*name, text(value, name)?)),
        None => Err(place.error(format!("unknown tensor {}", quote(key)))),
    };
    entries.iter().map(tensor).collect()
}
