//! Checking programs before they are packed.

use std::ffi::c_void;

use modelpack_bundle::{json, Bytes, Programs, Result, Schema, TensorFile};
use modelpack_engine::check;

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::pointer::array;

#[no_mangle]
pub unsafe extern "C" fn mp_program_check(
    schema_json: *const c_void,
    schema_size: u64,
    dictionaries: *const c_void,
    dictionaries_size: u64,
    programs_json: *const c_void,
    programs_size: u64,
    tensors: *const c_void,
    tensors_size: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let schema_json = array(schema_json.cast(), schema_size, "schema_json")?;
            let dictionaries: &[u8] = array(dictionaries.cast(), dictionaries_size, "dictionaries")?;
            let programs = array(programs_json.cast(), programs_size, "programs_json")?;
            let tensors: &[u8] = array(tensors.cast(), tensors_size, "tensors")?;
            let dictionaries = (!dictionaries.is_empty()).then(|| Bytes::from(dictionaries));
            check_all(
                &Schema::parse(schema_json, dictionaries)?,
                &Programs::parse(programs)?,
                tensors.into(),
            )
        })
    }
}

/// The program that the tensors name, with the tensors.
fn check_all(schema: &Schema, programs: &Programs, tensors: Bytes) -> Result<()> {
    let tensors = TensorFile::parse(tensors)?;
    let named = tensors.metadata("program").and_then(|digest| programs.get(digest));
    let text = named.ok_or_else(|| usage("the tensors name no program of programs_json"))?;
    check(&json::parse(text.as_bytes())?, schema, &tensors).map(|_| ())
}
