//! Where the outputs of a call go.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::slice;

use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_engine::call::{OutputBuffer, OutputType};

use crate::boundary::usage;
use crate::pointer::length;
use crate::record::{read_at, struct_size, Record};

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_output {
    pub struct_size: u32,
    pub flags: u32,
    pub index: u64,
    pub data: *mut c_void,
    pub dtype: i32,
    pub reserved: i32,
    pub capacity: u64,
    pub row_stride: u64,
}

// SAFETY: integers and a pointer, head first.
unsafe impl Record for mp_output {
    const NAME: &'static str = "mp_output";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
    fn reserved_is_zero(&self) -> bool {
        self.reserved == 0
    }
}

/// As many as the bits of an output mask.
const MAX_OUTPUTS: usize = 64;

/// The buffers of a call. They stand on the stack: a row is predicted without an allocation.
pub struct Outputs<'a> {
    buffers: [MaybeUninit<OutputBuffer<'a>>; MAX_OUTPUTS],
    count: usize,
}

impl<'a> Outputs<'a> {
    pub const fn none() -> Self {
        Self {
            buffers: [const { MaybeUninit::uninit() }; MAX_OUTPUTS],
            count: 0,
        }
    }

    /// Fills in the caller's buffers. In place: moving so large a value would cost as much as a small model.
    ///
    /// # Safety
    /// `outputs` is NULL or points to `count` structs whose memory nothing else uses as long as `'a`.
    pub unsafe fn read(&mut self, outputs: *const mp_output, count: u64) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        if count > MAX_OUTPUTS as u64 {
            return Err(usage(format!(
                "output_count is {count}, at most {MAX_OUTPUTS} are possible"
            )));
        }
        // SAFETY: promised by the caller.
        unsafe {
            let stride = struct_size(outputs)?;
            for index in 0..count as usize {
                self.buffers[index].write(buffer(read_at(outputs, index, stride)?)?);
                self.count = index + 1;
            }
        }
        Ok(())
    }

    pub fn as_slice(&self) -> &[OutputBuffer<'a>] {
        // SAFETY: the first `count` buffers were written.
        unsafe { slice::from_raw_parts(self.buffers.as_ptr().cast(), self.count) }
    }
}

/// # Safety
/// `data` is NULL or points to `capacity` bytes that nothing else uses as long as `'a`.
unsafe fn buffer<'a>(output: mp_output) -> Result<OutputBuffer<'a>> {
    let index = length(output.index, "mp_output.index")?;
    let capacity = length(output.capacity, "mp_output.capacity")?;
    let stride = length(output.row_stride, "mp_output.row_stride")?;
    if output.data.is_null() && capacity > 0 {
        return Err(usage("mp_output.data is NULL"));
    }
    // SAFETY: promised by the caller.
    Ok(unsafe { OutputBuffer::from_raw(index, dtype(output.dtype)?, output.data.cast(), capacity, stride) })
}

/// Of MP_DTYPE_*.
fn dtype(dtype: i32) -> Result<OutputType> {
    match dtype {
        1 => Ok(OutputType::F64),
        2 => Ok(OutputType::F32),
        3 => Ok(OutputType::I64),
        9 => Ok(OutputType::I32),
        _ => Err(Error::new(
            ErrorCode::Buffer,
            format!("mp_output.dtype is {dtype}: float64, float32, int64 or int32 is expected"),
        )),
    }
}
