//! A batch of columns in direct buffers, as Java's `BatchCall` describes them.

use std::slice;

use jni_sys::{jclass, jlong, jlongArray, JNIEnv};
use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_engine::call::{Call, OutputBuffer, OutputType};
use modelpack_engine::columns::{Column, Plain, Strided, Text, TimeUnit, Validity, Values};

use crate::arrays::longs;
use crate::boundary;
use crate::predictor::borrow;

/// dtype, data, data bytes, stride, offsets, valid.
const COLUMN_FIELDS: usize = 6;
/// index, dtype, data, data bytes, row stride.
const OUTPUT_FIELDS: usize = 5;

/// Numbers of Java's `Dtype`.
mod dtype {
    pub const ABSENT: i64 = 0;
    pub const FLOAT64: i64 = 1;
    pub const FLOAT32: i64 = 2;
    pub const INT64: i64 = 3;
    pub const BOOL: i64 = 4;
    pub const STRING: i64 = 5;
    pub const TIMESTAMP: i64 = 6;
    pub const INT8: i64 = 7;
    pub const INT16: i64 = 8;
    pub const INT32: i64 = 9;
    pub const UINT8: i64 = 10;
    pub const UINT16: i64 = 11;
    pub const UINT32: i64 = 12;
    pub const UINT64: i64 = 13;
    pub const FLOAT16: i64 = 14;
    pub const CELL: i64 = 15;
}

/// # Safety
/// Called by the JVM; `predictor` is a live handle, all addresses are as `BatchCall` measured them.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictColumns(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    columns: jlongArray,
    rows: jlong,
    outputs: jlongArray,
    status: jlong,
    nodes: jlong,
    reasons: jlong,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let predictor = &borrow(predictor).predictor;
            let answers = Answers::new(rows, outputs, status, nodes, reasons);
            let columns = longs(env, columns);
            let columns: Result<Vec<Column<'_>>> = columns
                .chunks_exact(COLUMN_FIELDS)
                .map(|fields| column(fields, answers.rows))
                .collect();
            let columns = columns?;
            answers.with_call(env, |call| predictor.predict_columns(&columns, answers.rows, call))
        })
    }
}

/// Where a batch's answers go: `OUTPUT_FIELDS` longs an output, and addresses of an entry a row, or 0.
pub struct Answers {
    pub rows: usize,
    outputs: jlongArray,
    status: jlong,
    nodes: jlong,
    reasons: jlong,
}

impl Answers {
    /// # Safety
    /// The addresses are as `BatchCall` measured them for `rows` rows, and nothing else uses the memory.
    pub unsafe fn new(rows: jlong, outputs: jlongArray, status: jlong, nodes: jlong, reasons: jlong) -> Self {
        Self {
            rows: rows as usize,
            outputs,
            status,
            nodes,
            reasons,
        }
    }

    /// Runs `body` with the call that asks for these answers.
    ///
    /// # Safety
    /// `env` is the calling thread's.
    pub unsafe fn with_call(&self, env: *mut JNIEnv, body: impl FnOnce(&mut Call<'_>) -> Result<()>) -> Result<()> {
        // SAFETY: promised by the caller, and when this was made.
        unsafe {
            let outputs = longs(env, self.outputs);
            let outputs: Result<Vec<OutputBuffer<'_>>> =
                outputs.chunks_exact(OUTPUT_FIELDS).map(|f| output(f)).collect();
            body(&mut Call {
                outputs: &outputs?,
                status: self.per_row(self.status),
                nodes: self.per_row(self.nodes),
                reasons: self.per_row(self.reasons),
                ..Call::default()
            })
        }
    }

    /// # Safety
    /// `address` is 0 or that of an entry a row.
    unsafe fn per_row<'a, T>(&self, address: jlong) -> Option<&'a mut [T]> {
        // SAFETY: promised by the caller.
        (address != 0).then(|| unsafe { slice::from_raw_parts_mut(address as *mut T, self.rows) })
    }
}

/// # Safety
/// The fields describe memory that holds `rows` values and stays as it is as long as `'a`.
unsafe fn column<'a>(fields: &[jlong], rows: usize) -> Result<Column<'a>> {
    let &[number, data, size_bytes, stride, offsets, valid] = fields else {
        return Err(Error::new(
            ErrorCode::Usage,
            format!("{} fields of a column", fields.len()),
        ));
    };
    if number == dtype::ABSENT {
        return Ok(Column::absent(rows));
    }
    // SAFETY: promised by the caller.
    unsafe {
        let values = match number {
            dtype::FLOAT64 => Values::F64(strided(data, stride, rows)),
            dtype::FLOAT32 => Values::F32(strided(data, stride, rows)),
            dtype::FLOAT16 => Values::F16(strided(data, stride, rows)),
            dtype::INT8 => Values::I8(strided(data, stride, rows)),
            dtype::INT16 => Values::I16(strided(data, stride, rows)),
            dtype::INT32 => Values::I32(strided(data, stride, rows)),
            dtype::INT64 => Values::I64(strided(data, stride, rows)),
            dtype::UINT8 => Values::U8(strided(data, stride, rows)),
            dtype::UINT16 => Values::U16(strided(data, stride, rows)),
            dtype::UINT32 => Values::U32(strided(data, stride, rows)),
            dtype::UINT64 => Values::U64(strided(data, stride, rows)),
            dtype::BOOL => Values::Bool(strided(data, stride, rows)),
            dtype::TIMESTAMP => Values::Time(strided(data, stride, rows), TimeUnit::Micro),
            dtype::CELL => Values::Cells(strided(data, stride, rows)),
            dtype::STRING => Values::Text(Text::Offsets64 {
                offsets: strided(offsets, size_of::<i64>() as jlong, rows + 1),
                data: text_bytes(data, size_bytes as usize),
            }),
            _ => {
                return Err(Error::new(
                    ErrorCode::Usage,
                    format!("{number} is no dtype of a column"),
                ))
            }
        };
        let valid = match valid {
            0 => Validity::All,
            _ => Validity::Bytes(strided(valid, 1, rows)),
        };
        Ok(Column::new(values, valid, rows))
    }
}

/// # Safety
/// `len` values stand at `address`, `stride` bytes apart, as long as `'a`.
unsafe fn strided<'a, T: Plain>(address: jlong, stride: jlong, len: usize) -> Strided<'a, T> {
    // SAFETY: promised by the caller.
    unsafe { Strided::new(address as *const u8, stride as isize, len) }
}

/// # Safety
/// `size` bytes stand at `address` as long as `'a`.
unsafe fn text_bytes<'a>(address: jlong, size: usize) -> &'a [u8] {
    if size == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { slice::from_raw_parts(address as *const u8, size) }
}

/// # Safety
/// The fields describe memory that nobody else uses as long as `'a`.
unsafe fn output<'a>(fields: &[jlong]) -> Result<OutputBuffer<'a>> {
    let &[index, number, data, size_bytes, row_stride] = fields else {
        return Err(Error::new(
            ErrorCode::Usage,
            format!("{} fields of an output", fields.len()),
        ));
    };
    let dtype = match number {
        dtype::FLOAT64 => OutputType::F64,
        dtype::FLOAT32 => OutputType::F32,
        dtype::INT64 => OutputType::I64,
        dtype::INT32 => OutputType::I32,
        _ => {
            return Err(Error::new(
                ErrorCode::Usage,
                format!("{number} is no dtype of an output"),
            ))
        }
    };
    // SAFETY: promised by the caller.
    Ok(unsafe {
        OutputBuffer::from_raw(
            index as usize,
            dtype,
            data as *mut u8,
            size_bytes as usize,
            row_stride as usize,
        )
    })
}
