//! Answers on their way out: checked buffers, canonical NaN, any stride.

use modelpack_bundle::{quote, Error, ErrorCode, Output, OutputType as SchemaType, Result, Schema};

use crate::call::{Call, OutputBuffer, OutputType};
use crate::places::Places;
use crate::plan::Columns;
use crate::reference::OutputCells;
use crate::scratch::Scratch;

const NAN_F64: u64 = 0x7FF8_0000_0000_0000;
const NAN_F32: u32 = 0x7FC0_0000;

/// A buffer that was checked against its output and the number of rows.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    buffer: &'a OutputBuffer<'a>,
    columns: usize,
    row_stride_bytes: usize,
}

/// The outputs that a call wants, each checked for `rows` rows.
pub fn check(schema: &Schema, call: &Call<'_>, rows: usize) -> Result<u64> {
    let mut given = 0u64;
    for buffer in call.outputs {
        Target::new(schema, buffer, rows)?;
        given |= 1 << buffer.index;
    }
    if call.mask & !given != 0 {
        let index = (call.mask & !given).trailing_zeros();
        return Err(Error::new(
            ErrorCode::Usage,
            format!("the mask asks for output {index}, which has no buffer"),
        ));
    }
    let entries = [
        ("status", call.status.as_ref().map(|status| status.len())),
        ("node", call.nodes.as_ref().map(|nodes| nodes.len())),
        ("reason", call.reasons.as_ref().map(|reasons| reasons.len())),
    ];
    for (what, entries) in entries {
        if let Some(entries) = entries.filter(|&entries| entries < rows) {
            let message = format!("a {what} array of {entries} entries for {rows} rows");
            return Err(Error::new(ErrorCode::Buffer, message));
        }
    }
    if call.schema_token != 0 && call.schema_token != schema.token() {
        return Err(Error::new(
            ErrorCode::StaleSchema,
            "the cells were made for another bundle's schema",
        )
        .with_hint("make them anew with this bundle"));
    }
    Ok(if call.mask == 0 { given } else { call.mask })
}

/// The targets of a call that was checked, of outputs in the mask.
pub fn targets<'a>(
    schema: &'a Schema,
    call_outputs: &'a [OutputBuffer<'a>],
    mask: u64,
) -> impl Iterator<Item = Target<'a>> {
    let wanted = call_outputs.iter().filter(move |buffer| mask >> buffer.index & 1 == 1);
    wanted.map(|buffer| Target::of(&schema.outputs[buffer.index], buffer))
}

impl<'a> Target<'a> {
    fn new(schema: &Schema, buffer: &'a OutputBuffer<'a>, rows: usize) -> Result<Target<'a>> {
        let Some(output) = schema.outputs.get(buffer.index) else {
            let message = format!(
                "there is no output {}; the model has {}",
                buffer.index,
                schema.outputs.len()
            );
            return Err(Error::new(ErrorCode::Usage, message));
        };
        let target = Target::of(output, buffer);
        let fits = matches!(
            (output.dtype, buffer.dtype),
            (SchemaType::Float64, OutputType::F64)
                | (SchemaType::Float32, OutputType::F32)
                | (SchemaType::Int64, OutputType::I64 | OutputType::I32)
        );
        if !fits {
            let message = format!(
                "output {} is {}, its buffer {:?}",
                quote(&output.name),
                output.dtype.name(),
                buffer.dtype
            );
            return Err(Error::new(ErrorCode::Buffer, message));
        }
        let row_bytes = target.columns * buffer.dtype.size_bytes();
        let needed = rows.checked_sub(1).map_or(Some(0), |last| {
            last.checked_mul(target.row_stride_bytes)?.checked_add(row_bytes)
        });
        if target.row_stride_bytes < row_bytes || needed.is_none_or(|needed| needed > buffer.capacity_bytes) {
            let message = format!(
                "output {} needs {row_bytes} bytes a row for {rows} rows; its buffer has {} bytes, {} a row",
                quote(&output.name),
                buffer.capacity_bytes,
                target.row_stride_bytes
            );
            return Err(Error::new(ErrorCode::Buffer, message));
        }
        Ok(target)
    }

    fn of(output: &Output, buffer: &'a OutputBuffer<'a>) -> Target<'a> {
        let row_bytes = output.columns * buffer.dtype.size_bytes();
        let row_stride_bytes = if buffer.row_stride_bytes == 0 {
            row_bytes
        } else {
            buffer.row_stride_bytes
        };
        Target {
            buffer,
            columns: output.columns,
            row_stride_bytes,
        }
    }

    pub fn index(&self) -> usize {
        self.buffer.index
    }

    /// Writes the rows of a block from row `first` on.
    pub fn write(&self, scratch: &Scratch<'_>, columns: &Columns, first: usize, rows: usize) {
        for (column, &slot) in columns.slots.iter().enumerate() {
            match self.buffer.dtype {
                OutputType::F64 => self.column(first, column, scratch.read::<f64>(slot, rows), f64_bytes),
                OutputType::F32 => self.column(first, column, scratch.read::<f32>(slot, rows), f32_bytes),
                OutputType::I64 => self.column(first, column, scratch.read::<i64>(slot, rows), i64::to_ne_bytes),
                OutputType::I32 => self.column(first, column, scratch.read::<i64>(slot, rows), i32_bytes),
            }
        }
    }

    /// Writes the rows of a block to places of their own.
    pub fn scatter(&self, scratch: &Scratch<'_>, columns: &Columns, places: Places<'_>) {
        let rows = places.len();
        for (column, &slot) in columns.slots.iter().enumerate() {
            match self.buffer.dtype {
                OutputType::F64 => self.scattered(places, column, scratch.read::<f64>(slot, rows), f64_bytes),
                OutputType::F32 => self.scattered(places, column, scratch.read::<f32>(slot, rows), f32_bytes),
                OutputType::I64 => self.scattered(places, column, scratch.read::<i64>(slot, rows), i64::to_ne_bytes),
                OutputType::I32 => self.scattered(places, column, scratch.read::<i64>(slot, rows), i32_bytes),
            }
        }
    }

    fn scattered<T: Copy, const N: usize>(
        &self,
        places: Places<'_>,
        column: usize,
        cells: &[T],
        bytes: impl Fn(T) -> [u8; N] + Copy,
    ) {
        for (row, cell) in places.iter().zip(cells) {
            self.column(row, column, std::slice::from_ref(cell), bytes);
        }
    }

    /// Writes one row as the reference answered it.
    pub fn write_row(&self, cells: &OutputCells, row: usize) {
        match (cells, self.buffer.dtype) {
            (OutputCells::F64(cells), _) => self.row(row, cells, f64_bytes),
            (OutputCells::F32(cells), _) => self.row(row, cells, f32_bytes),
            (OutputCells::I64(cells), OutputType::I32) => self.row(row, cells, i32_bytes),
            (OutputCells::I64(cells), _) => self.row(row, cells, i64::to_ne_bytes),
        }
    }

    fn row<T: Copy, const N: usize>(&self, row: usize, cells: &[T], bytes: impl Fn(T) -> [u8; N] + Copy) {
        for (column, &cell) in cells.iter().enumerate() {
            self.column(row, column, &[cell], bytes);
        }
    }

    fn column<T: Copy, const N: usize>(&self, first: usize, column: usize, cells: &[T], bytes: impl Fn(T) -> [u8; N]) {
        let Some(last) = (first + cells.len()).checked_sub(1) else {
            return;
        };
        assert!(column < self.columns && last * self.row_stride_bytes + (column + 1) * N <= self.buffer.capacity_bytes);
        for (row, &cell) in (first..).zip(cells) {
            let offset = row * self.row_stride_bytes + column * N;
            // SAFETY: the assertion bounds the last row, hence every row; whoever made the buffer promised its memory, and threads
            // write different rows. A byte array has no alignment.
            unsafe { self.buffer.data.add(offset).cast::<[u8; N]>().write(bytes(cell)) };
        }
    }
}

fn f64_bytes(x: f64) -> [u8; 8] {
    (if x.is_nan() { NAN_F64 } else { x.to_bits() }).to_ne_bytes()
}

fn f32_bytes(x: f32) -> [u8; 4] {
    (if x.is_nan() { NAN_F32 } else { x.to_bits() }).to_ne_bytes()
}

/// Class indices are far below 2^31; what is not one saturates.
fn i32_bytes(x: i64) -> [u8; 4] {
    (x.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32).to_ne_bytes()
}
