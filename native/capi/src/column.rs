//! Columns in schema order.

use std::ffi::c_void;

use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_engine::columns::{Column, Plain, Strided, Text, TimeUnit, Validity, Values};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::output::mp_output;
use crate::pointer::{array, length};
use crate::predict_options::{mp_predict_options, with_call};
use crate::predictor::{mp_predictor, predictor};
use crate::record::{read_at, struct_size, Record};

#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mp_column {
    pub struct_size: u32,
    pub flags: u32,
    pub data: *const c_void,
    pub offsets: *const i64,
    pub valid: *const u8,
    pub dtype: i32,
    pub reserved: i32,
    pub stride: i64,
    pub data_size: u64,
}

const ABSENT: u32 = 1;

// SAFETY: integers and pointers only, head first.
unsafe impl Record for mp_column {
    const NAME: &'static str = "mp_column";
    const FLAGS: u32 = ABSENT;
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
pub unsafe extern "C" fn mp_predictor_predict_columns(
    handle: *const mp_predictor,
    columns: *const mp_column,
    column_count: u64,
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
            let row_count = length(rows, "rows")?;
            let expected = predictor.schema().features.len() as u64;
            if column_count != expected {
                return Err(wrong_count(column_count, expected));
            }
            let columns = read(columns, column_count, row_count)?;
            with_call(options, outputs, output_count, rows, |call| {
                predictor.predict_columns(&columns, row_count, call)
            })
        })
    }
}

#[cold]
pub(crate) fn wrong_count(given: u64, expected: u64) -> Error {
    Error::new(
        ErrorCode::WrongShape,
        format!("{given} columns are given, the model has {expected} features"),
    )
}

/// # Safety
/// The caller keeps to the header.
unsafe fn read<'a>(columns: *const mp_column, count: u64, rows: usize) -> Result<Vec<Column<'a>>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: promised by the caller.
    unsafe {
        let stride = struct_size(columns)?;
        (0..length(count, "column_count")?)
            .map(|index| column(&read_at(columns, index, stride)?, rows))
            .collect()
    }
}

/// # Safety
/// As [`read`].
unsafe fn column<'a>(source: &mp_column, rows: usize) -> Result<Column<'a>> {
    if source.flags & ABSENT != 0 {
        let rest = source.data.is_null() && source.offsets.is_null() && source.valid.is_null();
        return match rest && source.dtype == 0 && source.stride == 0 && source.data_size == 0 {
            true => Ok(Column::absent(rows)),
            false => Err(usage("mp_column: an absent feature has nothing but the flag")),
        };
    }
    // SAFETY: promised by the caller.
    unsafe {
        let valid = match source.valid.is_null() || rows == 0 {
            true => Validity::All,
            false => Validity::Bytes(Strided::new(source.valid, 1, rows)),
        };
        let values = match source.dtype {
            MP_DTYPE_STRING => Values::Text(text(source, rows)?),
            _ if source.data_size != 0 || !source.offsets.is_null() => {
                return Err(usage("mp_column: data_size and offsets are for dtype STRING"));
            }
            _ => values(source.dtype, source.data.cast(), source.stride, rows)?,
        };
        Ok(Column::new(values, valid, rows))
    }
}

const MP_DTYPE_STRING: i32 = 5;

/// UTF-8 at `data`, `rows + 1` offsets that ascend within it.
///
/// # Safety
/// As [`read`].
unsafe fn text<'a>(source: &mp_column, rows: usize) -> Result<Text<'a>> {
    if source.stride != 0 {
        return Err(usage("mp_column: a text column has no stride"));
    }
    // SAFETY: promised by the caller.
    unsafe {
        let data: &[u8] = array(source.data.cast(), source.data_size, "mp_column.data")?;
        let offsets: &[i64] = match rows {
            0 => &[],
            _ => array(source.offsets, rows as u64 + 1, "mp_column.offsets")?,
        };
        let inside = offsets.first().is_none_or(|first| *first >= 0)
            && offsets.last().is_none_or(|last| *last as u64 <= source.data_size);
        if !inside || !offsets.is_sorted() {
            return Err(usage("mp_column: the offsets do not ascend within 0 and data_size"));
        }
        Ok(Text::Offsets64 {
            offsets: Strided::packed(offsets),
            data,
        })
    }
}

/// Values of MP_DTYPE_*, `stride` bytes apart.
///
/// # Safety
/// `data` is NULL, or `rows` values stand there, `stride` bytes apart, and stay as they are as long as `'a`.
pub(crate) unsafe fn values<'a>(dtype: i32, data: *const u8, stride: i64, rows: usize) -> Result<Values<'a>> {
    // SAFETY: promised by the caller.
    unsafe {
        Ok(match dtype {
            1 => Values::F64(strided(data, stride, rows)?),
            2 => Values::F32(strided(data, stride, rows)?),
            3 => Values::I64(strided(data, stride, rows)?),
            4 => Values::Bool(strided(data, stride, rows)?),
            6 => Values::Time(strided(data, stride, rows)?, TimeUnit::Micro),
            7 => Values::I8(strided(data, stride, rows)?),
            8 => Values::I16(strided(data, stride, rows)?),
            9 => Values::I32(strided(data, stride, rows)?),
            10 => Values::U8(strided(data, stride, rows)?),
            11 => Values::U16(strided(data, stride, rows)?),
            12 => Values::U32(strided(data, stride, rows)?),
            13 => Values::U64(strided(data, stride, rows)?),
            14 => Values::F16(strided(data, stride, rows)?),
            15 => Values::Cells(strided(data, stride, rows)?),
            _ => {
                return Err(Error::new(
                    ErrorCode::WrongType,
                    format!("{dtype} is no dtype of numbers (MP_DTYPE_*)"),
                ))
            }
        })
    }
}

/// # Safety
/// As [`values`].
unsafe fn strided<'a, T: Plain>(data: *const u8, stride: i64, rows: usize) -> Result<Strided<'a, T>> {
    if rows == 0 {
        return Ok(Strided::packed(&[]));
    }
    if data.is_null() {
        return Err(usage("data is NULL"));
    }
    let reach = isize::try_from(stride)
        .ok()
        .and_then(|stride| stride.checked_mul(isize::try_from(rows).ok()?));
    if reach.is_none() {
        return Err(usage(format!(
            "{rows} rows, {stride} bytes apart, do not fit in memory"
        )));
    }
    // SAFETY: promised by the caller.
    Ok(unsafe { Strided::new(data, stride as isize, rows) })
}
