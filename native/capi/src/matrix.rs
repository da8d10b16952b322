//! A matrix: one dtype, a column a feature.

use std::ffi::c_void;

use modelpack_bundle::Result;
use modelpack_engine::columns::{Column, Validity};

use crate::boundary::{enter, usage};
use crate::column::{values, wrong_count};
use crate::error::mp_error;
use crate::output::mp_output;
use crate::pointer::length;
use crate::predict_options::{mp_predict_options, with_call};
use crate::predictor::{mp_predictor, predictor};
use crate::record::{read, Record};

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_matrix {
    pub struct_size: u32,
    pub flags: u32,
    pub data: *const c_void,
    pub dtype: i32,
    pub reserved: i32,
    pub rows: u64,
    pub columns: u64,
    pub row_stride: i64,
    pub column_stride: i64,
}

// SAFETY: integers and a pointer, head first.
unsafe impl Record for mp_matrix {
    const NAME: &'static str = "mp_matrix";
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

#[no_mangle]
pub unsafe extern "C" fn mp_predictor_predict_matrix(
    handle: *const mp_predictor,
    matrix: *const mp_matrix,
    options: *const mp_predict_options,
    outputs: *const mp_output,
    output_count: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let predictor = predictor(handle)?;
            let matrix = read(matrix)?;
            let expected = predictor.schema().features.len() as u64;
            if matrix.columns != expected {
                return Err(wrong_count(matrix.columns, expected));
            }
            let rows = length(matrix.rows, "mp_matrix.rows")?;
            let columns = columns(&matrix, rows)?;
            with_call(options, outputs, output_count, matrix.rows, |call| {
                predictor.predict_columns(&columns, rows, call)
            })
        })
    }
}

/// # Safety
/// The caller keeps to the header.
unsafe fn columns<'a>(matrix: &mp_matrix, rows: usize) -> Result<Vec<Column<'a>>> {
    let outside = || usage("mp_matrix: the columns do not fit in memory");
    let stride = isize::try_from(matrix.column_stride).map_err(|_| outside())?;
    let count = isize::try_from(matrix.columns).map_err(|_| outside())?;
    stride.checked_mul(count).ok_or_else(outside)?;
    let column = |index: isize| {
        let data = matrix.data.cast::<u8>().wrapping_offset(index * stride);
        let data = if matrix.data.is_null() {
            matrix.data.cast()
        } else {
            data
        };
        // SAFETY: promised by the caller.
        let values = unsafe { values(matrix.dtype, data, matrix.row_stride, rows) }?;
        Ok(Column::new(values, Validity::All, rows))
    };
    (0..count).map(column).collect()
}
