//! Arrow C Data Interface.

use modelpack_bundle::Result;
use modelpack_engine::arrow::{bind, ArrowArray, ArrowSchema};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::output::mp_output;
use crate::pointer::handle;
use crate::predict_options::{mp_predict_options, with_call};
use crate::predictor::{mp_predictor, predictor};

const STRICT: u32 = 1;

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_predict_arrow(
    handle: *const mp_predictor,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    flags: u32,
    options: *const mp_predict_options,
    outputs: *const mp_output,
    output_count: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            predict(handle, schema, array, flags, options, outputs, output_count)?;
            // Consumed only now: on failure both are still the caller's.
            (*schema).release();
            (*array).release();
            Ok(())
        })
    }
}

/// # Safety
/// The caller keeps to the header.
unsafe fn predict(
    predictor_handle: *const mp_predictor,
    schema: *const ArrowSchema,
    array: *const ArrowArray,
    flags: u32,
    options: *const mp_predict_options,
    outputs: *const mp_output,
    output_count: u64,
) -> Result<()> {
    if flags & !STRICT != 0 {
        return Err(usage(format!("unknown flags {:#x}", flags & !STRICT)));
    }
    // SAFETY: promised by the caller.
    unsafe {
        let predictor = predictor(predictor_handle)?;
        let (schema, array) = (handle(schema, "schema")?, handle(array, "array")?);
        let batch = bind(schema, array, predictor.schema(), flags & STRICT != 0)?;
        let rows = batch.rows as u64;
        with_call(options, outputs, output_count, rows, |call| {
            predictor.predict_columns(&batch.columns, batch.rows, call)
        })
    }
}
