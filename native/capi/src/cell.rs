//! Single values to cells.

use std::ffi::c_char;

use modelpack_bundle::{normalise, Dictionary, Raw, Result};

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::pointer::{array, Out};
use crate::schema::feature;

const MP_NULL_NONE: i32 = 1;
const MP_NULL_NAN: i32 = 2;
const CODE_UNSEEN: i64 = -3;

pub(crate) fn code_of(dictionary: &Dictionary, text: &[u8]) -> i64 {
    dictionary.code(text).map_or(CODE_UNSEEN, i64::from)
}

/// # Safety
/// The caller keeps to the header.
unsafe fn hand_out(
    handle: *const mp_bundle,
    index: u64,
    raw: Result<Raw<'_>>,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: promised by the caller.
    unsafe {
        enter(error, || {
            let out = Out::new(cell, "cell")?;
            out.put(normalise(feature(bundle(handle)?.schema(), index)?, raw?)?);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_cell_null(
    bundle: *const mp_bundle,
    feature: u64,
    null_kind: i32,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    let raw = match null_kind {
        0 => Ok(Raw::Null),
        MP_NULL_NONE => Ok(Raw::None),
        MP_NULL_NAN => Ok(Raw::Nan),
        _ => Err(usage(format!("null_kind is {null_kind}, which is no MP_NULL_*"))),
    };
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(bundle, feature, raw, cell, error) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_cell_f64(
    bundle: *const mp_bundle,
    feature: u64,
    value: f64,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(bundle, feature, Ok(Raw::F64(value)), cell, error) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_cell_i64(
    bundle: *const mp_bundle,
    feature: u64,
    value: i64,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(bundle, feature, Ok(Raw::I64(value)), cell, error) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_cell_bool(
    bundle: *const mp_bundle,
    feature: u64,
    value: i32,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    let raw = match value {
        0 => Ok(Raw::Bool(false)),
        1 => Ok(Raw::Bool(true)),
        _ => Err(usage(format!("a bool is 0 or 1, not {value}"))),
    };
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(bundle, feature, raw, cell, error) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_cell_time(
    bundle: *const mp_bundle,
    feature: u64,
    micros: i64,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe { hand_out(bundle, feature, Ok(Raw::Time(micros)), cell, error) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_cell_text(
    bundle: *const mp_bundle,
    feature: u64,
    text: *const c_char,
    length: u64,
    cell: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        let raw = array(text.cast(), length, "text").map(Raw::Text);
        hand_out(bundle, feature, raw, cell, error)
    }
}
