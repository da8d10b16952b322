//! Named limits of what a reader accepts. Published in docs/FORMAT.md.

/// One JSON member.
pub const JSON_BYTES: usize = 8 << 20;
/// Arrays and objects within one another.
pub const JSON_DEPTH: usize = 32;
/// The whole file.
pub const FILE_BYTES: u64 = 1 << 40;
/// Members, signatures not counted.
pub const MEMBERS: usize = 256;
pub const SIGNATURES: usize = 16;
pub const SIGNATURE_BYTES: u64 = 256 << 10;
pub const MEMBER_NAME_BYTES: usize = 255;
/// The header of a safetensors member.
pub const TENSOR_HEADER_BYTES: usize = 8 << 20;
pub const TENSOR_RANK: usize = 8;
pub const FEATURES: usize = 65_536;
pub const FEATURE_NAME_BYTES: usize = 1_024;
pub const OUTPUTS: usize = 64;
/// Columns of one output.
pub const OUTPUT_COLUMNS: usize = 1 << 20;
/// Entries of one dictionary.
pub const DICTIONARY_ENTRIES: usize = 1 << 26;
/// Bytes of a value that an error message repeats.
pub const QUOTED_CHARACTERS: usize = 64;
/// Levels of partition keys.
pub const PARTITION_LEVELS: usize = 16;
/// Nodes of a bundle, the root not counted.
pub const PARTITIONS: usize = 1_000_000;
/// partitions.idx.
pub const PARTITION_INDEX_BYTES: usize = 256 << 20;
/// One entry of partitions.pack.
pub const PARTITION_ENTRY_BYTES: u64 = 256 << 20;
