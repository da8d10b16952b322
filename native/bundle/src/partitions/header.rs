//! The first 64 bytes of partitions.idx.

use super::index_error;
use super::record::RECORD_BYTES;
use crate::{limits, Error, ErrorCode, Result};

pub(crate) const HEADER_BYTES: usize = 64;
const MAGIC: &[u8; 8] = b"MPKPIDX1";
const VERSION: u32 = 1;

/// What the header says; the rest follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub levels: u32,
    pub count: u32,
    /// Length of the keys' blob, which ends the member.
    pub blob_length: u64,
}

impl Header {
    pub fn blob_offset(&self) -> u64 {
        HEADER_BYTES as u64 + RECORD_BYTES as u64 * u64::from(self.count)
    }

    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut out = [0; HEADER_BYTES];
        out[..8].copy_from_slice(MAGIC);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        out[12..16].copy_from_slice(&self.levels.to_le_bytes());
        out[16..24].copy_from_slice(&u64::from(self.count).to_le_bytes());
        out[24..32].copy_from_slice(&self.blob_offset().to_le_bytes());
        out[32..40].copy_from_slice(&self.blob_length.to_le_bytes());
        out
    }

    /// The header of a whole index: made again from its numbers, it has the same bytes, and the member ends where the blob does.
    pub fn parse(index: &[u8]) -> Result<Header> {
        let bytes = index
            .first_chunk::<HEADER_BYTES>()
            .ok_or_else(|| index_error("it is shorter than its header"))?;
        let u64_at = |at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().expect("within the header"));
        let count = u64_at(16);
        if count > limits::PARTITIONS as u64 {
            let message = format!("partitions.idx: {count} records; at most {}", limits::PARTITIONS);
            return Err(Error::new(ErrorCode::Limit, message));
        }
        let header = Header {
            levels: u32::from_le_bytes(*bytes[12..].first_chunk().expect("within the header")),
            count: count as u32,
            blob_length: u64_at(32),
        };
        if header.to_bytes() != *bytes {
            return Err(index_error("the header is not the canonical one"));
        }
        if header.blob_offset().checked_add(header.blob_length) != Some(index.len() as u64) {
            return Err(index_error("header, records and keys do not fill it"));
        }
        Ok(header)
    }
}
