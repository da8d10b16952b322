//! Arrow C Data Interface.

use modelpack_engine::arrow::{consume, ArrowArray, ArrowSchema, Binding};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::output::mp_output;
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
            if flags & !STRICT != 0 {
                return Err(usage(format!("unknown flags {:#x}", flags & !STRICT)));
            }
            let predictor = predictor(handle)?;
            let strict = flags & STRICT != 0;
            let binding = Binding { strict, key: &[] };
            consume(schema, array, predictor.schema(), binding, |batch| {
                let rows = batch.rows as u64;
                with_call(options, outputs, output_count, rows, |call| {
                    predictor.predict_columns(&batch.columns, batch.rows, call)
                })
            })
        })
    }
}
