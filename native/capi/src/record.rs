//! Structs that begin with `struct_size` and `flags`, so that later versions can grow them.

use std::mem::{size_of, zeroed};
use std::ptr;

use modelpack_bundle::Result;

use crate::boundary::usage;

/// `struct_size` and `flags`.
const HEAD_BYTES: usize = 8;
/// Versions grow by whole 8-byte words, so no field is ever cut in two.
const WORD_BYTES: usize = 8;
/// Far above what a struct will grow to: a larger size is memory that was never set.
const MAX_BYTES: usize = 4096;

/// A `#[repr(C)]` struct of integers, floats and raw pointers that begins with two `u32`, `struct_size` and `flags`.
///
/// # Safety
/// All of the above holds, so that all bytes zero is a value of it, and its size is a multiple of 8.
pub unsafe trait Record: Copy {
    const NAME: &'static str;
    /// The flags that this version knows.
    const FLAGS: u32 = 0;
    fn struct_size(&self) -> u32;
    fn flags(&self) -> u32;
    /// Whether the fields that must be zero are.
    fn reserved_is_zero(&self) -> bool {
        true
    }
}

/// The caller's struct, with defaults (zero) for fields that its version lacks.
///
/// # Safety
/// `source` is NULL or points to a struct of `struct_size` bytes.
pub unsafe fn read<T: Record>(source: *const T) -> Result<T> {
    // SAFETY: promised by the caller.
    let size = unsafe { struct_size(source) }?;
    let record = match size == size_of::<T>() {
        // SAFETY: the caller's struct is ours.
        true => unsafe { source.read() },
        // SAFETY: the struct has `size` bytes.
        false => unsafe { converted(source, size) },
    };
    let unknown = record.flags() & !T::FLAGS;
    if unknown != 0 {
        return Err(usage(format!("{}: unknown flags {unknown:#x}", T::NAME)));
    }
    if !record.reserved_is_zero() {
        return Err(usage(format!("{}: a reserved field is not zero", T::NAME)));
    }
    Ok(record)
}

/// The caller's struct of another version.
///
/// # Safety
/// `source` points to `size` bytes.
unsafe fn converted<T: Record>(source: *const T, size: usize) -> T {
    // SAFETY: a Record may be all zero.
    let mut record: T = unsafe { zeroed() };
    let known = size.min(size_of::<T>());
    // SAFETY: both have at least as many bytes, and they are two objects.
    unsafe { ptr::copy_nonoverlapping(source.cast::<u8>(), (&raw mut record).cast(), known) };
    record
}

/// The caller's struct, or all defaults for NULL.
///
/// # Safety
/// As [`read`].
pub unsafe fn read_or_default<T: Record>(source: *const T) -> Result<T> {
    if source.is_null() {
        // SAFETY: a Record may be all zero.
        return Ok(unsafe { zeroed() });
    }
    // SAFETY: promised by the caller.
    unsafe { read(source) }
}

/// The elements of an array, which stand `struct_size` apart, whatever version the caller was compiled with.
///
/// # Safety
/// `first` is NULL or points to `count` structs of equal `struct_size`.
pub unsafe fn read_at<T: Record>(first: *const T, index: usize, stride: usize) -> Result<T> {
    // SAFETY: promised by the caller.
    let element = unsafe { read(first.byte_add(index * stride)) }?;
    if element.struct_size() as usize != stride {
        return Err(usage(format!("{}: struct_size differs within one array", T::NAME)));
    }
    Ok(element)
}

/// The checked `struct_size` of the caller's struct.
///
/// # Safety
/// As [`read`].
pub unsafe fn struct_size<T: Record>(source: *const T) -> Result<usize> {
    if source.is_null() {
        return Err(usage(format!("{} is NULL", T::NAME)));
    }
    // SAFETY: the struct begins with its size.
    let size = unsafe { source.cast::<u32>().read() } as usize;
    if !(HEAD_BYTES..=MAX_BYTES).contains(&size) || size % WORD_BYTES != 0 {
        return Err(usage(format!(
            "{}: struct_size is {size}: set it to sizeof({})",
            T::NAME,
            T::NAME
        )));
    }
    // SAFETY: the struct has `size` bytes.
    let tail = unsafe { tail(source, size) };
    if tail.iter().any(|byte| *byte != 0) {
        return Err(usage(format!(
            "{}: a field that this version does not know is set",
            T::NAME
        )));
    }
    Ok(size)
}

/// # Safety
/// `source` points to `size` bytes.
unsafe fn tail<'a, T>(source: *const T, size: usize) -> &'a [u8] {
    let known = size_of::<T>();
    if size <= known {
        return &[];
    }
    // SAFETY: the bytes from `known` to `size` are the caller's.
    unsafe { std::slice::from_raw_parts(source.cast::<u8>().add(known), size - known) }
}

/// Where a struct is handed out: as much of it as the caller's version holds.
pub struct RecordOut<T> {
    target: *mut T,
    size: usize,
}

impl<T: Record> RecordOut<T> {
    /// # Safety
    /// `target` is NULL or points to a struct of `struct_size` bytes that may be written until `put`.
    pub unsafe fn new(target: *mut T) -> Result<Self> {
        // SAFETY: promised by the caller.
        let size = unsafe { struct_size(target) }?;
        Ok(Self { target, size })
    }

    /// Writes all fields but `struct_size`, which stays the caller's.
    pub fn put(self, record: T) {
        let from = (&raw const record).cast::<u8>();
        let count = self.size.min(size_of::<T>()) - size_of::<u32>();
        // SAFETY: both have at least `size_of::<u32>() + count` bytes; the record is our own.
        unsafe {
            ptr::copy_nonoverlapping(
                from.add(size_of::<u32>()),
                self.target.cast::<u8>().add(size_of::<u32>()),
                count,
            );
        }
    }
}
