//! Predictors: made from a bundle, shared by any number of owners.

use std::ffi::c_char;
use std::path::PathBuf;
use std::sync::Arc;

use modelpack_bundle::Result;
use modelpack_engine::engines::onnx::Places;
use modelpack_engine::{Predictor, PredictorOptions};

use crate::boundary::enter;
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::pointer::{handle, optional_text, BytesOut, Out};
use crate::record::{read_or_default, Record};

/// What an `mp_predictor *` points to is held by an `Arc`, one count an owner.
#[allow(non_camel_case_types)]
pub struct mp_predictor(Predictor);

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_predictor_options {
    pub struct_size: u32,
    pub flags: u32,
    pub engine: *const c_char,
    pub engine_length: u64,
    pub threads: i32,
    pub reserved: i32,
    pub cache_bytes: u64,
    pub onnxruntime: *const c_char,
    pub onnxruntime_length: u64,
    pub onnxruntime_found: *const c_char,
    pub onnxruntime_found_length: u64,
}

// SAFETY: integers and a pointer, head first.
unsafe impl Record for mp_predictor_options {
    const NAME: &'static str = "mp_predictor_options";
    fn struct_size(&self) -> u32 {
        self.struct_size
    }
    fn flags(&self) -> u32 {
        self.flags
    }
    fn reserved_is_zero(&self) -> bool {
        self.reserved == 0
    }
}

impl mp_predictor_options {
    /// # Safety
    /// `engine` is NULL or a text of `engine_length` bytes, and so are the paths.
    unsafe fn to_options(self) -> Result<PredictorOptions> {
        // SAFETY: promised by the caller.
        let (engine, explicit, found) = unsafe {
            (
                optional_text(self.engine, self.engine_length, "engine")?,
                optional_text(self.onnxruntime, self.onnxruntime_length, "onnxruntime")?,
                optional_text(
                    self.onnxruntime_found,
                    self.onnxruntime_found_length,
                    "onnxruntime_found",
                )?,
            )
        };
        Ok(PredictorOptions {
            engine: engine.map(str::to_owned),
            threads: self.threads,
            cache_bytes: self.cache_bytes,
            onnxruntime: Places {
                explicit: explicit.map(PathBuf::from),
                found: found.map(PathBuf::from),
            },
        })
    }
}

/// # Safety
/// The handle is NULL or lives as long as `'a`.
pub(crate) unsafe fn predictor<'a>(predictor: *const mp_predictor) -> Result<&'a Predictor> {
    // SAFETY: promised by the caller.
    Ok(&unsafe { handle(predictor, "predictor") }?.0)
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_new(
    handle: *const mp_bundle,
    options: *const mp_predictor_options,
    out: *mut *mut mp_predictor,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let options = read_or_default(options)?.to_options()?;
            let predictor = Predictor::new(bundle(handle)?, &options)?;
            out.put(Arc::into_raw(Arc::new(mp_predictor(predictor))).cast_mut());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_retain(predictor: *const mp_predictor) {
    if !predictor.is_null() {
        // SAFETY: the handle came from `Arc::into_raw` and has an owner, who calls.
        unsafe { Arc::increment_strong_count(predictor) };
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_free(predictor: *mut mp_predictor) {
    if !predictor.is_null() {
        // SAFETY: the handle came from `Arc::into_raw`, and this owner gives it up.
        unsafe { Arc::decrement_strong_count(predictor.cast_const()) };
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_plan(
    handle: *const mp_predictor,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = BytesOut::new(text, length)?;
            out.put(predictor(handle)?.plan_text().as_bytes());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_engine(
    handle: *const mp_predictor,
    text: *mut *const c_char,
    length: *mut u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = BytesOut::new(text, length)?;
            out.put(predictor(handle)?.engine().as_bytes());
            Ok(())
        })
    }
}
