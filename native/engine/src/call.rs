//! What a call asks for: which outputs, where they go, and whether each row has its own status.

use std::marker::PhantomData;

use modelpack_bundle::{Found, Reason};

/// The dtype of an output buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    F64,
    F32,
    I64,
    /// For int64 outputs: class indices as i32.
    I32,
}

impl OutputType {
    pub fn size_bytes(self) -> usize {
        match self {
            OutputType::F64 | OutputType::I64 => 8,
            OutputType::F32 | OutputType::I32 => 4,
        }
    }
}

/// Memory of the caller that receives one output: rows, each of the output's columns side by side.
#[derive(Debug)]
pub struct OutputBuffer<'a> {
    /// Index of the output in the schema.
    pub index: usize,
    pub dtype: OutputType,
    pub(crate) data: *mut u8,
    pub(crate) capacity_bytes: usize,
    /// Bytes from row to row; 0: rows stand packed.
    pub(crate) row_stride_bytes: usize,
    memory: PhantomData<&'a mut [u8]>,
}

impl<'a> OutputBuffer<'a> {
    /// # Safety
    /// `data` points to `capacity_bytes` bytes that nothing else reads or writes as long as `'a`. Any alignment.
    pub unsafe fn from_raw(
        index: usize,
        dtype: OutputType,
        data: *mut u8,
        capacity_bytes: usize,
        row_stride_bytes: usize,
    ) -> OutputBuffer<'a> {
        OutputBuffer {
            index,
            dtype,
            data,
            capacity_bytes,
            row_stride_bytes,
            memory: PhantomData,
        }
    }

    pub fn from_f64(index: usize, values: &'a mut [f64]) -> OutputBuffer<'a> {
        OutputBuffer::packed(index, OutputType::F64, values)
    }

    pub fn from_f32(index: usize, values: &'a mut [f32]) -> OutputBuffer<'a> {
        OutputBuffer::packed(index, OutputType::F32, values)
    }

    pub fn from_i64(index: usize, values: &'a mut [i64]) -> OutputBuffer<'a> {
        OutputBuffer::packed(index, OutputType::I64, values)
    }

    pub fn from_i32(index: usize, values: &'a mut [i32]) -> OutputBuffer<'a> {
        OutputBuffer::packed(index, OutputType::I32, values)
    }

    fn packed<T>(index: usize, dtype: OutputType, values: &'a mut [T]) -> OutputBuffer<'a> {
        let capacity_bytes = size_of_val(values);
        OutputBuffer {
            index,
            dtype,
            data: values.as_mut_ptr().cast(),
            capacity_bytes,
            row_stride_bytes: 0,
            memory: PhantomData,
        }
    }
}

/// One predict call.
#[derive(Debug, Default)]
pub struct Call<'a> {
    /// Bit i: schema output i, which must stand in `outputs`; 0: all that stand there. Buffers outside the mask stay untouched.
    pub mask: u64,
    /// `None`: the first error (lowest row, then program order) fails the call. Else one entry a row, 0 or its error's number.
    pub status: Option<&'a mut [i32]>,
    pub outputs: &'a [OutputBuffer<'a>],
    /// 0, or the token of the schema that cells were made for.
    pub schema_token: u64,
    /// One entry a row: the node that answers, or [`NO_NODE`]. Defined where `status` is, and also for rows that failed.
    pub nodes: Option<&'a mut [i64]>,
    /// One entry a row: the number of the reason why, or [`NO_REASON`].
    pub reasons: Option<&'a mut [u8]>,
}

/// The node of a row whose key could not be read,
pub const NO_NODE: i64 = -1;
/// and its reason.
pub const NO_REASON: u8 = 255;

impl Call<'_> {
    /// Writes which node answers for a row, and why, where the caller wants to know. The call was checked.
    #[inline]
    pub(crate) fn note(&mut self, row: usize, found: Option<Found>) {
        if let Some(nodes) = &mut self.nodes {
            nodes[row] = found.map_or(NO_NODE, |found| found.node.into());
        }
        if let Some(reasons) = &mut self.reasons {
            reasons[row] = found.map_or(NO_REASON, |found| found.reason as u8);
        }
    }

    /// [`Call::note`] for all rows of a bundle with one model.
    pub(crate) fn note_root(&mut self, rows: usize) {
        if let Some(nodes) = &mut self.nodes {
            nodes[..rows].fill(0);
        }
        if let Some(reasons) = &mut self.reasons {
            reasons[..rows].fill(Reason::Exact as u8);
        }
    }
}
