//! One output of a schema.

use std::ffi::c_char;

use modelpack_bundle::{Output, OutputType};

use crate::boundary::enter;
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::record::{Record, RecordOut};
use crate::schema;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_output_info {
    pub struct_size: u32,
    pub flags: u32,
    pub name: *const c_char,
    pub name_length: u64,
    pub dtype: i32,
    pub reserved: i32,
    pub columns: u64,
    pub class_count: u64,
}

// SAFETY: integers and pointers only, head first.
unsafe impl Record for mp_output_info {
    const NAME: &'static str = "mp_output_info";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_schema_output(
    handle: *const mp_bundle,
    index: u64,
    out: *mut mp_output_info,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            out.put(describe(schema::output(bundle(handle)?.schema(), index)?));
            Ok(())
        })
    }
}

fn describe(output: &Output) -> mp_output_info {
    mp_output_info {
        struct_size: 0,
        flags: 0,
        name: output.name.as_ptr().cast(),
        name_length: output.name.len() as u64,
        dtype: dtype(output.dtype),
        reserved: 0,
        columns: output.columns as u64,
        class_count: output.classes.first().map_or(0, |classes| classes.values.len() as u64),
    }
}

/// MP_DTYPE_*
fn dtype(dtype: OutputType) -> i32 {
    match dtype {
        OutputType::Float64 => 1,
        OutputType::Float32 => 2,
        OutputType::Int64 => 3,
    }
}
