//! What Java's `Wire` reads: little-endian numbers, texts as length and UTF-8.

use modelpack_bundle::{Error, ErrorCode, Result};

#[derive(Default)]
pub struct Wire {
    bytes: Vec<u8>,
}

impl Wire {
    pub fn int64(&mut self, value: i64) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn int32(&mut self, value: i32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn float64(&mut self, value: f64) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn bool(&mut self, value: bool) {
        self.bytes.push(u8::from(value));
    }

    pub fn count(&mut self, count: usize) -> Result<()> {
        let count = i32::try_from(count).map_err(|_| Error::new(ErrorCode::Limit, format!("{count} entries")))?;
        self.int32(count);
        Ok(())
    }

    pub fn text(&mut self, text: &str) -> Result<()> {
        self.count(text.len())?;
        self.bytes.extend(text.as_bytes());
        Ok(())
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
