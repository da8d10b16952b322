//! Texts that a call makes for its caller.

use std::ffi::c_char;
use std::ptr;

use zeroize::Zeroizing;

/// The text with a NUL behind it. Overwritten when it goes: it may be a private key.
#[allow(non_camel_case_types)]
pub struct mp_text(Zeroizing<Vec<u8>>);

impl mp_text {
    /// A new handle, the caller's to free.
    pub(crate) fn give(text: &str) -> *mut mp_text {
        // Room for all of it, so that no copy is left behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 1));
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Box::into_raw(Box::new(mp_text(bytes)))
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_text_data(text: *const mp_text, length: *mut u64) -> *const c_char {
    // SAFETY: the caller keeps to the header.
    let (text, length) = unsafe { (text.as_ref(), length.as_mut()) };
    if let Some(length) = length {
        *length = text.map_or(0, |text| text.0.len() as u64 - 1);
    }
    text.map_or(ptr::null(), |text| text.0.as_ptr().cast())
}

#[no_mangle]
pub unsafe extern "C" fn mp_text_free(text: *mut mp_text) {
    if !text.is_null() {
        // SAFETY: the handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(text) });
    }
}
