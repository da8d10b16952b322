//! One node's tensors: found in the index, read, hashed, then parsed.

use super::{record::Record, Partitions};
use crate::container::StoredMember;
use crate::source::Source;
use crate::{Bytes, Digest, Error, ErrorCode, Result, TensorFile};

impl Partitions {
    /// The bytes of a node's entry, which have the digest that the index states. Errors name the node.
    pub(crate) fn entry_bytes(&self, node: u32, pack: &StoredMember, source: &dyn Source) -> Result<Bytes> {
        let record = self.entry_record(node)?;
        read(&record, pack, source).map_err(|error| self.entry_error(node, error))
    }

    /// The tensors in a node's bytes. Errors name the node.
    pub(crate) fn parse_entry(&self, node: u32, bytes: Bytes) -> Result<TensorFile> {
        let program = self.program(node).unwrap_or_default();
        check(bytes, program).map_err(|error| self.entry_error(node, error))
    }

    fn entry_record(&self, node: u32) -> Result<Record> {
        let usage = |what: &str| Error::new(ErrorCode::Usage, format!("node {node} {what}"));
        if node == 0 {
            return Err(usage("is the root, which has no entry"));
        }
        let record = self.record(node).ok_or_else(|| usage("is not among the nodes"))?;
        match record.pruned {
            true => Err(usage("is pruned and has no entry").with_node(self.path_text(node))),
            false => Ok(record),
        }
    }

    /// Says whose entry failed, and what to do.
    #[cold]
    pub(crate) fn entry_error(&self, node: u32, error: Error) -> Error {
        let path = self.path_text(node);
        let error = match error.hint() {
            Some(_) => error,
            None => error.with_hint(WAY_OUT),
        };
        error.within(&format!("node {path}")).with_node(path)
    }
}

const WAY_OUT: &str = "other nodes answer; copy or download the bundle again, or replace the node with repartition";

fn read(record: &Record, pack: &StoredMember, source: &dyn Source) -> Result<Bytes> {
    let at = pack.offset + record.offset;
    let size = usize::try_from(record.length).map_err(|_| no_memory(record))?;
    let bytes = match source.shared(at, size) {
        Some(bytes) => bytes,
        None => {
            let mut buffer = Vec::new();
            buffer.try_reserve_exact(size).map_err(|_| no_memory(record))?;
            buffer.resize(size, 0);
            source.read_at(at, &mut buffer)?;
            buffer.into()
        }
    };
    match Digest::of(&bytes) == record.entry {
        true => Ok(bytes),
        false => Err(Error::new(
            ErrorCode::Digest,
            "the entry's bytes do not have the digest that partitions.idx states",
        )),
    }
}

fn no_memory(record: &Record) -> Error {
    let message = format!("no memory for an entry of {} bytes", record.length);
    Error::new(ErrorCode::NoMemory, message).with_hint("free memory, or lower the budget of the cache")
}

/// The tensors, if they are for the program that the index names.
fn check(bytes: Bytes, program: &str) -> Result<TensorFile> {
    let tensors = TensorFile::parse(bytes)?;
    match tensors.metadata("program") == Some(program) {
        true => Ok(tensors),
        false => Err(Error::new(
            ErrorCode::Tensors,
            "the entry's tensors are for another program than partitions.idx states",
        )),
    }
}
