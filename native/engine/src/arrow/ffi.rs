//! The two structs of the interface, as its specification lays them out, and checked access to them.

use std::ffi::{c_char, c_void, CStr};
use std::slice;

use modelpack_bundle::Result;

use super::malformed;

#[repr(C)]
#[derive(Debug)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
#[derive(Debug)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// Children beyond this number are no table but damage.
const MAX_CHILDREN: usize = 1 << 20;

impl ArrowSchema {
    /// # Safety
    /// `self` was filled by a producer that keeps to the interface.
    pub(super) unsafe fn format(&self) -> Result<&str> {
        // SAFETY: the interface promises a NUL-terminated text.
        unsafe { text(self.format) }
            .filter(|format| !format.is_empty())
            .ok_or_else(|| malformed("", "a type has no format"))
    }

    /// # Safety
    /// As [`ArrowSchema::format`].
    pub(super) unsafe fn name(&self) -> Result<&str> {
        if self.name.is_null() {
            return Ok("");
        }
        // SAFETY: as above.
        unsafe { text(self.name) }.ok_or_else(|| malformed("", "a name is not UTF-8"))
    }

    /// # Safety
    /// As [`ArrowSchema::format`].
    pub(super) unsafe fn children(&self) -> Result<Vec<&ArrowSchema>> {
        // SAFETY: the interface promises as many pointers to live structs.
        unsafe { children(self.children, self.n_children) }
    }

    /// Hands the struct back to its producer, if it was not yet.
    ///
    /// # Safety
    /// As [`ArrowSchema::format`], and nothing borrows from it any more.
    pub unsafe fn release(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: a live struct is released once; the producer marks it.
            unsafe { release(self) };
        }
    }
}

impl ArrowArray {
    /// # Safety
    /// `self` was filled by a producer that keeps to the interface.
    pub(super) unsafe fn children(&self) -> Result<Vec<&ArrowArray>> {
        // SAFETY: the interface promises as many pointers to live structs.
        unsafe { children(self.children, self.n_children) }
    }

    /// How many buffers the producer says that there are.
    pub(super) fn buffer_count(&self) -> usize {
        match usize::try_from(self.n_buffers) {
            Ok(count) if !self.buffers.is_null() => count,
            _ => 0,
        }
    }

    /// The addresses of the first `count` buffers, of which there are as many; the caller has judged the number.
    ///
    /// # Safety
    /// As [`ArrowArray::children`].
    pub(super) unsafe fn buffers(&self, count: usize) -> &[*const c_void] {
        match count.min(self.buffer_count()) {
            0 => &[],
            // SAFETY: the interface promises as many pointers.
            count => unsafe { slice::from_raw_parts(self.buffers, count) },
        }
    }

    /// As [`ArrowSchema::release`].
    ///
    /// # Safety
    /// As there.
    pub unsafe fn release(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: a live struct is released once; the producer marks it.
            unsafe { release(self) };
        }
    }
}

/// # Safety
/// `text` is NULL or NUL-terminated.
unsafe fn text<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: promised by the caller.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// # Safety
/// `children` holds `count` pointers, each NULL or to a struct that lives as long as `'a`.
unsafe fn children<'a, T>(children: *mut *mut T, count: i64) -> Result<Vec<&'a T>> {
    let count = usize::try_from(count).ok().filter(|count| *count <= MAX_CHILDREN);
    let count = count.ok_or_else(|| malformed("", "the number of children is out of range"))?;
    if count == 0 {
        return Ok(Vec::new());
    }
    if children.is_null() {
        return Err(malformed("", "children are promised, but their address is NULL"));
    }
    // SAFETY: promised by the caller.
    let pointers = unsafe { slice::from_raw_parts(children.cast::<*const T>(), count) };
    // SAFETY: each pointer is NULL or points to a live struct.
    let children: Option<Vec<&T>> = pointers.iter().map(|child| unsafe { child.as_ref() }).collect();
    children.ok_or_else(|| malformed("", "a child is NULL"))
}

/// Bytes of a buffer whose size the interface leaves to be inferred. NULL will do for none.
///
/// # Safety
/// `buffer` is NULL or holds `size` bytes that stay as they are as long as `'a`.
pub(super) unsafe fn bytes<'a>(buffer: *const c_void, size: usize) -> Option<&'a [u8]> {
    match (size, buffer.is_null()) {
        (0, _) => Some(&[]),
        (_, true) => None,
        // SAFETY: promised by the caller.
        (_, false) => Some(unsafe { slice::from_raw_parts(buffer.cast(), size) }),
    }
}
