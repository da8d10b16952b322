//! The reference interpreter, which defines every bit.

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::output::mp_output;
use crate::pointer::{array, length};
use crate::predict_options::{mp_predict_options, with_call};
use crate::predictor::{mp_predictor, predictor};

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_reference(
    handle: *const mp_predictor,
    cells: *const u64,
    rows: u64,
    options: *const mp_predict_options,
    outputs: *const mp_output,
    output_count: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let predictor = predictor(handle)?;
            let features = predictor.schema().features.len() as u64;
            let count = rows
                .checked_mul(features)
                .ok_or_else(|| usage(format!("{rows} rows do not fit in memory")))?;
            let cells = array(cells, count, "cells")?;
            let row_count = length(rows, "rows")?;
            with_call(options, outputs, output_count, rows, |call| {
                predictor.reference(cells, row_count, call)
            })
        })
    }
}
