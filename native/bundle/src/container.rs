//! The file: a ZIP of stored members with exactly one byte sequence for its content.

mod layout;
mod names;
mod read;
mod write;

pub(crate) use names::{check_unique, is_member_name, is_signature, order as member_order, parse_name};
pub(crate) use read::read;
pub(crate) use write::{first_header, Writer};

pub(crate) const BUNDLE_JSON: &str = "bundle.json";
pub(crate) const PARTITIONS_PACK: &str = "partitions.pack";
pub(crate) const PARTITIONS_INDEX: &str = "partitions.idx";
pub(crate) const SIGNATURES: &str = "signatures/";

/// A member as the container holds it: where its data lies, and its checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredMember {
    pub name: String,
    /// Of the data.
    pub offset: u64,
    pub size: u64,
    pub crc: u32,
}

impl StoredMember {
    /// Where the next member's header stands.
    pub fn end(&self) -> u64 {
        self.offset + self.size
    }
}

#[cfg(test)]
mod tests;
