//! Java's arrays, copied in and out.

use jni_sys::{jbyteArray, jlong, jlongArray, jobject, jobjectArray, jsize, JNIEnv};
use modelpack_bundle::{Error, ErrorCode, Result};

/// A reference that a call returns to Java.
#[repr(transparent)]
pub struct Reference(pub jobject);

impl Default for Reference {
    fn default() -> Self {
        Self(std::ptr::null_mut())
    }
}

/// The JVM has thrown its own OutOfMemoryError where this is returned.
#[cold]
fn no_memory() -> Error {
    Error::new(ErrorCode::NoMemory, "the JVM has no memory for an array")
}

fn java_length(length: usize) -> Result<jsize> {
    jsize::try_from(length).map_err(|_| Error::new(ErrorCode::Limit, format!("{length} values in one Java array")))
}

/// # Safety
/// `env` is the calling thread's.
pub unsafe fn new_bytes(env: *mut JNIEnv, bytes: &[u8]) -> Result<Reference> {
    let length = java_length(bytes.len())?;
    // SAFETY: promised by the caller; the region is that of the new array.
    unsafe {
        let array = ((**env).v1_1.NewByteArray)(env, length);
        if array.is_null() {
            return Err(no_memory());
        }
        ((**env).v1_1.SetByteArrayRegion)(env, array, 0, length, bytes.as_ptr().cast());
        Ok(Reference(array))
    }
}

/// # Safety
/// `env` is the calling thread's.
pub unsafe fn new_longs(env: *mut JNIEnv, values: &[jlong]) -> Result<Reference> {
    let length = java_length(values.len())?;
    // SAFETY: promised by the caller; the region is that of the new array.
    unsafe {
        let array = ((**env).v1_1.NewLongArray)(env, length);
        if array.is_null() {
            return Err(no_memory());
        }
        ((**env).v1_1.SetLongArrayRegion)(env, array, 0, length, values.as_ptr());
        Ok(Reference(array))
    }
}

/// # Safety
/// `env` is the calling thread's, `array` a byte array. Null is an error, since the JVM would not survive it.
pub unsafe fn bytes(env: *mut JNIEnv, array: jbyteArray) -> Result<Vec<u8>> {
    if array.is_null() {
        return Err(Error::new(ErrorCode::Usage, "null where there must be an array"));
    }
    // SAFETY: promised by the caller; the region is the whole array.
    unsafe {
        let length = ((**env).v1_1.GetArrayLength)(env, array);
        let mut bytes: Vec<u8> = Vec::new();
        bytes.try_reserve_exact(length as usize).map_err(|_| no_memory())?;
        ((**env).v1_1.GetByteArrayRegion)(env, array, 0, length, bytes.as_mut_ptr().cast());
        bytes.set_len(length as usize);
        Ok(bytes)
    }
}

/// # Safety
/// `env` is the calling thread's, `array` a long array, not null.
pub unsafe fn longs(env: *mut JNIEnv, array: jlongArray) -> Vec<jlong> {
    // SAFETY: promised by the caller; the region is the whole array.
    unsafe {
        let length = ((**env).v1_1.GetArrayLength)(env, array);
        let mut values = vec![0; length as usize];
        ((**env).v1_1.GetLongArrayRegion)(env, array, 0, length, values.as_mut_ptr());
        values
    }
}

/// A text; Java's side encodes UTF-8, so anything else is a defect.
///
/// # Safety
/// As [`bytes`].
pub unsafe fn text(env: *mut JNIEnv, array: jbyteArray) -> Result<String> {
    // SAFETY: promised by the caller.
    let bytes = unsafe { bytes(env, array) }?;
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorCode::Usage, "a text is not UTF-8"))
}

/// # Safety
/// `env` is the calling thread's, `array` a byte array or null.
pub unsafe fn optional_text(env: *mut JNIEnv, array: jbyteArray) -> Result<Option<String>> {
    if array.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    unsafe { text(env, array) }.map(Some)
}

/// # Safety
/// `env` is the calling thread's, `array` an array of byte arrays.
pub unsafe fn texts(env: *mut JNIEnv, array: jobjectArray) -> Result<Vec<String>> {
    // SAFETY: promised by the caller; each local reference is given back at once, as a row may have many further keys.
    unsafe {
        let count = ((**env).v1_1.GetArrayLength)(env, array);
        let mut texts = Vec::new();
        for index in 0..count {
            let element = ((**env).v1_1.GetObjectArrayElement)(env, array, index);
            let text = text(env, element);
            ((**env).v1_1.DeleteLocalRef)(env, element);
            texts.push(text?);
        }
        Ok(texts)
    }
}
