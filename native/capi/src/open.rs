//! From a file or memory to a bundle.

use std::ffi::{c_char, c_void};
use std::path::Path;
use std::sync::Arc;

use modelpack_bundle::{Bundle, Error, ErrorCode, OpenOptions, Result};

use crate::boundary::enter;
use crate::bundle::mp_bundle;
use crate::error::mp_error;
use crate::pointer::{array, optional_text, text, Out};
use crate::record::{read_or_default, Record};
use crate::trust::mp_trust;

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_open_options {
    pub struct_size: u32,
    pub flags: u32,
    pub trust: *const mp_trust,
    pub name: *const c_char,
    pub name_length: u64,
    pub min_version: *const c_char,
    pub min_version_length: u64,
    pub identity: *const c_char,
    pub identity_length: u64,
}

// SAFETY: integers and pointers only, head first.
unsafe impl Record for mp_open_options {
    const NAME: &'static str = "mp_open_options";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
}

impl mp_open_options {
    /// # Safety
    /// The pointers are those of a caller that keeps to the header.
    pub(crate) unsafe fn to_options(self) -> Result<OpenOptions> {
        // SAFETY: promised by the caller.
        unsafe {
            Ok(OpenOptions {
                trust: self.trust.as_ref().map(|trust| trust.0.clone()),
                name: optional_text(self.name, self.name_length, "name")?.map(str::to_owned),
                min_version: optional_text(self.min_version, self.min_version_length, "min_version")?
                    .map(str::to_owned),
                identity: optional_text(self.identity, self.identity_length, "identity")?.map(str::to_owned),
            })
        }
    }
}

/// A copy that the caller cannot change; what does not fit in memory is an error, not an abort.
fn copied(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    let no_memory = |_| {
        Error::new(
            ErrorCode::NoMemory,
            format!("no memory for a copy of {} bytes", bytes.len()),
        )
    };
    copy.try_reserve_exact(bytes.len()).map_err(no_memory)?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

fn hand_out(out: Out<*mut mp_bundle>, bundle: Arc<Bundle>) {
    out.put(Box::into_raw(Box::new(mp_bundle::new(bundle))));
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_open(
    path: *const c_char,
    path_length: u64,
    options: *const mp_open_options,
    out: *mut *mut mp_bundle,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let path = Path::new(text(path, path_length, "path")?);
            let options = read_or_default(options)?.to_options()?;
            hand_out(out, Bundle::open(path, &options)?);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_open_memory(
    data: *const c_void,
    size: u64,
    options: *const mp_open_options,
    out: *mut *mut mp_bundle,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let bytes = copied(array(data.cast(), size, "data")?)?;
            let options = read_or_default(options)?.to_options()?;
            hand_out(out, Bundle::open_bytes(bytes, &options)?);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_inspect(
    path: *const c_char,
    path_length: u64,
    out: *mut *mut mp_bundle,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let path = Path::new(text(path, path_length, "path")?);
            hand_out(out, Bundle::inspect(path)?);
            Ok(())
        })
    }
}
