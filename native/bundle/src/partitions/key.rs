//! Partition keys: a value for each level, and the one byte sequence that stands for them.

use crate::cell;
use crate::feature::{Feature, FeatureType};
use crate::Digest;

/// What a level's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    String,
    Int64,
    Bool,
}

impl KeyType {
    /// None: features of this type are no keys.
    pub fn of(dtype: FeatureType) -> Option<KeyType> {
        match dtype {
            FeatureType::String => Some(KeyType::String),
            FeatureType::Int64 => Some(KeyType::Int64),
            FeatureType::Bool => Some(KeyType::Bool),
            FeatureType::Float64 | FeatureType::Float32 | FeatureType::Timestamp => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            KeyType::String => "string",
            KeyType::Int64 => "int64",
            KeyType::Bool => "bool",
        }
    }
}

const STRING: u8 = 1;
const INT64: u8 = 2;
const BOOL: u8 = 3;

/// The value of one level. Compared, values of one type stand in their natural order: texts by bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyValue<'a> {
    /// There is no value: the look-up stops before this level.
    Missing,
    /// A value that no node has, such as a text that is not in the dictionary.
    Unknown,
    Text(&'a str),
    Int(i64),
    Bool(bool),
}

impl<'a> KeyValue<'a> {
    /// The value that a cell of a key's feature stands for.
    pub fn from_cell(feature: &'a Feature, cell: u64) -> KeyValue<'a> {
        match feature.dtype {
            FeatureType::String => match cell as i64 {
                cell::CODE_NONE | cell::CODE_NAN => KeyValue::Missing,
                code => u32::try_from(code)
                    .ok()
                    .zip(feature.dictionary.as_ref())
                    .and_then(|(code, dictionary)| dictionary.text(code))
                    .map_or(KeyValue::Unknown, KeyValue::Text),
            },
            FeatureType::Int64 if cell == cell::INTEGER_MISSING => KeyValue::Missing,
            FeatureType::Int64 => KeyValue::Int(cell as i64),
            FeatureType::Bool => match cell {
                0 => KeyValue::Bool(false),
                1 => KeyValue::Bool(true),
                _ => KeyValue::Missing,
            },
            _ => KeyValue::Unknown,
        }
    }

    /// The type of a value that a node may have.
    pub fn key_type(&self) -> Option<KeyType> {
        match self {
            KeyValue::Missing | KeyValue::Unknown => None,
            KeyValue::Text(_) => Some(KeyType::String),
            KeyValue::Int(_) => Some(KeyType::Int64),
            KeyValue::Bool(_) => Some(KeyType::Bool),
        }
    }
}

/// Canonical bytes of short keys are made without an allocation.
const SHORT: usize = 192;

/// Bytes that are appended to an array while they fit.
struct Short {
    bytes: [u8; SHORT],
    len: usize,
}

impl Short {
    fn new() -> Short {
        Short {
            bytes: [0; SHORT],
            len: 0,
        }
    }

    fn digest(&self) -> Digest {
        Digest::of(&self.bytes[..self.len])
    }
}

/// Where canonical bytes go.
trait Sink {
    /// False: there is no room.
    fn put(&mut self, bytes: &[u8]) -> bool;
}

impl Sink for Short {
    fn put(&mut self, bytes: &[u8]) -> bool {
        match self.bytes.get_mut(self.len..self.len + bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
                true
            }
            None => false,
        }
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) -> bool {
        self.extend_from_slice(bytes);
        true
    }
}

/// Writes the canonical bytes; None where a value is missing or unknown, Some(false) where there is no room.
fn put_key(key: &[KeyValue<'_>], out: &mut impl Sink) -> Option<bool> {
    let mut room = out.put(&[u8::try_from(key.len()).ok()?]);
    for value in key {
        let mut put = |kind: u8, bytes: &[u8]| -> Option<bool> {
            let size = u32::try_from(bytes.len()).ok()?.to_le_bytes();
            Some(out.put(&[kind, size[0], size[1], size[2], size[3]]) && out.put(bytes))
        };
        room &= match value {
            KeyValue::Missing | KeyValue::Unknown => return None,
            KeyValue::Text(text) => put(STRING, text.as_bytes())?,
            KeyValue::Int(value) => put(INT64, &value.to_le_bytes())?,
            KeyValue::Bool(value) => put(BOOL, &[u8::from(*value)])?,
        };
    }
    Some(room)
}

/// u8 depth, then per level u8 type, u32 length, bytes. None where a value is missing or unknown.
pub fn canonical_bytes(key: &[KeyValue<'_>]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    put_key(key, &mut out).map(|_| out)
}

const HASH_START: &[u8] = b"mpk-key-1\0";

/// The hash of canonical bytes.
pub(crate) fn hash_of(canonical: &[u8]) -> Digest {
    let mut short = Short::new();
    match short.put(HASH_START) && short.put(canonical) {
        true => short.digest(),
        false => Digest::of_parts([HASH_START, canonical]),
    }
}

/// The hash of a key; None where a value is missing or unknown.
pub(crate) fn hash_of_key(key: &[KeyValue<'_>]) -> Option<Digest> {
    let mut short = Short::new();
    short.put(HASH_START);
    match put_key(key, &mut short)? {
        true => Some(short.digest()),
        false => canonical_bytes(key).map(|bytes| hash_of(&bytes)),
    }
}

/// The values of canonical bytes, whose types are those of the leading levels; None if the bytes are not canonical.
pub(crate) fn parse<'a>(canonical: &'a [u8], levels: &[KeyType]) -> Option<Vec<KeyValue<'a>>> {
    let mut values = Vec::with_capacity(levels.len());
    walk(canonical, levels, |value| values.push(value)).then_some(values)
}

/// Whether the bytes are canonical and of these types.
pub(crate) fn is_canonical(canonical: &[u8], levels: &[KeyType]) -> bool {
    walk(canonical, levels, |_| {})
}

fn walk<'a>(canonical: &'a [u8], levels: &[KeyType], mut each: impl FnMut(KeyValue<'a>)) -> bool {
    let Some((&depth, mut rest)) = canonical.split_first() else {
        return false;
    };
    let depth = usize::from(depth);
    if depth == 0 || depth > levels.len() {
        return false;
    }
    for &level in &levels[..depth] {
        match first_value(rest, level) {
            Some((value, after)) => {
                each(value);
                rest = after;
            }
            None => return false,
        }
    }
    rest.is_empty()
}

fn first_value(bytes: &[u8], level: KeyType) -> Option<(KeyValue<'_>, &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (size, rest) = rest.split_first_chunk::<4>()?;
    let (data, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*size)).ok()?)?;
    let value = match (level, kind) {
        (KeyType::String, STRING) => KeyValue::Text(std::str::from_utf8(data).ok()?),
        (KeyType::Int64, INT64) => KeyValue::Int(i64::from_le_bytes(data.try_into().ok()?)),
        (KeyType::Bool, BOOL) => match data {
            [0] => KeyValue::Bool(false),
            [1] => KeyValue::Bool(true),
            _ => return None,
        },
        _ => return None,
    };
    Some((value, rest))
}
