//! Trust policies.

use std::ffi::{c_char, c_void};
use std::path::Path;
use std::sync::Arc;

use modelpack_bundle::json::Json;
use modelpack_bundle::trust::{default_policy_path, user_key_path, user_policy_path};
use modelpack_bundle::{Digest, Engines, Result, Trust, TrustPolicy};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::pointer::{array, handle, optional_text, text, Out};
use crate::text::mp_text;

/// What an `mp_trust *` points to is held by an `Arc`, one count an owner.
#[allow(non_camel_case_types)]
pub struct mp_trust(pub(crate) Trust);

/// How bytes are called where the caller does not say.
const NO_SOURCE: &str = "given as bytes";

/// # Safety
/// `out` and `error` are those of a caller that keeps to the header.
unsafe fn hand_out(out: *mut *mut mp_trust, error: *mut *mut mp_error, make: impl FnOnce() -> Result<Trust>) -> i32 {
    // SAFETY: promised by the caller.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            out.put(Arc::into_raw(Arc::new(mp_trust(make()?))).cast_mut());
            Ok(())
        })
    }
}

/// # Safety
/// As [`hand_out`].
unsafe fn hand_out_json(
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
    make: impl FnOnce() -> Result<Json>,
) -> i32 {
    // SAFETY: promised by the caller.
    unsafe {
        enter(error, || {
            let out = Out::new(json, "json")?;
            let bytes = make()?.to_bytes();
            out.put(mp_text::give(
                std::str::from_utf8(&bytes).expect("JSON is made of texts"),
            ));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_unsigned(out: *mut *mut mp_trust, error: *mut *mut mp_error) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(out, error, || Ok(Trust::Unsigned)) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_unsigned_onnx(out: *mut *mut mp_trust, error: *mut *mut mp_error) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(out, error, || Ok(Trust::UnsignedOnnx)) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_from_file(
    path: *const c_char,
    path_length: u64,
    out: *mut *mut mp_trust,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        hand_out(out, error, || {
            Trust::from_file(Path::new(text(path, path_length, "path")?))
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_from_bytes(
    data: *const c_void,
    size: u64,
    source: *const c_char,
    source_length: u64,
    out: *mut *mut mp_trust,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        hand_out(out, error, || {
            let source = optional_text(source, source_length, "source")?.unwrap_or(NO_SOURCE);
            TrustPolicy::from_bytes(array(data.cast(), size, "data")?, source).map(Trust::from)
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_default(out: *mut *mut mp_trust, error: *mut *mut mp_error) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(out, error, Trust::of_user) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_from_identity(
    identity: *const c_char,
    identity_length: u64,
    engines: u32,
    out: *mut *mut mp_trust,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        hand_out(out, error, || {
            let identity = digest(text(identity, identity_length, "identity")?)?;
            let unknown = || usage(format!("engines: {engines:#x} is no set of MP_ENGINE_*"));
            let engines = Engines::from_bits(engines).ok_or_else(unknown)?;
            Ok(Trust::Identity { identity, engines })
        })
    }
}

pub(crate) fn digest(text: &str) -> Result<Digest> {
    Digest::from_text(text).ok_or_else(|| usage("the identity is not sha256:<64 hex digits>"))
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_retain(trust: *const mp_trust) {
    if !trust.is_null() {
        // SAFETY: the handle came from `Arc::into_raw` and has an owner, who calls.
        unsafe { Arc::increment_strong_count(trust) };
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_free(trust: *mut mp_trust) {
    if !trust.is_null() {
        // SAFETY: the handle came from `Arc::into_raw`, and this owner gives it up.
        unsafe { Arc::decrement_strong_count(trust.cast_const()) };
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_describe(
    trust: *const mp_trust,
    json: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_json(json, error, || Ok(handle(trust, "trust")?.0.to_json())) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_locations(json: *mut *mut mp_text, error: *mut *mut mp_error) -> i32 {
    let text = |path: Option<std::path::PathBuf>| match path.as_deref().and_then(Path::to_str) {
        Some(path) => Json::str(path),
        None => Json::Null,
    };
    let locations = || {
        Ok(Json::object([
            ("default", text(default_policy_path())),
            ("key", text(user_key_path())),
            ("policy", text(user_policy_path())),
        ]))
    };
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out_json(json, error, locations) }
}
