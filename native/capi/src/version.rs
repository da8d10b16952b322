//! Versions of the ABI and of the library, and the machine that it runs on.

use std::ffi::{c_char, CStr};

use modelpack_engine::engines::compiled;

/// Raised only when a call changes or goes.
const ABI_VERSION: u32 = 0;
const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("a package version holds no NUL"),
};

#[no_mangle]
pub extern "C" fn mp_abi_version() -> u32 {
    ABI_VERSION
}

#[no_mangle]
pub extern "C" fn mp_version() -> *const c_char {
    VERSION.as_ptr()
}

#[no_mangle]
pub extern "C" fn mp_host_triple() -> *const c_char {
    compiled::HOST.unwrap_or(c"").as_ptr()
}
