//! Changing a policy's file.

use std::ffi::c_char;
use std::path::Path;

use modelpack_bundle::trust::{add_key, revoke_identity, revoke_key};
use modelpack_bundle::PublicKey;

use crate::boundary::enter;
use crate::error::mp_error;
use crate::pointer::{optional_text, text};
use crate::trust::digest;

const EVERY_BUNDLE: &str = "*";

#[no_mangle]
pub unsafe extern "C" fn mp_policy_add_key(
    path: *const c_char,
    path_length: u64,
    name: *const c_char,
    name_length: u64,
    public_pem: *const c_char,
    public_pem_length: u64,
    glob: *const c_char,
    glob_length: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let path = Path::new(text(path, path_length, "path")?);
            let name = text(name, name_length, "name")?;
            let key = PublicKey::from_pem(text(public_pem, public_pem_length, "public_pem")?)?;
            let glob = optional_text(glob, glob_length, "glob")?.unwrap_or(EVERY_BUNDLE);
            add_key(path, name, &key, glob)
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_policy_revoke_key(
    path: *const c_char,
    path_length: u64,
    name: *const c_char,
    name_length: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let path = Path::new(text(path, path_length, "path")?);
            revoke_key(path, text(name, name_length, "name")?)
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_policy_revoke_identity(
    path: *const c_char,
    path_length: u64,
    identity: *const c_char,
    identity_length: u64,
    bundle: *const c_char,
    bundle_length: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let path = Path::new(text(path, path_length, "path")?);
            let identity = digest(text(identity, identity_length, "identity")?)?;
            revoke_identity(path, identity, optional_text(bundle, bundle_length, "bundle")?)
        })
    }
}
