//! What a call asks for.

use modelpack_bundle::Result;
use modelpack_engine::call::Call;

use crate::boundary::usage;
use crate::output::{mp_output, Outputs};
use crate::pointer::array_mut;
use crate::record::{read_or_default, Record};

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_predict_options {
    pub struct_size: u32,
    pub flags: u32,
    pub output_mask: u64,
    pub status: *mut i32,
    pub status_count: u64,
    pub schema_token: u64,
}

// SAFETY: integers and a pointer, head first.
unsafe impl Record for mp_predict_options {
    const NAME: &'static str = "mp_predict_options";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

impl mp_predict_options {
    /// # Safety
    /// `status` is NULL or points to `status_count` integers that nothing else uses as long as `'a`.
    unsafe fn status<'a>(&self, rows: u64) -> Result<Option<&'a mut [i32]>> {
        if self.status.is_null() {
            return match self.status_count {
                0 => Ok(None),
                count => Err(usage(format!("status is NULL, but status_count is {count}"))),
            };
        }
        if self.status_count < rows {
            return Err(usage(format!(
                "status_count is {}, the call has {rows} rows",
                self.status_count
            )));
        }
        // SAFETY: promised by the caller.
        Ok(Some(unsafe { array_mut(self.status, rows, "status") }?))
    }
}

/// Runs `body` with the call that options and outputs describe.
///
/// # Safety
/// The caller keeps to the header.
pub unsafe fn with_call(
    options: *const mp_predict_options,
    outputs: *const mp_output,
    output_count: u64,
    rows: u64,
    body: impl FnOnce(&mut Call<'_>) -> Result<()>,
) -> Result<()> {
    // SAFETY: promised by the caller.
    unsafe {
        let options = read_or_default(options)?;
        let mut buffers = Outputs::none();
        buffers.read(outputs, output_count)?;
        let status = options.status(rows)?;
        let outputs = buffers.as_slice();
        body(&mut Call {
            mask: options.output_mask,
            status,
            outputs,
            schema_token: options.schema_token,
        })
    }
}
