//! Tensors as members hold them: safetensors in one canonical form, little-endian, without gaps, so that every library reads them.
//! Those of large elements stand first: each tensor starts at a multiple of its elements' size.

mod header;
mod write;

use crate::{Bytes, Error, ErrorCode, Result};
pub use write::{to_bytes, TensorData};

/// The data starts at a multiple of this.
pub const ALIGNMENT: usize = 64;

/// The closed list of element types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dtype {
    F64,
    F32,
    I64,
    I32,
    U64,
    U32,
    U8,
}

impl Dtype {
    pub const ALL: [Dtype; 7] = [
        Dtype::F64,
        Dtype::F32,
        Dtype::I64,
        Dtype::I32,
        Dtype::U64,
        Dtype::U32,
        Dtype::U8,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Dtype::F64 => "F64",
            Dtype::F32 => "F32",
            Dtype::I64 => "I64",
            Dtype::I32 => "I32",
            Dtype::U64 => "U64",
            Dtype::U32 => "U32",
            Dtype::U8 => "U8",
        }
    }

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Dtype::F64 | Dtype::I64 | Dtype::U64 => 8,
            Dtype::F32 | Dtype::I32 | Dtype::U32 => 4,
            Dtype::U8 => 1,
        }
    }

    fn from_name(name: &str) -> Option<Dtype> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }
}

/// One tensor of a [`TensorFile`], borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Tensor<'a> {
    pub dtype: Dtype,
    pub shape: &'a [usize],
    /// Little-endian elements, the last index fastest.
    pub data: &'a [u8],
}

/// A checked safetensors member.
#[derive(Clone, Debug)]
pub struct TensorFile {
    bytes: Bytes,
    /// Where the data starts in `bytes`.
    data_start: usize,
    metadata: Vec<(String, String)>,
    /// In ascending order of names.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    /// Range within the data.
    start: usize,
    end: usize,
}

impl TensorFile {
    /// Checks header and order; the tensors stay in `bytes`.
    pub fn parse(bytes: impl Into<Bytes>) -> Result<TensorFile> {
        let bytes = bytes.into();
        let header = header::parse(&bytes)?;
        Ok(TensorFile {
            bytes,
            data_start: header.data_start,
            metadata: header.metadata,
            entries: header.entries,
        })
    }

    pub fn get(&self, name: &str) -> Option<Tensor<'_>> {
        let index = self
            .entries
            .binary_search_by(|entry| entry.name.as_str().cmp(name))
            .ok()?;
        let entry = &self.entries[index];
        let data = &self.bytes[self.data_start + entry.start..self.data_start + entry.end];
        Some(Tensor {
            dtype: entry.dtype,
            shape: &entry.shape,
            data,
        })
    }

    /// The tensor's bytes, sharing the memory of the file.
    pub fn bytes(&self, name: &str) -> Option<Bytes> {
        let index = self
            .entries
            .binary_search_by(|entry| entry.name.as_str().cmp(name))
            .ok()?;
        let entry = &self.entries[index];
        self.bytes
            .slice(self.data_start + entry.start..self.data_start + entry.end)
    }

    /// Names in ascending order of their bytes.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata
            .iter()
            .find(|entry| entry.0 == key)
            .map(|entry| entry.1.as_str())
    }
}

impl Tensor<'_> {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.data.len() / self.dtype.size()
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    pub fn f64s(&self) -> Result<Vec<f64>> {
        self.elements(Dtype::F64, f64::from_le_bytes)
    }

    pub fn f32s(&self) -> Result<Vec<f32>> {
        self.elements(Dtype::F32, f32::from_le_bytes)
    }

    pub fn i64s(&self) -> Result<Vec<i64>> {
        self.elements(Dtype::I64, i64::from_le_bytes)
    }

    pub fn i32s(&self) -> Result<Vec<i32>> {
        self.elements(Dtype::I32, i32::from_le_bytes)
    }

    pub fn u64s(&self) -> Result<Vec<u64>> {
        self.elements(Dtype::U64, u64::from_le_bytes)
    }

    pub fn u32s(&self) -> Result<Vec<u32>> {
        self.elements(Dtype::U32, u32::from_le_bytes)
    }

    pub fn u8s(&self) -> Result<Vec<u8>> {
        self.elements(Dtype::U8, u8::from_le_bytes)
    }

    /// The elements in an own vector, refused where the tensor has another dtype or memory is short.
    fn elements<const SIZE: usize, T>(&self, dtype: Dtype, read: fn([u8; SIZE]) -> T) -> Result<Vec<T>> {
        if self.dtype != dtype {
            return Err(Error::new(
                ErrorCode::Tensors,
                format!("a tensor of {} where {} is needed", self.dtype.name(), dtype.name()),
            ));
        }
        let mut out = Vec::new();
        out.try_reserve_exact(self.len())
            .map_err(|_| Error::new(ErrorCode::NoMemory, format!("no memory for {} elements", self.len())))?;
        out.extend(
            self.data
                .chunks_exact(SIZE)
                .map(|chunk| read(chunk.try_into().expect("chunks have this size"))),
        );
        Ok(out)
    }
}

/// The order in which tensors stand: large elements first, then by the names' bytes.
fn place(dtype: Dtype, name: &str) -> (std::cmp::Reverse<usize>, &str) {
    (std::cmp::Reverse(dtype.size()), name)
}

#[cfg(test)]
mod tests;
