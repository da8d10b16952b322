//! Signing a bundle file.

use std::ffi::c_char;
use std::path::Path;

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::pointer::text;
use crate::signer::{mp_signer, signers};

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_sign(
    path: *const c_char,
    path_length: u64,
    handles: *const *const mp_signer,
    signer_count: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let path = Path::new(text(path, path_length, "path")?);
            let signers = signers(handles, signer_count)?;
            if signers.is_empty() {
                return Err(usage("there is no signer"));
            }
            modelpack_bundle::sign(path, &signers)
        })
    }
}
