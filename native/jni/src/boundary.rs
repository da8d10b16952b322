//! The one boundary that every call passes: errors and panics become Java exceptions.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

use jni_sys::{jbyteArray, jclass, jlong, jvalue, JNIEnv};
use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_math::FloatEnvironment;

use crate::arrays::new_bytes;

/// Runs the body of a call. After an error the JVM ignores what is returned, so that is `T::default()`.
///
/// What the body changes behind a panic is never looked at again: outputs are written last, handles are immutable.
///
/// # Safety
/// `env` is the calling thread's, `class` the class `dev.modelpack.Native`.
#[inline]
pub unsafe fn enter<T: Default>(env: *mut JNIEnv, class: jclass, body: impl FnOnce() -> Result<T>) -> T {
    let _environment = FloatEnvironment::enter();
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(answer)) => return answer,
        Ok(Err(failure)) => failure,
        Err(panic) => defect(panic.as_ref()),
    };
    // SAFETY: promised by the caller.
    unsafe { raise(env, class, &failure) };
    T::default()
}

#[cold]
fn defect(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    let message = format!("a defect in modelpack: {}", text.unwrap_or("no message"));
    Error::new(ErrorCode::Internal, message).with_hint("please report it with the bundle that shows it")
}

/// Has Java throw the error. Where the JVM has thrown already (no memory for an array), that exception stays.
///
/// # Safety
/// As [`enter`].
#[cold]
unsafe fn raise(env: *mut JNIEnv, class: jclass, error: &Error) {
    // SAFETY: promised by the caller; each call into the JVM is made with no exception pending.
    unsafe {
        if ((**env).v1_2.ExceptionCheck)(env) {
            return;
        }
        let signature = c"(I[B[BJ[B[B)V".as_ptr();
        let method = ((**env).v1_1.GetStaticMethodID)(env, class, c"raise".as_ptr(), signature);
        if method.is_null() {
            return;
        }
        let texts = [Some(error.message()), error.feature(), error.node(), error.hint()];
        let Some([message, feature, node, hint]) = texts_to_java(env, texts) else {
            return;
        };
        let row = error.row().map_or(-1, |row| row as jlong);
        let arguments = [
            jvalue {
                i: error.code().number(),
            },
            jvalue { l: message },
            jvalue { l: feature },
            jvalue { j: row },
            jvalue { l: node },
            jvalue { l: hint },
        ];
        ((**env).v1_1.CallStaticVoidMethodA)(env, class, method, arguments.as_ptr());
    }
}

/// Arrays of the texts, null for those that are not there; `None`: the JVM has no memory, and has thrown.
///
/// # Safety
/// As [`enter`].
unsafe fn texts_to_java<const N: usize>(env: *mut JNIEnv, texts: [Option<&str>; N]) -> Option<[jbyteArray; N]> {
    let mut arrays = [std::ptr::null_mut(); N];
    for (array, text) in arrays.iter_mut().zip(texts) {
        if let Some(text) = text {
            // SAFETY: promised by the caller.
            *array = unsafe { new_bytes(env, text.as_bytes()) }.ok()?.0;
        }
    }
    Some(arrays)
}
