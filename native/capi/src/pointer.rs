//! The caller's pointers, checked once and turned into references.

use std::ffi::c_char;
use std::ptr::NonNull;
use std::slice;

use modelpack_bundle::Result;

use crate::boundary::usage;

/// A length that can be one of memory.
pub fn length(value: u64, what: &str) -> Result<usize> {
    match usize::try_from(value) {
        Ok(length) if isize::try_from(length).is_ok() => Ok(length),
        _ => Err(usage(format!("{what}: {value} is no length of memory"))),
    }
}

/// The object behind a handle.
///
/// # Safety
/// `handle` is NULL or live as long as `'a`.
pub unsafe fn handle<'a, T>(handle: *const T, what: &str) -> Result<&'a T> {
    // SAFETY: promised by the caller.
    unsafe { handle.as_ref() }.ok_or_else(|| usage(format!("{what} is NULL")))
}

/// Where a value is handed out. It may be uninitialised, so nothing reads it.
pub struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// # Safety
    /// `target` is NULL, or may be written until `put`.
    pub unsafe fn new(target: *mut T, what: &str) -> Result<Self> {
        NonNull::new(target)
            .map(Self)
            .ok_or_else(|| usage(format!("{what} is NULL")))
    }

    pub fn put(self, value: T) {
        // SAFETY: promised when it was made.
        unsafe { self.0.as_ptr().write(value) }
    }
}

/// `count` elements at `data`; NULL is allowed for none.
///
/// # Safety
/// `data` is NULL or holds `count` elements that stay as they are as long as `'a`.
pub unsafe fn array<'a, T>(data: *const T, count: u64, what: &str) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    check_array(data, count, what)?;
    // SAFETY: not NULL, aligned, of a possible length; the rest is promised by the caller.
    Ok(unsafe { slice::from_raw_parts(data, count as usize) })
}

/// # Safety
/// As [`array`], and nothing else uses the elements as long as `'a`.
pub unsafe fn array_mut<'a, T>(data: *mut T, count: u64, what: &str) -> Result<&'a mut [T]> {
    if count == 0 {
        return Ok(&mut []);
    }
    check_array(data, count, what)?;
    // SAFETY: as in `array`.
    Ok(unsafe { slice::from_raw_parts_mut(data, count as usize) })
}

fn check_array<T>(data: *const T, count: u64, what: &str) -> Result<()> {
    if data.is_null() {
        return Err(usage(format!("{what} is NULL, but {count} elements are promised")));
    }
    if !data.is_aligned() {
        return Err(usage(format!("{what} is not aligned to {} bytes", align_of::<T>())));
    }
    match count.checked_mul(size_of::<T>() as u64) {
        Some(bytes) => length(bytes, what).map(|_| ()),
        None => Err(usage(format!("{what}: {count} elements do not fit in memory"))),
    }
}

/// A text that must be given.
///
/// # Safety
/// As [`array`].
pub unsafe fn text<'a>(data: *const c_char, length: u64, what: &str) -> Result<&'a str> {
    // SAFETY: promised by the caller.
    unsafe { optional_text(data, length, what) }?.ok_or_else(|| usage(format!("{what} is NULL")))
}

/// A text, or NULL for none.
///
/// # Safety
/// As [`array`].
pub unsafe fn optional_text<'a>(data: *const c_char, length: u64, what: &str) -> Result<Option<&'a str>> {
    if data.is_null() && length == 0 {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    let bytes = unsafe { array(data.cast::<u8>(), length, what) }?;
    std::str::from_utf8(bytes)
        .map(Some)
        .map_err(|_| usage(format!("{what} is not UTF-8")))
}

/// Where borrowed bytes are handed out: their address and their number.
pub struct BytesOut<T> {
    data: Out<*const T>,
    length: Out<u64>,
}

impl<T> BytesOut<T> {
    /// # Safety
    /// As [`Out::new`], for both.
    pub unsafe fn new(data: *mut *const T, length: *mut u64) -> Result<Self> {
        // SAFETY: promised by the caller.
        unsafe {
            Ok(Self {
                data: Out::new(data, "the address of the result")?,
                length: Out::new(length, "its length")?,
            })
        }
    }

    /// The bytes live as long as the handle that they come from.
    pub fn put(self, bytes: &[u8]) {
        self.data.put(bytes.as_ptr().cast());
        self.length.put(bytes.len() as u64);
    }
}
