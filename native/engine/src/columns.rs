//! Columns of a batch as the caller holds them.

use std::marker::PhantomData;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    F64,
    F32,
    F16,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    /// One byte, 0 or 1.
    Bool,
    /// i64 microseconds since 1970-01-01 UTC.
    Time,
    /// UTF-8 at `data`, `offsets` says where each value begins and ends.
    Text,
    /// 8-byte cells of the feature's own kind.
    Cell,
}

/// Which rows hold a value.
#[derive(Clone, Copy, Debug)]
pub enum Validity {
    All,
    /// One byte a row, 0 for null.
    Bytes(*const u8),
    /// Arrow's bitmap: bit `offset + row`, least significant first, 0 for null.
    Bits { bits: *const u8, offset: usize },
}

/// One column of a batch, bound to the feature at its position.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    pub dtype: ColumnType,
    pub data: *const u8,
    /// Bytes from value to value (not for text).
    pub stride_bytes: isize,
    /// Text: i64[rows + 1].
    pub offsets: *const i64,
    /// Text: bytes at `data`.
    pub data_bytes: usize,
    pub valid: Validity,
    /// The feature is not present in this batch.
    pub absent: bool,
    pub memory: PhantomData<&'a [u8]>,
}
