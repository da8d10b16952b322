//! Canonical JSON: one value has one encoding, and the parser refuses every other.

mod parse;

use crate::Result;

/// Largest magnitude of an integer: 2^53 - 1, which every JSON library holds exactly.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// A JSON value of a member. Floats do not occur: they stand as `{"f64":"<16 hex>"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Str(String),
    Array(Vec<Json>),
    /// In ascending order of the keys' bytes.
    Object(Vec<(String, Json)>),
}

/// Parses canonical JSON, refusing whatever would not encode to the same bytes.
pub fn parse(bytes: &[u8]) -> Result<Json> {
    parse::parse(bytes, parse::Spelling::Canonical)
}

/// Parses JSON that others wrote, in any spelling of the same values: signatures and trust policies, never members.
pub fn parse_any_spelling(bytes: &[u8]) -> Result<Json> {
    parse::parse(bytes, parse::Spelling::Any)
}

impl Json {
    pub fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Json)>) -> Json {
        let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Json::Object(entries)
    }

    pub fn str(text: impl Into<String>) -> Json {
        Json::Str(text.into())
    }

    /// The member of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?
            .iter()
            .find(|entry| entry.0 == key)
            .map(|entry| &entry.1)
    }

    pub fn as_object(&self) -> Option<&[(String, Json)]> {
        match self {
            Json::Object(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Json::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number of `{"f64":"<16 hex>"}`.
    pub fn as_f64(&self) -> Option<f64> {
        let digits = self.tagged("f64")?;
        is_lower_hex(digits, 16).then(|| u64::from_str_radix(digits, 16).ok().map(f64::from_bits))?
    }

    /// The number of `{"f32":"<8 hex>"}`.
    pub fn as_f32(&self) -> Option<f32> {
        let digits = self.tagged("f32")?;
        is_lower_hex(digits, 8).then(|| u32::from_str_radix(digits, 16).ok().map(f32::from_bits))?
    }

    /// An integer of any size: a JSON integer, or `{"i64":"<decimal>"}` for those beyond ±(2^53-1).
    pub fn as_i64(&self) -> Option<i64> {
        if let Json::Int(value) = self {
            return Some(*value);
        }
        let digits = self.tagged("i64")?;
        let value: i64 = digits.parse().ok()?;
        (value.unsigned_abs() > MAX_INTEGER as u64 && value.to_string() == digits).then_some(value)
    }

    fn tagged(&self, tag: &str) -> Option<&str> {
        match self.as_object()? {
            [(key, Json::Str(text))] if key == tag => Some(text),
            _ => None,
        }
    }

    /// The canonical encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Json::Null => out.extend_from_slice(b"null"),
            Json::Bool(true) => out.extend_from_slice(b"true"),
            Json::Bool(false) => out.extend_from_slice(b"false"),
            Json::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Json::Str(text) => write_string(text, out),
            Json::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Json::Object(entries) => {
                out.push(b'{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    write_string(key, out);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }
}

/// Whether `text` is `digits` hexadecimal digits in lower case.
pub fn is_lower_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The bytes that have an escape of two characters.
const SHORT_ESCAPED: [u8; 7] = [b'"', b'\\', 0x08, 0x09, 0x0a, 0x0c, 0x0d];

/// The letter of a control character's short escape.
fn short_escape(byte: u8) -> Option<u8> {
    Some(match byte {
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        b'"' | b'\\' => byte,
        _ => return None,
    })
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        if let Some(letter) = short_escape(byte) {
            out.extend_from_slice(&[b'\\', letter]);
        } else if byte < 0x20 {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests;
