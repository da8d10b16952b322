//! The one boundary that every call passes: results become codes and error objects, a panic becomes INTERNAL.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

use modelpack_bundle::{Error, ErrorCode, Result};

use crate::error::mp_error;

pub const MP_OK: i32 = 0;

/// Runs the body of a call. What it changes behind a panic is never looked at again: outputs are written last, handles are immutable.
///
/// # Safety
/// `error` is NULL or may be written.
pub unsafe fn enter(error: *mut *mut mp_error, body: impl FnOnce() -> Result<()>) -> i32 {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => MP_OK,
        // SAFETY: promised by the caller.
        Ok(Err(failure)) => unsafe { report(error, &failure) },
        // SAFETY: as above.
        Err(panic) => unsafe { report(error, &defect(panic.as_ref())) },
    }
}

/// # Safety
/// As [`enter`].
#[cold]
unsafe fn report(error: *mut *mut mp_error, failure: &Error) -> i32 {
    // SAFETY: promised by the caller.
    if let Some(error) = unsafe { error.as_mut() } {
        *error = Box::into_raw(Box::new(mp_error::from(failure)));
    }
    failure.code().number()
}

#[cold]
fn defect(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied());
    let message = format!("a defect in modelpack: {}", text.unwrap_or("no message"));
    Error::new(ErrorCode::Internal, message).with_hint("please report it with the bundle that shows it")
}

/// The error of a call that breaks the contract of the header.
#[cold]
pub fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Usage, message)
}
