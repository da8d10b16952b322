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
    pub nodes: *mut i64,
    pub node_count: u64,
    pub reasons: *mut u8,
    pub reason_count: u64,
}

// SAFETY: integers and pointers, head first.
unsafe impl Record for mp_predict_options {
    const NAME: &'static str = "mp_predict_options";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

/// One entry a row in the caller's memory, or none for NULL.
///
/// # Safety
/// `data` is NULL or points to `count` entries that nothing else uses as long as `'a`.
unsafe fn per_row<'a, T>(data: *mut T, count: u64, rows: u64, what: &str) -> Result<Option<&'a mut [T]>> {
    if data.is_null() {
        return match count {
            0 => Ok(None),
            _ => Err(usage(format!("{what} is NULL, but its count is {count}"))),
        };
    }
    if count < rows {
        return Err(usage(format!("{what}_count is {count}, the call has {rows} rows")));
    }
    // SAFETY: promised by the caller.
    Ok(Some(unsafe { array_mut(data, rows, what) }?))
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
        let status = per_row(options.status, options.status_count, rows, "status")?;
        let nodes = per_row(options.nodes, options.node_count, rows, "node")?;
        let reasons = per_row(options.reasons, options.reason_count, rows, "reason")?;
        let outputs = buffers.as_slice();
        body(&mut Call {
            mask: options.output_mask,
            status,
            outputs,
            schema_token: options.schema_token,
            nodes,
            reasons,
        })
    }
}
