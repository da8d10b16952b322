//! partitions.idx while nodes are added: one record a node, sorted at the end.

use std::collections::HashSet;

use super::header::{Header, HEADER_BYTES};
use super::key::{self, KeyType, KeyValue};
use super::pack::Placed;
use super::path_text;
use super::record::{Record, RECORD_BYTES};
use crate::{limits, Digest, Error, ErrorCode, Result};

/// What is kept of a node.
struct NewRecord {
    hash: Digest,
    /// Where its key stands in the keys.
    key_offset: u32,
    key_length: u32,
    model: Option<Model>,
}

/// Where a node's model is.
#[derive(Clone, Copy)]
pub(super) struct Model {
    /// Number of the entry.
    pub entry: u32,
    /// Number of the program, in order of first use.
    pub program: u32,
}

pub(super) struct NewIndex {
    levels: Vec<KeyType>,
    records: Vec<NewRecord>,
    /// Canonical bytes in the order of the nodes.
    keys: Vec<u8>,
    /// The beginnings of hashes, to find a key that comes twice early.
    seen: HashSet<u64>,
}

impl NewIndex {
    pub fn new(levels: &[KeyType]) -> NewIndex {
        NewIndex {
            levels: levels.to_vec(),
            records: Vec::new(),
            keys: Vec::new(),
            seen: HashSet::new(),
        }
    }

    pub fn count(&self) -> usize {
        self.records.len()
    }

    /// The canonical bytes of a key that may be added next: of the levels' types, not there yet, within the limits.
    pub fn check(&self, key: &[KeyValue<'_>]) -> Result<Vec<u8>> {
        let error = |code: ErrorCode, what: String| {
            let path = path_text(key);
            Error::new(code, format!("node {path}: {what}")).with_node(path)
        };
        if key.is_empty() || key.len() > self.levels.len() {
            let what = format!("a node's key has 1 to {} levels, not {}", self.levels.len(), key.len());
            return Err(error(ErrorCode::Usage, what));
        }
        for (number, (value, level)) in key.iter().zip(&self.levels).enumerate() {
            if value.key_type() != Some(*level) {
                let what = format!("level {} of the key is no {} value", number + 1, level.name());
                return Err(error(ErrorCode::WrongType, what));
            }
        }
        let too_long = || error(ErrorCode::Limit, "the key is too long".to_owned());
        let bytes = key::canonical_bytes(key).ok_or_else(too_long)?;
        let size = HEADER_BYTES + RECORD_BYTES * (self.count() + 1) + self.keys.len() + bytes.len();
        if self.count() >= limits::PARTITIONS || size > limits::PARTITION_INDEX_BYTES {
            let what = "with it the bundle would have more than 1,000,000 nodes, or an index of more than 256 MiB";
            return Err(error(ErrorCode::Limit, what.to_owned()));
        }
        let hash = key::hash_of(&bytes);
        if self.seen.contains(&start_of(&hash)) && self.records.iter().any(|record| record.hash == hash) {
            return Err(error(ErrorCode::Usage, "the key comes twice".to_owned()));
        }
        Ok(bytes)
    }

    /// Adds a node whose key was checked. None: it is pruned.
    pub fn add(&mut self, key: &[u8], model: Option<Model>) -> Result<()> {
        let no_memory = |_| Error::new(ErrorCode::NoMemory, "no memory for the partitions' index");
        self.records.try_reserve(1).map_err(no_memory)?;
        self.keys.try_reserve(key.len()).map_err(no_memory)?;
        self.seen.try_reserve(1).map_err(no_memory)?;
        let hash = key::hash_of(key);
        self.records.push(NewRecord {
            hash,
            key_offset: self.keys.len() as u32,
            key_length: key.len() as u32,
            model,
        });
        self.keys.extend_from_slice(key);
        self.seen.insert(start_of(&hash));
        Ok(())
    }

    /// Numbers of the nodes in the order of their records.
    pub fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.records.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| self.records[a as usize].hash.cmp(&self.records[b as usize].hash));
        order
    }

    /// The member's bytes. `places`: for each program its place among the digests, ascending.
    pub fn to_bytes(&self, order: &[u32], entries: &[Placed], places: &[u32]) -> Result<Vec<u8>> {
        let header = Header {
            levels: self.levels.len() as u32,
            count: self.records.len() as u32,
            blob_length: self.keys.len() as u64,
        };
        let size = HEADER_BYTES + RECORD_BYTES * self.records.len() + self.keys.len();
        let mut out = Vec::new();
        out.try_reserve_exact(size)
            .map_err(|_| Error::new(ErrorCode::NoMemory, "no memory for the partitions' index"))?;
        out.extend_from_slice(&header.to_bytes());
        let mut key_offset = 0;
        for &number in order {
            let record = &self.records[number as usize];
            out.extend_from_slice(&record.to_record(key_offset, entries, places).to_bytes());
            key_offset += u64::from(record.key_length);
        }
        for &number in order {
            out.extend_from_slice(self.key(&self.records[number as usize]));
        }
        Ok(out)
    }

    fn key(&self, record: &NewRecord) -> &[u8] {
        let start = record.key_offset as usize;
        &self.keys[start..start + record.key_length as usize]
    }
}

impl NewRecord {
    fn to_record(&self, key_offset: u64, entries: &[Placed], places: &[u32]) -> Record {
        let blank = Placed {
            digest: Digest([0; 32]),
            offset: 0,
            length: 0,
        };
        let entry = self.model.map_or(blank, |model| entries[model.entry as usize]);
        Record {
            hash: self.hash,
            entry: entry.digest,
            offset: entry.offset,
            length: entry.length,
            key_offset,
            key_length: self.key_length,
            program: self.model.map_or(0, |model| places[model.program as usize]),
            pruned: self.model.is_none(),
        }
    }
}

fn start_of(hash: &Digest) -> u64 {
    u64::from_le_bytes(*hash.0.first_chunk().expect("a hash has 32 bytes"))
}
