//! One row. No allocation and no lock on this path but for an error.

use std::ffi::c_char;

use crate::boundary::enter;
use crate::error::mp_error;
use crate::output::mp_output;
use crate::pointer::array;
use crate::predict_options::{mp_predict_options, with_call};
use crate::predictor::{mp_predictor, predictor};

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_predict_row(
    handle: *const mp_predictor,
    cells: *const u64,
    cell_count: u64,
    text: *const c_char,
    text_length: u64,
    options: *const mp_predict_options,
    outputs: *const mp_output,
    output_count: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let predictor = predictor(handle)?;
            let cells = array(cells, cell_count, "cells")?;
            let text = array(text.cast::<u8>(), text_length, "text")?;
            with_call(options, outputs, output_count, 1, |call| {
                predictor.predict_row(cells, text, call)
            })
        })
    }
}
