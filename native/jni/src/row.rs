//! One row: cells and outputs in the scratch memory of Java's `Scratch`.

use std::slice;

use jni_sys::{jbyteArray, jclass, jlong, JNIEnv};
use modelpack_bundle::{OutputType as SchemaType, Result, Schema};
use modelpack_engine::call::{Call, OutputBuffer, OutputType};
use modelpack_engine::columns::{Column, Strided, Validity, Values};

use crate::arrays::bytes;
use crate::boundary;
use crate::predictor::{borrow, JavaPredictor};

/// Outputs start at multiples of this.
const ALIGNMENT_BYTES: usize = 8;
/// Models with up to so many outputs are answered without an allocation.
const INLINE_OUTPUTS: usize = 8;

/// Where the outputs of one row stand, from the address on that Java gives; `RowOutputs` of Java lays them out alike.
pub struct RowOutputs {
    places: Vec<Place>,
}

struct Place {
    dtype: OutputType,
    offset_bytes: usize,
    size_bytes: usize,
}

impl RowOutputs {
    pub fn new(schema: &Schema) -> Self {
        let mut offset_bytes = 0;
        let mut places = Vec::with_capacity(schema.outputs.len());
        for output in &schema.outputs {
            let dtype = match output.dtype {
                SchemaType::Float64 => OutputType::F64,
                SchemaType::Float32 => OutputType::F32,
                SchemaType::Int64 => OutputType::I64,
            };
            let size_bytes = output.columns * dtype.size_bytes();
            places.push(Place {
                dtype,
                offset_bytes,
                size_bytes,
            });
            offset_bytes += size_bytes.next_multiple_of(ALIGNMENT_BYTES);
        }
        Self { places }
    }

    /// The buffer of one output.
    ///
    /// # Safety
    /// `start` is the address of memory laid out so, which nobody else uses as long as `'a`.
    unsafe fn buffer<'a>(&self, index: usize, start: *mut u8) -> OutputBuffer<'a> {
        let Some(place) = self.places.get(index) else {
            // SAFETY: no bytes.
            return unsafe { OutputBuffer::from_raw(index, OutputType::F64, start, 0, 0) };
        };
        // SAFETY: promised by the caller.
        unsafe { OutputBuffer::from_raw(index, place.dtype, start.add(place.offset_bytes), place.size_bytes, 0) }
    }

    /// Lends the buffers of all outputs to `body`.
    ///
    /// # Safety
    /// As [`RowOutputs::buffer`].
    #[inline]
    unsafe fn with_buffers<T>(&self, start: *mut u8, body: impl FnOnce(&[OutputBuffer<'_>]) -> T) -> T {
        let count = self.places.len();
        if count <= INLINE_OUTPUTS {
            // SAFETY: promised by the caller; indices from `count` on give empty buffers, which are not lent.
            let buffers: [OutputBuffer<'_>; INLINE_OUTPUTS] =
                std::array::from_fn(|index| unsafe { self.buffer(index, start) });
            return body(&buffers[..count]);
        }
        // SAFETY: promised by the caller.
        let buffers: Vec<OutputBuffer<'_>> = (0..count).map(|index| unsafe { self.buffer(index, start) }).collect();
        body(&buffers)
    }
}

/// The addresses of one call.
struct Row<'a> {
    predictor: &'a JavaPredictor,
    cells: &'a [u64],
    outputs: *mut u8,
    mask: u64,
    token: u64,
    answered: *mut u8,
}

/// Where the reason stands behind the node, of what is told about who answered.
const REASON_OFFSET_BYTES: usize = size_of::<i64>();

impl<'a> Row<'a> {
    /// # Safety
    /// `predictor` is a live handle; its schema's cells stand at `cells`, and there is room for its outputs at `outputs`, and at
    /// `answered`, unless that is 0, for the number of a node and a byte.
    unsafe fn new(predictor: jlong, cells: jlong, outputs: jlong, mask: jlong, token: jlong, answered: jlong) -> Self {
        // SAFETY: promised by the caller.
        let predictor = unsafe { borrow(predictor) };
        let count = predictor.schema().features.len();
        // SAFETY: promised by the caller; Java aligns direct buffers to 8 bytes and more.
        let cells = unsafe { slice::from_raw_parts(cells as *const u64, count) };
        Self {
            predictor,
            cells,
            outputs: outputs as *mut u8,
            mask: mask as u64,
            token: token as u64,
            answered: answered as *mut u8,
        }
    }

    /// One value that is told about who answered; None if Java does not want to know.
    ///
    /// # Safety
    /// As [`Row::new`]; a `T` stands there, which nobody else uses as long as `'b`.
    #[inline]
    unsafe fn place<'b, T>(&self, offset_bytes: usize) -> Option<&'b mut [T]> {
        // SAFETY: promised by the caller.
        (!self.answered.is_null())
            .then(|| unsafe { slice::from_raw_parts_mut(self.answered.add(offset_bytes).cast::<T>(), 1) })
    }

    /// # Safety
    /// As [`Row::new`].
    #[inline]
    unsafe fn answer(&self, run: impl FnOnce(&mut Call<'_>) -> Result<()>) -> Result<()> {
        // SAFETY: promised by the caller.
        unsafe {
            self.predictor.outputs.with_buffers(self.outputs, |outputs| {
                run(&mut Call {
                    mask: self.mask,
                    status: None,
                    outputs,
                    schema_token: self.token,
                    nodes: self.place(0),
                    reasons: self.place(REASON_OFFSET_BYTES),
                })
            })
        }
    }
}

/// # Safety
/// Called by the JVM; the addresses are as `Native` states.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictRow(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    cells: jlong,
    outputs: jlong,
    mask: jlong,
    token: jlong,
    answered: jlong,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let row = Row::new(predictor, cells, outputs, mask, token, answered);
            row.answer(|call| row.predictor.predictor.predict_row(row.cells, &[], call))
        })
    }
}

/// A row in which optional features are not present: the same answer as for null, counted as absent.
///
/// # Safety
/// Called by the JVM; the addresses are as `Native` states, `absent` holds a byte a feature.
#[no_mangle]
pub unsafe extern "system" fn Java_dev_modelpack_Native_predictRowWithAbsent(
    env: *mut JNIEnv,
    class: jclass,
    predictor: jlong,
    cells: jlong,
    outputs: jlong,
    mask: jlong,
    token: jlong,
    answered: jlong,
    absent: jbyteArray,
) {
    // SAFETY: promised by the JVM and by `Native`.
    unsafe {
        boundary::enter(env, class, || {
            let row = Row::new(predictor, cells, outputs, mask, token, answered);
            let absent = bytes(env, absent)?;
            let columns: Vec<Column<'_>> = row
                .cells
                .iter()
                .zip(absent)
                .map(|(cell, absent)| column(cell, absent != 0))
                .collect();
            row.answer(|call| row.predictor.predictor.predict_columns(&columns, 1, call))
        })
    }
}

fn column(cell: &u64, absent: bool) -> Column<'_> {
    match absent {
        true => Column::absent(1),
        false => Column::new(Values::Cells(Strided::packed(slice::from_ref(cell))), Validity::All, 1),
    }
}
