//! Reading the fields of a JSON object, with errors that name the field.

use crate::json::Json;
use crate::{Error, ErrorCode, Result};

/// An object of a member, and how errors about it begin.
pub(crate) struct Fields<'a> {
    entries: &'a [(String, Json)],
    place: String,
    code: ErrorCode,
}

impl<'a> Fields<'a> {
    pub fn new(value: &'a Json, place: impl Into<String>, code: ErrorCode) -> Result<Fields<'a>> {
        let place = place.into();
        match value.as_object() {
            Some(entries) => Ok(Fields { entries, place, code }),
            None => Err(Error::new(code, format!("{place} is no object"))),
        }
    }

    pub fn error(&self, what: impl AsRef<str>) -> Error {
        Error::new(self.code, format!("{}: {}", self.place, what.as_ref()))
    }

    pub fn optional(&self, key: &str) -> Option<&'a Json> {
        self.entries.iter().find(|entry| entry.0 == key).map(|entry| &entry.1)
    }

    pub fn value(&self, key: &str) -> Result<&'a Json> {
        self.optional(key)
            .ok_or_else(|| self.error(format!("{key:?} is missing")))
    }

    pub fn str(&self, key: &str) -> Result<&'a str> {
        self.value(key)?
            .as_str()
            .ok_or_else(|| self.error(format!("{key:?} is no string")))
    }

    pub fn bool(&self, key: &str) -> Result<bool> {
        self.value(key)?
            .as_bool()
            .ok_or_else(|| self.error(format!("{key:?} is neither true nor false")))
    }

    pub fn array(&self, key: &str) -> Result<&'a [Json]> {
        self.value(key)?
            .as_array()
            .ok_or_else(|| self.error(format!("{key:?} is no list")))
    }

    /// A number that is not negative.
    pub fn count(&self, key: &str) -> Result<u64> {
        let value = self.value(key)?.as_int().and_then(|value| u64::try_from(value).ok());
        value.ok_or_else(|| self.error(format!("{key:?} is no count")))
    }

    pub fn strings(&self, key: &str) -> Result<Vec<String>> {
        let text = |item: &Json| item.as_str().map(str::to_owned);
        let items: Option<Vec<String>> = self.array(key)?.iter().map(text).collect();
        items.ok_or_else(|| self.error(format!("{key:?} is no list of strings")))
    }
}
