//! The owned error object.

use std::ffi::{c_char, CString};
use std::ptr;

use modelpack_bundle::Error;

/// What `mp_error_*` reads. Made once, when a call fails, so that every accessor only borrows.
#[allow(non_camel_case_types)]
pub struct mp_error {
    code: i32,
    name: CString,
    message: CString,
    feature: Option<CString>,
    node: Option<CString>,
    hint: Option<CString>,
    row: i64,
}

/// Texts handed to C end with a NUL, so one within is spelled out.
fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\\0")).expect("every NUL was replaced")
}

/// # Safety
/// `error` is NULL or a live handle; `length` is NULL or may be written.
unsafe fn borrow(text: Option<&CString>, length: *mut u64) -> *const c_char {
    // SAFETY: promised by the caller.
    if let Some(length) = unsafe { length.as_mut() } {
        *length = text.map_or(0, |text| text.count_bytes() as u64);
    }
    text.map_or(ptr::null(), |text| text.as_ptr())
}

/// # Safety
/// `error` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn mp_error_code(error: *const mp_error) -> i32 {
    // SAFETY: promised by the caller.
    unsafe { error.as_ref() }.map_or(0, |error| error.code)
}

/// # Safety
/// `error` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn mp_error_name(error: *const mp_error) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { borrow(error.as_ref().map(|error| &error.name), ptr::null_mut()) }
}

/// # Safety
/// `error` is NULL or a live handle; `length` is NULL or may be written.
#[no_mangle]
pub unsafe extern "C" fn mp_error_message(error: *const mp_error, length: *mut u64) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { borrow(error.as_ref().map(|error| &error.message), length) }
}

/// # Safety
/// As [`mp_error_message`].
#[no_mangle]
pub unsafe extern "C" fn mp_error_feature(error: *const mp_error, length: *mut u64) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { borrow(error.as_ref().and_then(|error| error.feature.as_ref()), length) }
}

/// # Safety
/// As [`mp_error_message`].
#[no_mangle]
pub unsafe extern "C" fn mp_error_node(error: *const mp_error, length: *mut u64) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { borrow(error.as_ref().and_then(|error| error.node.as_ref()), length) }
}

/// # Safety
/// As [`mp_error_message`].
#[no_mangle]
pub unsafe extern "C" fn mp_error_hint(error: *const mp_error, length: *mut u64) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { borrow(error.as_ref().and_then(|error| error.hint.as_ref()), length) }
}

/// # Safety
/// `error` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn mp_error_row(error: *const mp_error) -> i64 {
    // SAFETY: promised by the caller.
    unsafe { error.as_ref() }.map_or(-1, |error| error.row)
}

/// # Safety
/// `error` is NULL or a handle that is not used again.
#[no_mangle]
pub unsafe extern "C" fn mp_error_free(error: *mut mp_error) {
    if !error.is_null() {
        // SAFETY: every handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(error) });
    }
}

impl From<&Error> for mp_error {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code().number(),
            name: c_text(error.code().name()),
            message: c_text(&error.to_string()),
            feature: error.feature().map(c_text),
            node: error.node().map(c_text),
            hint: error.hint().map(c_text),
            row: error.row().and_then(|row| i64::try_from(row).ok()).unwrap_or(-1),
        }
    }
}
