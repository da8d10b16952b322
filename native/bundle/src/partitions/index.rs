//! partitions.idx, checked whole when the bundle opens, then read where it stands.

use super::header::{Header, HEADER_BYTES};
use super::key::{self, KeyType};
use super::pack_layout::PackLayout;
use super::record::{Record, RECORD_BYTES};
use super::{index_error, path_text};
use crate::{limits, Bytes, Digest, Error, ErrorCode, Result};

/// The checked member.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    bytes: Bytes,
    count: usize,
}

/// What the index must agree with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'a> {
    pub levels: &'a [KeyType],
    /// How many programs programs.json holds.
    pub programs: usize,
    /// Size of partitions.pack.
    pub pack_size: u64,
}

impl Index {
    /// Checks order, keys, bounds and that entries fill partitions.pack.
    pub fn parse(bytes: Bytes, around: &Surroundings<'_>) -> Result<Index> {
        let header = Header::parse(&bytes)?;
        if header.levels as usize != around.levels.len() {
            return Err(index_error("it has not as many levels as the schema has keys"));
        }
        let index = Index {
            count: header.count as usize,
            bytes,
        };
        index.check(around)?;
        Ok(index)
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The records, one after the other.
    fn records(&self) -> &[u8] {
        &self.bytes[HEADER_BYTES..HEADER_BYTES + self.count * RECORD_BYTES]
    }

    fn blob(&self) -> &[u8] {
        &self.bytes[HEADER_BYTES + self.count * RECORD_BYTES..]
    }

    fn record_bytes(&self, number: usize) -> Option<&[u8; RECORD_BYTES]> {
        self.records().get(number * RECORD_BYTES..)?.first_chunk()
    }

    /// The record of this number; None where there are not so many.
    pub fn record(&self, number: usize) -> Option<Record> {
        Record::parse(self.record_bytes(number)?)
    }

    /// The hash of a record below [`Index::count`].
    pub fn hash(&self, number: usize) -> &[u8; 32] {
        self.records()[number * RECORD_BYTES..]
            .first_chunk()
            .expect("a record begins with its hash")
    }

    pub fn pruned(&self, number: usize) -> bool {
        self.record_bytes(number).is_some_and(Record::is_pruned)
    }

    /// The canonical bytes of a record's key.
    pub fn key(&self, record: &Record) -> &[u8] {
        self.key_of(record).unwrap_or_default()
    }

    fn key_of(&self, record: &Record) -> Option<&[u8]> {
        let start = usize::try_from(record.key_offset).ok()?;
        self.blob().get(start..start.checked_add(record.key_length as usize)?)
    }

    fn check(&self, around: &Surroundings<'_>) -> Result<()> {
        let mut pack = PackLayout::with_capacity(self.count)?;
        let mut previous: Option<&[u8; 32]> = None;
        let mut keys_end = 0;
        for number in 0..self.count {
            let at = |what: &str| index_error(format!("record {number}: {what}"));
            let record = self
                .record(number)
                .ok_or_else(|| at("a flag is not known, or a reserved byte is not zero"))?;
            if record.key_offset != keys_end {
                return Err(at("its key does not follow the one before"));
            }
            keys_end += u64::from(record.key_length);
            let key = self.key_of(&record).ok_or_else(|| at("its key lies outside"))?;
            if !key::is_canonical(key, around.levels) {
                return Err(at("its key is not canonical, or not of the types of the levels"));
            }
            let named = |what: &str| error_of(ErrorCode::Partitions, what, key, around.levels);
            if key::hash_of(key) != record.hash {
                return Err(named("its hash is not that of its key"));
            }
            if previous.is_some_and(|previous| *previous >= record.hash.0) {
                return Err(named("records do not ascend by hash"));
            }
            previous = Some(self.hash(number));
            check_entry(&record, around).map_err(|(code, what)| error_of(code, what, key, around.levels))?;
            if !record.pruned && !pack.add(&record, number) {
                return Err(named("its entry is not aligned"));
            }
        }
        if keys_end != self.blob().len() as u64 {
            return Err(index_error("something stands after the last key"));
        }
        let misplaced = |number: usize| {
            let what = "its entry overlaps another one, or does not stand where the one before it ends";
            let record = self.record(number);
            let key = record.as_ref().map(|record| self.key(record)).unwrap_or_default();
            error_of(ErrorCode::Partitions, what, key, around.levels)
        };
        pack.check(around.pack_size, |number| self.record(number), misplaced)
    }
}

#[cold]
fn error_of(code: ErrorCode, what: &str, key: &[u8], levels: &[KeyType]) -> Error {
    let path = path_text(&key::parse(key, levels).unwrap_or_default());
    Error::new(code, format!("partitions.idx: node {path}: {what}")).with_node(path)
}

fn check_entry(record: &Record, around: &Surroundings<'_>) -> std::result::Result<(), (ErrorCode, &'static str)> {
    let bad = |what| Err((ErrorCode::Partitions, what));
    if record.pruned {
        let blank = record.entry == Digest([0; 32]) && (record.offset, record.length, record.program) == (0, 0, 0);
        return match blank {
            true => Ok(()),
            false => bad("it is pruned, but states an entry"),
        };
    }
    if record.program as usize >= around.programs {
        return bad("its program is not among those of programs.json");
    }
    if record.length > limits::PARTITION_ENTRY_BYTES {
        return Err((ErrorCode::Limit, "its entry is larger than 256 MiB"));
    }
    if record.length == 0 {
        return bad("its entry is empty");
    }
    match record.offset.checked_add(record.length) {
        Some(end) if end <= around.pack_size => Ok(()),
        _ => bad("its entry ends after partitions.pack"),
    }
}
