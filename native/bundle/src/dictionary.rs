//! The categories of a string feature and their codes.

use std::hash::{BuildHasher, RandomState};

use crate::safetensors::{Dtype, TensorFile};
use crate::{limits, Bytes, Error, ErrorCode, Result};

/// Texts by position, with a look-up from text to position.
#[derive(Clone, Debug)]
pub struct Dictionary {
    bytes: Bytes,
    /// `len + 1` ends, starting with 0.
    offsets: Vec<u32>,
    /// Open addressing: a code, or `EMPTY`; a power of two, at most half full.
    table: Vec<u32>,
    seed: [u64; 2],
}

const EMPTY: u32 = u32::MAX;

fn error(feature: usize, what: &str) -> Error {
    Error::new(ErrorCode::Schema, format!("dictionary of feature {feature}: {what}"))
}

impl Dictionary {
    /// The dictionary of the feature at `index`, from dictionaries.safetensors.
    pub(crate) fn from_tensors(file: &TensorFile, index: usize) -> Result<Dictionary> {
        let bytes_name = format!("{index}.bytes");
        let offsets = file
            .get(&format!("{index}.offsets"))
            .ok_or_else(|| error(index, "the offsets are missing"))?;
        let bytes = file
            .get(&bytes_name)
            .ok_or_else(|| error(index, "the bytes are missing"))?;
        if bytes.dtype != Dtype::U8 || bytes.shape.len() != 1 {
            return Err(error(index, "the bytes are not u8[total]"));
        }
        if offsets.dtype != Dtype::U64 || offsets.shape.len() != 1 {
            return Err(error(index, "the offsets are not u64[n + 1]"));
        }
        let shared = file.bytes(&bytes_name).expect("the tensor was found above");
        Self::new(shared, &offsets.u64s()?).map_err(|what| match what.code() {
            ErrorCode::Schema => error(index, what.message()),
            _ => what,
        })
    }

    /// Texts are the pieces of `bytes` between neighbouring offsets; each is UTF-8 and stands once.
    pub fn new(bytes: Bytes, offsets: &[u64]) -> Result<Dictionary> {
        let bad = |what: &str| Error::new(ErrorCode::Schema, what);
        let count = offsets
            .len()
            .checked_sub(1)
            .ok_or_else(|| bad("there are no offsets"))?;
        if count > limits::DICTIONARY_ENTRIES || bytes.len() > u32::MAX as usize {
            return Err(Error::new(
                ErrorCode::Limit,
                format!("a dictionary of {count} entries in {} bytes", bytes.len()),
            ));
        }
        if offsets[0] != 0 || offsets[count] != bytes.len() as u64 || !offsets.is_sorted() {
            return Err(bad("the offsets do not ascend from 0 to the number of bytes"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| bad("a category is not UTF-8"))?;
        if !offsets.iter().all(|&offset| text.is_char_boundary(offset as usize)) {
            return Err(bad("a category is not UTF-8"));
        }
        let state = RandomState::new();
        let mut dictionary = Dictionary {
            offsets: offsets.iter().map(|&offset| offset as u32).collect(),
            table: vec![EMPTY; (2 * count).next_power_of_two()],
            seed: [state.hash_one(0), state.hash_one(1)],
            bytes,
        };
        for code in 0..count as u32 {
            let slot = dictionary.slot(dictionary.bytes_of(code));
            if dictionary.table[slot] != EMPTY {
                return Err(bad("a category stands twice"));
            }
            dictionary.table[slot] = code;
        }
        Ok(dictionary)
    }

    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of a category, by its exact bytes.
    pub fn code(&self, text: &[u8]) -> Option<u32> {
        let code = self.table[self.slot(text)];
        (code != EMPTY).then_some(code)
    }

    /// The category of a code below [`Dictionary::len`].
    pub fn text(&self, code: u32) -> Option<&str> {
        ((code as usize) < self.len())
            .then(|| std::str::from_utf8(self.bytes_of(code)).expect("checked when the dictionary was made"))
    }

    fn bytes_of(&self, code: u32) -> &[u8] {
        &self.bytes[self.offsets[code as usize] as usize..self.offsets[code as usize + 1] as usize]
    }

    /// Where `text` stands in the table, or the empty place where it would.
    fn slot(&self, text: &[u8]) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = hash(text, self.seed) as usize & mask;
        loop {
            let code = self.table[slot];
            if code == EMPTY || self.bytes_of(code) == text {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// A keyed hash by folded multiplication: the seed differs in every process, so nobody can pack categories that collide.
fn hash(text: &[u8], seed: [u64; 2]) -> u64 {
    let mut state = seed[0] ^ text.len() as u64;
    let mut chunks = text.chunks_exact(16);
    for chunk in &mut chunks {
        let (low, high) = chunk.split_at(8);
        state = fold(word(low) ^ seed[1], word(high) ^ state);
    }
    let rest = chunks.remainder();
    let (low, high) = rest.split_at(rest.len().min(8));
    state = fold(word(low) ^ seed[1], word(high) ^ state);
    fold(state ^ seed[0], seed[1] | 1)
}

/// Up to eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    let mut out = [0; 8];
    out[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(out)
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(texts: &[&str]) -> Result<Dictionary> {
        let mut offsets = vec![0];
        for text in texts {
            offsets.push(offsets.last().expect("starts with one") + text.len() as u64);
        }
        Dictionary::new(texts.concat().into_bytes().into(), &offsets)
    }

    #[test]
    fn categories_and_codes_answer_each_other() {
        let texts = [
            "JFK",
            "",
            "Łódź",
            "a category of more than sixteen bytes",
            "a category of more than sixteen byteZ",
            "0",
        ];
        let dictionary = dictionary(&texts).expect("valid");
        for (code, text) in texts.iter().enumerate() {
            assert_eq!(dictionary.code(text.as_bytes()), Some(code as u32), "{text}");
            assert_eq!(dictionary.text(code as u32), Some(*text));
        }
        for text in ["jfk", "JF", "JFK ", "00", "\0"] {
            assert_eq!(dictionary.code(text.as_bytes()), None, "{text}");
        }
        assert_eq!(dictionary.text(6), None);
        assert_eq!(dictionary.text(u32::MAX), None);
    }

    #[test]
    fn an_empty_dictionary_knows_nothing() {
        let dictionary = dictionary(&[]).expect("valid");
        assert!(dictionary.is_empty());
        assert_eq!(dictionary.code(b""), None);
    }

    #[test]
    fn many_categories_are_all_found() {
        let texts: Vec<String> = (0..20_000).map(|i| format!("category-{i}")).collect();
        let dictionary = dictionary(&texts.iter().map(String::as_str).collect::<Vec<_>>()).expect("valid");
        for (code, text) in texts.iter().enumerate() {
            assert_eq!(dictionary.code(text.as_bytes()), Some(code as u32));
        }
    }

    #[test]
    fn a_malformed_dictionary_is_refused() {
        assert!(dictionary(&["a", "b", "a"]).is_err());
        assert!(dictionary(&["", ""]).is_err());
        let new = |bytes: &[u8], offsets: &[u64]| Dictionary::new(bytes.into(), offsets).map(|_| ());
        for (bytes, offsets) in [
            (&b"ab"[..], &[][..]),
            (b"ab", &[0]),
            (b"ab", &[1, 2]),
            (b"ab", &[0, 1]),
            (b"ab", &[0, 3]),
            (b"ab", &[0, 2, 1, 2]),
            (b"ab", &[0, u64::MAX, 2]),
            (b"\xff", &[0, 1]),
            ("é".as_bytes(), &[0, 1, 2]),
        ] {
            assert_eq!(
                new(bytes, offsets).expect_err("must be refused").code(),
                ErrorCode::Schema,
                "{offsets:?}"
            );
        }
    }
}
