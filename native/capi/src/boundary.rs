//! The one boundary that every call passes: results become codes and error objects, a panic becomes INTERNAL.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_math::FloatEnvironment;

use crate::error::mp_error;

pub const MP_OK: i32 = 0;

/// Runs the body of a call in the default floating-point environment. What it changes behind a panic is never looked at again: outputs are written last, handles are immutable.
///
/// # Safety
/// `error` is NULL or may be written.
pub unsafe fn enter(error: *mut *mut mp_error, body: impl FnOnce() -> Result<()>) -> i32 {
    let _environment = FloatEnvironment::enter();
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

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::ptr;

    use super::*;
    use crate::error::{mp_error_code, mp_error_free, mp_error_message};

    fn entered(body: impl FnOnce() -> Result<()>) -> (i32, i32, String) {
        let mut error = ptr::null_mut();
        // SAFETY: the error's address is our own, and what it receives is freed once.
        unsafe {
            let code = enter(&mut error, body);
            let message = mp_error_message(error, ptr::null_mut());
            let text = if message.is_null() {
                String::new()
            } else {
                CStr::from_ptr(message).to_string_lossy().into_owned()
            };
            let in_error = mp_error_code(error);
            mp_error_free(error);
            (code, in_error, text)
        }
    }

    #[test]
    fn a_panic_is_an_internal_error_with_its_text() {
        let (code, in_error, text) = entered(|| panic!("row {} is gone", 3));
        assert_eq!((code, in_error), (900, 900));
        assert!(text.contains("row 3 is gone"), "{text}");
    }

    #[test]
    fn results_are_codes() {
        assert_eq!(entered(|| Ok(())), (MP_OK, 0, String::new()));
        let (code, in_error, text) = entered(|| Err(usage("no such thing")));
        assert_eq!((code, in_error, text.as_str()), (1, 1, "no such thing"));
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { enter(ptr::null_mut(), || Err(usage("x"))) }, 1);
    }
}
