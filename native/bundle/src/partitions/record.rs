//! One record of partitions.idx, read where it stands.

use crate::Digest;

pub(crate) const RECORD_BYTES: usize = 128;
const PRUNED: u32 = 1;

/// The fields of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub hash: Digest,
    /// The entry's digest; zero where the node is pruned.
    pub entry: Digest,
    /// Where the entry stands in partitions.pack.
    pub offset: u64,
    pub length: u64,
    /// Where the key's canonical bytes stand in the blob.
    pub key_offset: u64,
    pub key_length: u32,
    /// The program's place among the digests of programs.json, ascending.
    pub program: u32,
    pub pruned: bool,
}

fn u32_at(bytes: &[u8; RECORD_BYTES], at: usize) -> u32 {
    u32::from_le_bytes(*bytes[at..].first_chunk().expect("fields lie within a record"))
}

fn u64_at(bytes: &[u8; RECORD_BYTES], at: usize) -> u64 {
    u64::from_le_bytes(*bytes[at..].first_chunk().expect("fields lie within a record"))
}

fn digest_at(bytes: &[u8; RECORD_BYTES], at: usize) -> Digest {
    Digest(*bytes[at..].first_chunk().expect("fields lie within a record"))
}

impl Record {
    /// None where a flag is not known or a reserved byte is not zero.
    pub fn parse(bytes: &[u8; RECORD_BYTES]) -> Option<Record> {
        let flags = u32_at(bytes, 96);
        if flags & !PRUNED != 0 || bytes[100..] != [0; RECORD_BYTES - 100] {
            return None;
        }
        Some(Record {
            hash: digest_at(bytes, 0),
            entry: digest_at(bytes, 32),
            offset: u64_at(bytes, 64),
            length: u64_at(bytes, 72),
            key_offset: u64_at(bytes, 80),
            key_length: u32_at(bytes, 88),
            program: u32_at(bytes, 92),
            pruned: flags & PRUNED != 0,
        })
    }

    /// The flag alone, of a record that was checked.
    pub fn is_pruned(bytes: &[u8; RECORD_BYTES]) -> bool {
        u32_at(bytes, 96) & PRUNED != 0
    }

    pub fn to_bytes(self) -> [u8; RECORD_BYTES] {
        let mut out = [0; RECORD_BYTES];
        let flags = if self.pruned { PRUNED } else { 0 };
        let fields: [&[u8]; 9] = [
            &self.hash.0,
            &self.entry.0,
            &self.offset.to_le_bytes(),
            &self.length.to_le_bytes(),
            &self.key_offset.to_le_bytes(),
            &self.key_length.to_le_bytes(),
            &self.program.to_le_bytes(),
            &flags.to_le_bytes(),
            &[0; RECORD_BYTES - 100],
        ];
        let mut rest = &mut out[..];
        for field in fields {
            let (here, after) = rest.split_at_mut(field.len());
            here.copy_from_slice(field);
            rest = after;
        }
        out
    }
}
