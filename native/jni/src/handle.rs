//! Objects that Java holds by the address of their box.

use jni_sys::jlong;

/// Hands an object to Java, which gives it back to [`free`] once.
pub fn give<T>(object: T) -> jlong {
    Box::into_raw(Box::new(object)) as jlong
}

/// # Safety
/// `handle` came from [`give`] of the same `T`, and is not freed as long as `'a`.
#[inline]
pub unsafe fn borrow<'a, T>(handle: jlong) -> &'a T {
    // SAFETY: promised by the caller.
    unsafe { &*(handle as *const T) }
}

/// # Safety
/// `handle` came from [`give`] of the same `T`; nobody uses it any more.
pub unsafe fn free<T>(handle: jlong) {
    // SAFETY: promised by the caller.
    drop(unsafe { Box::from_raw(handle as *mut T) });
}
