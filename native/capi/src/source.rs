//! A bundle's model as C source.

use std::ffi::c_char;

use modelpack_bundle::Result;
use modelpack_emit::{emit_bundle, Form, Options, SourceFile, BRANCH_NODES};

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::pointer::{handle, optional_text, BytesOut, Out};
use crate::record::{read_or_default, Record};

const STANDALONE: i32 = 0;
const LIBRARY: i32 = 1;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_source_options {
    pub struct_size: u32,
    pub flags: u32,
    pub prefix: *const c_char,
    pub prefix_length: u64,
    pub form: i32,
    pub reserved: i32,
}

// SAFETY: integers and a pointer, head first.
unsafe impl Record for mp_source_options {
    const NAME: &'static str = "mp_source_options";
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

impl mp_source_options {
    /// # Safety
    /// `prefix` is NULL or a text of `prefix_length` bytes.
    unsafe fn to_options(self) -> Result<Options> {
        // SAFETY: promised by the caller.
        let prefix = unsafe { optional_text(self.prefix, self.prefix_length, "prefix") }?;
        Ok(Options {
            branch_nodes: BRANCH_NODES,
            prefix: prefix.map(str::to_owned),
            form: match self.form {
                STANDALONE => Form::Standalone,
                LIBRARY => Form::Library,
                form => return Err(usage(format!("{form} is no form of source"))),
            },
        })
    }
}

#[allow(non_camel_case_types)]
pub struct mp_source(Vec<SourceFile>);

#[no_mangle]
pub unsafe extern "C" fn mp_source_new(
    handle: *const mp_bundle,
    options: *const mp_source_options,
    out: *mut *mut mp_source,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let options = read_or_default(options)?.to_options()?;
            let files = emit_bundle(bundle(handle)?, &options)?;
            out.put(Box::into_raw(Box::new(mp_source(files))));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_source_free(source: *mut mp_source) {
    if !source.is_null() {
        // SAFETY: the handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(source) });
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_source_count(source: *const mp_source, count: *mut u64, error: *mut *mut mp_error) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(count, "count")?;
            out.put(handle(source, "source")?.0.len() as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_source_name(
    source: *const mp_source,
    index: u64,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(source, index, text, length, error, |file| &file.name) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_source_text(
    source: *const mp_source,
    index: u64,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(source, index, text, length, error, |file| &file.text) }
}

/// A text of a file, borrowed from the handle.
///
/// # Safety
/// The caller keeps to the header.
unsafe fn hand_out(
    source: *const mp_source,
    index: u64,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
    read: impl FnOnce(&SourceFile) -> &str,
) -> i32 {
    // SAFETY: promised by the caller.
    unsafe {
        enter(error, || {
            let out = BytesOut::new(text, length)?;
            let files = &handle(source, "source")?.0;
            let file = usize::try_from(index).ok().and_then(|index| files.get(index));
            let file =
                file.ok_or_else(|| usage(format!("the source has {} files, none is at {index}", files.len())))?;
            out.put(read(file).as_bytes());
            Ok(())
        })
    }
}
