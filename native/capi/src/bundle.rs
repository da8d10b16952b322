//! What a bundle says of itself.

use std::ffi::{c_char, c_void};
use std::sync::{Arc, OnceLock};

use modelpack_bundle::partitions::Facts;
use modelpack_bundle::{Bundle, Result};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::pointer::{handle, text, BytesOut, Out};

#[allow(non_camel_case_types)]
pub struct mp_bundle {
    bundle: Arc<Bundle>,
    /// Read when they are first asked for.
    facts: OnceLock<Option<Facts>>,
}

impl mp_bundle {
    pub(crate) fn new(bundle: Arc<Bundle>) -> mp_bundle {
        mp_bundle {
            bundle,
            facts: OnceLock::new(),
        }
    }
}

/// # Safety
/// The handle is NULL or lives as long as `'a`.
pub(crate) unsafe fn bundle<'a>(bundle: *const mp_bundle) -> Result<&'a Arc<Bundle>> {
    // SAFETY: promised by the caller.
    Ok(&unsafe { handle(bundle, "bundle") }?.bundle)
}

/// What is known about the nodes.
///
/// # Safety
/// As [`bundle`].
pub(crate) unsafe fn facts<'a>(bundle: *const mp_bundle) -> Result<Option<&'a Facts>> {
    // SAFETY: promised by the caller.
    let handle = unsafe { handle(bundle, "bundle") }?;
    if let Some(facts) = handle.facts.get() {
        return Ok(facts.as_ref());
    }
    let facts = handle.bundle.node_facts()?;
    Ok(handle.facts.get_or_init(|| facts).as_ref())
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_free(bundle: *mut mp_bundle) {
    if !bundle.is_null() {
        // SAFETY: the handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(bundle) });
    }
}

/// A text of the bundle, borrowed from it.
///
/// # Safety
/// The caller keeps to the header.
unsafe fn hand_out_text(
    handle: *const mp_bundle,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
    read: impl FnOnce(&Bundle) -> Result<&str>,
) -> i32 {
    // SAFETY: promised by the caller.
    unsafe {
        enter(error, || {
            let out = BytesOut::new(text, length)?;
            out.put(read(bundle(handle)?)?.as_bytes());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_name(
    bundle: *const mp_bundle,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_text(bundle, text, length, error, |bundle| Ok(bundle.name())) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_version(
    bundle: *const mp_bundle,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_text(bundle, text, length, error, |bundle| Ok(bundle.version())) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_identity(
    bundle: *const mp_bundle,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_text(bundle, text, length, error, |bundle| Ok(bundle.identity())) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_model_digest(
    bundle: *const mp_bundle,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_text(bundle, text, length, error, |bundle| Ok(bundle.model_digest())) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_verified(
    handle: *const mp_bundle,
    verified: *mut i32,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(verified, "verified")?;
            out.put(i32::from(bundle(handle)?.verified()));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_permitted_engines(
    handle: *const mp_bundle,
    engines: *mut u32,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(engines, "engines")?;
            out.put(bundle(handle)?.permitted_engines().bits());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_explanation(
    bundle: *const mp_bundle,
    json: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_text(bundle, json, length, error, explanation) }
}

fn explanation(bundle: &Bundle) -> Result<&str> {
    let unjudged = || usage("a bundle opened for inspection was not judged");
    bundle.explanation_json().ok_or_else(unjudged)
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_member(
    handle: *const mp_bundle,
    name: *const c_char,
    name_length: u64,
    data: *mut *const c_void,
    size: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = BytesOut::new(data, size)?;
            // The bundle keeps the bytes that it hands out, so they may be borrowed.
            let bytes = bundle(handle)?.member(text(name, name_length, "name")?)?;
            out.put(&bytes);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_member_count(
    handle: *const mp_bundle,
    count: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(count, "count")?;
            out.put(bundle(handle)?.member_names().len() as u64);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_member_name(
    bundle: *const mp_bundle,
    index: u64,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_text(bundle, text, length, error, |bundle| member_name(bundle, index)) }
}

fn member_name(bundle: &Bundle, index: u64) -> Result<&str> {
    let mut names = bundle.member_names();
    let count = names.len();
    let name = usize::try_from(index).ok().and_then(|index| names.nth(index));
    name.ok_or_else(|| usage(format!("the bundle has {count} members, none is at {index}")))
}
