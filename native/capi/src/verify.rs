//! Verification as an end in itself.

use std::ffi::c_char;
use std::path::Path;

use modelpack_bundle::{explain, verify, Explanation, OpenOptions, Result};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::open::mp_open_options;
use crate::pointer::{text, Out};
use crate::record::read_or_default;
use crate::text::mp_text;

pub const MP_VERIFY_FULL: u32 = 1;

/// # Safety
/// The pointers are those of a caller that keeps to the header.
unsafe fn report(
    path: *const c_char,
    path_length: u64,
    options: *const mp_open_options,
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
    make: impl FnOnce(&Path, &OpenOptions) -> Result<Explanation>,
) -> i32 {
    // SAFETY: promised by the caller.
    unsafe {
        enter(error, || {
            let out = Out::new(json, "json")?;
            let path = Path::new(text(path, path_length, "path")?);
            let options = read_or_default(options)?.to_options()?;
            out.put(mp_text::give(&make(path, &options)?.to_json_text()));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_verify(
    path: *const c_char,
    path_length: u64,
    options: *const mp_open_options,
    flags: u32,
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    let make = |path: &Path, options: &OpenOptions| match flags & !MP_VERIFY_FULL {
        0 => verify(path, options, flags == MP_VERIFY_FULL),
        unknown => Err(usage(format!("unknown flags {unknown:#x}"))),
    };
    // SAFETY: the caller keeps to the header.
    unsafe { report(path, path_length, options, json, error, make) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_explain(
    path: *const c_char,
    path_length: u64,
    options: *const mp_open_options,
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { report(path, path_length, options, json, error, explain) }
}
