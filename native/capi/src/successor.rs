//! Whether one bundle may take the place of another.

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::pointer::Out;

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_check_successor(
    handle: *const mp_bundle,
    next: *const mp_bundle,
    allow_rollback: i32,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let allowed = match allow_rollback {
                0 => false,
                1 => true,
                other => return Err(usage(format!("allow_rollback is {other}, neither 0 nor 1"))),
            };
            bundle(handle)?.check_successor(bundle(next)?, allowed)
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_compare_version(
    handle: *const mp_bundle,
    other: *const mp_bundle,
    order: *mut i32,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(order, "order")?;
            out.put(bundle(handle)?.compare_version(bundle(other)?) as i32);
            Ok(())
        })
    }
}
