//! Partitions: models of the nodes of a tree of keys, behind an index that is checked when the bundle opens.

mod entry;
mod facts;
mod header;
mod index;
mod key;
mod listing;
mod lookup;
mod new_index;
mod new_programs;
mod pack;
mod pack_layout;
mod path;
mod record;
mod repartition;
mod walk;
mod writer;

use crate::schema::Schema;
use crate::{Bytes, Digest, Error, ErrorCode, Programs, Result};
use index::{Index, Surroundings};
use record::Record;

pub use facts::{Fact, Facts, Metric, NodeReason, NODES};
pub use key::{canonical_bytes, KeyType, KeyValue};
pub use lookup::{Found, Reason};
pub use path::path_text;
pub use repartition::Repartition;
pub use writer::PartitionWriter;

/// What `requires` of a bundle with partitions says.
pub const REQUIRED: &str = "partitions";

fn index_error(what: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::Partitions, format!("partitions.idx: {what}"))
}

/// One level of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The feature's name.
    pub name: String,
    /// The feature's position.
    pub feature: usize,
    pub key_type: KeyType,
}

/// The nodes of a bundle. Node 0 is the root, models/main/tensors.safetensors; node i + 1 is record i of partitions.idx.
#[derive(Clone, Debug)]
pub struct Partitions {
    index: Index,
    levels: Vec<Level>,
    types: Vec<KeyType>,
    programs: Programs,
    root_size: u64,
}

/// What the bundle holds beside the index.
pub(crate) struct Beside<'a> {
    pub schema: &'a Schema,
    pub programs: Programs,
    pub pack_size: u64,
    pub root_size: u64,
}

/// The levels that the keys of a schema make.
pub fn levels_of(schema: &Schema) -> Vec<Level> {
    let features = schema
        .keys
        .iter()
        .filter_map(|&feature| Some((feature, schema.features.get(feature)?)));
    features
        .filter_map(|(position, feature)| {
            Some(Level {
                name: feature.name.clone(),
                feature: position,
                key_type: KeyType::of(feature.dtype)?,
            })
        })
        .collect()
}

impl Partitions {
    /// Checks the index as a whole, against what it must agree with.
    pub(crate) fn parse(index: Bytes, beside: Beside<'_>) -> Result<Partitions> {
        let levels = levels_of(beside.schema);
        let types: Vec<KeyType> = levels.iter().map(|level| level.key_type).collect();
        let around = Surroundings {
            levels: &types,
            programs: beside.programs.len(),
            pack_size: beside.pack_size,
        };
        Ok(Partitions {
            index: Index::parse(index, &around)?,
            levels,
            types,
            programs: beside.programs,
            root_size: beside.root_size,
        })
    }

    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    pub fn level_count(&self) -> usize {
        self.levels.len()
    }

    /// Nodes with the root.
    pub fn node_count(&self) -> usize {
        self.index.count() + 1
    }

    fn record(&self, node: u32) -> Option<Record> {
        self.index.record((node as usize).checked_sub(1)?)
    }

    /// Levels of the node's key; 0 for the root.
    pub fn depth(&self, node: u32) -> usize {
        self.key_bytes(node).first().map_or(0, |&depth| usize::from(depth))
    }

    /// The canonical bytes of the node's key; none for the root.
    pub fn key_bytes(&self, node: u32) -> &[u8] {
        self.record(node).map_or(&[], |record| self.index.key(&record))
    }

    /// The values of the node's key; none for the root.
    pub fn key(&self, node: u32) -> Vec<KeyValue<'_>> {
        key::parse(self.key_bytes(node), &self.types).unwrap_or_default()
    }

    /// The node as people read it, such as `PL/Warsaw`; `/` for the root.
    pub fn path_text(&self, node: u32) -> String {
        path_text(&self.key(node))
    }

    /// Whether an ancestor answers for the node.
    pub fn pruned(&self, node: u32) -> bool {
        (node as usize)
            .checked_sub(1)
            .is_some_and(|number| self.index.pruned(number))
    }

    /// Bytes of the node's tensors; 0 if it is pruned.
    pub fn size_bytes(&self, node: u32) -> u64 {
        match node {
            0 => self.root_size,
            _ => self.record(node).map_or(0, |record| record.length),
        }
    }

    /// The programs of the root and of all nodes.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The digest of the node's program, 64 hex digits. None for a pruned node, and for the root, whose tensors name it.
    pub fn program(&self, node: u32) -> Option<&str> {
        self.program_of(node).map(|(digest, _)| digest)
    }

    /// The text of [`Partitions::program`].
    pub fn program_text(&self, node: u32) -> Option<&str> {
        self.program_of(node).map(|(_, text)| text)
    }

    fn program_of(&self, node: u32) -> Option<(&str, &str)> {
        let record = self.record(node).filter(|record| !record.pruned)?;
        self.programs.iter().nth(record.program as usize)
    }

    /// The digest of the node's entry; nodes with equal digests share it. None for a pruned node and for the root.
    pub fn entry_digest(&self, node: u32) -> Option<Digest> {
        let record = self.record(node).filter(|record| !record.pruned)?;
        Some(record.entry)
    }
}

#[cfg(test)]
mod tests;
