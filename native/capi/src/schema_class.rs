//! One class of an output.

use std::ffi::c_char;
use std::ptr;

use modelpack_bundle::Class;

use crate::boundary::enter;
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::record::{Record, RecordOut};
use crate::schema::{self, at};

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_class {
    pub struct_size: u32,
    pub flags: u32,
    pub dtype: i32,
    pub reserved: i32,
    pub integer: i64,
    pub number: f64,
    pub text: *const c_char,
    pub text_length: u64,
}

// SAFETY: integers, a float and a pointer, head first.
unsafe impl Record for mp_class {
    const NAME: &'static str = "mp_class";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

const EMPTY: mp_class = mp_class {
    struct_size: 0,
    flags: 0,
    dtype: 0,
    reserved: 0,
    integer: 0,
    number: 0.0,
    text: ptr::null(),
    text_length: 0,
};

#[no_mangle]
pub unsafe extern "C" fn mp_schema_class(
    handle: *const mp_bundle,
    output: u64,
    column: u64,
    index: u64,
    out: *mut mp_class,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = RecordOut::new(out)?;
            let output = schema::output(bundle(handle)?.schema(), output)?;
            let classes = at(&output.classes, column, "label columns with classes in this output")?;
            out.put(describe(at(&classes.values, index, "classes in this column")?));
            Ok(())
        })
    }
}

fn describe(class: &Class) -> mp_class {
    match class {
        Class::Int64(value) => mp_class {
            dtype: 3,
            integer: *value,
            ..EMPTY
        },
        Class::Float64(value) => mp_class {
            dtype: 1,
            number: *value,
            ..EMPTY
        },
        Class::Bool(value) => mp_class {
            dtype: 4,
            integer: i64::from(*value),
            ..EMPTY
        },
        Class::Text(text) => mp_class {
            dtype: 5,
            text: text.as_ptr().cast(),
            text_length: text.len() as u64,
            ..EMPTY
        },
    }
}
