//! One array to one column.

use std::ffi::c_void;

use modelpack_bundle::Result;

use super::ffi::{bytes, ArrowArray, ArrowSchema};
use super::format::Type;
use super::malformed;
use crate::columns::{Bits, Column, Dictionary, Plain, Strided, Text, TimeUnit, Validity, Values};

/// Rows of an array, offset included, so that `start` counts from the beginning of its buffers.
#[derive(Clone, Copy)]
pub struct Slice {
    start: usize,
    rows: usize,
}

const VALIDITY: usize = 0;
const DATA: usize = 1;
const TEXT: usize = 2;
const FIRST_VIEW_BUFFER: usize = 2;

impl Slice {
    /// `rows` rows from `start` of an array on, where the array has them.
    pub fn new(array: &ArrowArray, start: usize, rows: usize, name: &str) -> Result<Slice> {
        let outside = || malformed(name, "length and offset are out of range");
        let length = usize::try_from(array.length).map_err(|_| outside())?;
        let offset = usize::try_from(array.offset).map_err(|_| outside())?;
        let end = offset
            .checked_add(length)
            .filter(|end| isize::try_from(*end).is_ok())
            .ok_or_else(outside)?;
        let start = offset.checked_add(start).ok_or_else(outside)?;
        match start.checked_add(rows) {
            Some(last) if last <= end => Ok(Slice { start, rows }),
            _ => Err(malformed(name, format!("it has {length} rows, {rows} are asked for"))),
        }
    }

    /// All rows of an array.
    pub fn whole(array: &ArrowArray, name: &str) -> Result<Slice> {
        let rows = usize::try_from(array.length).map_err(|_| malformed(name, "its length is negative"))?;
        Slice::new(array, 0, rows, name)
    }
}

/// The buffers of an array of known type.
struct Buffers<'a> {
    pointers: &'a [*const c_void],
    slice: Slice,
    name: &'a str,
}

/// # Safety
/// Schema and array were filled by a producer that keeps to the interface, and live as long as `'a`.
pub unsafe fn column<'a>(
    schema: &'a ArrowSchema,
    array: &'a ArrowArray,
    slice: Slice,
    name: &'a str,
) -> Result<Column<'a>> {
    if schema.release.is_none() || array.release.is_none() {
        return Err(malformed(name, "it was released"));
    }
    // SAFETY: promised by the caller.
    let (dictionary_schema, dictionary_array) = unsafe { (schema.dictionary.as_ref(), array.dictionary.as_ref()) };
    // SAFETY: as above.
    let keys = unsafe { plain(schema, array, slice, name) }?;
    match (dictionary_schema, dictionary_array) {
        (None, None) => Ok(keys),
        (Some(schema), Some(array)) if schema.dictionary.is_null() && array.dictionary.is_null() => {
            // SAFETY: as above.
            let values = unsafe { plain(schema, array, Slice::whole(array, name)?, name) }?;
            dictionary(keys, values, name)
        }
        (Some(_), Some(_)) => Err(malformed(name, "a dictionary of a dictionary")),
        _ => Err(malformed(name, "schema and array disagree about a dictionary")),
    }
}

fn dictionary<'a>(keys: Column<'a>, values: Column<'a>, name: &str) -> Result<Column<'a>> {
    let (keys, valid, rows) = keys.into_parts();
    match keys {
        Values::I8(_) | Values::I16(_) | Values::I32(_) | Values::I64(_) => {}
        Values::U8(_) | Values::U16(_) | Values::U32(_) | Values::U64(_) => {}
        _ => return Err(malformed(name, "the keys of a dictionary are no integers")),
    }
    Ok(Column::new(
        Values::Dictionary(Box::new(Dictionary::new(keys, values))),
        valid,
        rows,
    ))
}

/// A column without a dictionary.
///
/// # Safety
/// As [`column`].
unsafe fn plain<'a>(schema: &'a ArrowSchema, array: &'a ArrowArray, slice: Slice, name: &'a str) -> Result<Column<'a>> {
    // SAFETY: promised by the caller.
    let data_type = Type::parse(unsafe { schema.format() }?, name)?;
    let count = array.buffer_count();
    let expected = data_type.buffers();
    // Polars gives a column of nulls the validity that Arrow had before 1.0.
    let fits =
        count == expected || data_type == Type::Utf8View && count > expected || data_type == Type::Null && count == 1;
    if !fits {
        return Err(malformed(name, format!("it has {count} buffers, its type {expected}")));
    }
    // SAFETY: as above; a number that the type does not have was refused.
    let pointers = unsafe { array.buffers(count) };
    let buffers = Buffers { pointers, slice, name };
    if data_type == Type::Null {
        return Ok(Column::new(Values::Null, Validity::All, slice.rows));
    }
    // SAFETY: as above; the buffers are those of the type.
    unsafe {
        Ok(Column::new(
            buffers.values(data_type)?,
            buffers.validity(array.null_count)?,
            slice.rows,
        ))
    }
}

impl<'a> Buffers<'a> {
    /// # Safety
    /// The buffers are those of an array of this type.
    unsafe fn values(&self, data_type: Type) -> Result<Values<'a>> {
        // SAFETY: promised by the caller.
        unsafe {
            Ok(match data_type {
                Type::Null => Values::Null,
                Type::Bool => Values::BoolBits(self.bits(DATA)?),
                Type::I8 => Values::I8(self.numbers()?),
                Type::I16 => Values::I16(self.numbers()?),
                Type::I32 => Values::I32(self.numbers()?),
                Type::I64 => Values::I64(self.numbers()?),
                Type::U8 => Values::U8(self.numbers()?),
                Type::U16 => Values::U16(self.numbers()?),
                Type::U32 => Values::U32(self.numbers()?),
                Type::U64 => Values::U64(self.numbers()?),
                Type::F16 => Values::F16(self.numbers()?),
                Type::F32 => Values::F32(self.numbers()?),
                Type::F64 => Values::F64(self.numbers()?),
                Type::Decimal128 { scale } => Values::Decimal(self.numbers()?, scale),
                Type::Date32 => Values::Date(self.numbers()?),
                Type::Timestamp(unit) => self.times(unit)?,
                Type::Utf8 => Values::Text(self.text32()?),
                Type::LargeUtf8 => Values::Text(self.text64()?),
                Type::Utf8View => Values::Text(self.views()?),
            })
        }
    }

    fn missing(&self) -> modelpack_bundle::Error {
        malformed(self.name, "a buffer is NULL")
    }

    /// # Safety
    /// The data buffer holds numbers of this size.
    unsafe fn numbers<T: Plain>(&self) -> Result<Strided<'a, T>> {
        // SAFETY: promised by the caller.
        unsafe { self.strided(self.slice.rows) }
    }

    /// # Safety
    /// The data buffer holds `count` numbers of this size from the slice's start on.
    unsafe fn strided<T: Plain>(&self, count: usize) -> Result<Strided<'a, T>> {
        let size = size_of::<T>();
        let end = self
            .slice
            .start
            .checked_add(count)
            .and_then(|end| end.checked_mul(size));
        if end.is_none_or(|end| isize::try_from(end).is_err()) {
            return Err(malformed(self.name, "its length is out of range"));
        }
        if count == 0 {
            return Ok(Strided::packed(&[]));
        }
        let data = self.pointers[DATA].cast::<u8>();
        if data.is_null() {
            return Err(self.missing());
        }
        // SAFETY: the array has these rows, and the caller promises that the buffer holds the array's rows.
        Ok(unsafe { Strided::new(data.add(self.slice.start * size), size as isize, count) })
    }

    /// # Safety
    /// The data buffer holds i64.
    unsafe fn times(&self, unit: TimeUnit) -> Result<Values<'a>> {
        // SAFETY: promised by the caller.
        Ok(Values::Time(unsafe { self.numbers() }?, unit))
    }

    /// # Safety
    /// The buffer holds a bit a row.
    unsafe fn bits(&self, buffer: usize) -> Result<Bits<'a>> {
        let Slice { start, rows } = self.slice;
        let size = if rows == 0 { 0 } else { (start + rows).div_ceil(8) };
        // SAFETY: the caller promises a bit for each row up to the end of the slice.
        let bytes = unsafe { bytes(self.pointers[buffer], size) }.ok_or_else(|| self.missing())?;
        let offset = if rows == 0 { 0 } else { start };
        Ok(Bits::new(bytes, offset, rows).expect("the size was made for these bits"))
    }

    /// # Safety
    /// The first buffer is NULL or holds a bit a row.
    unsafe fn validity(&self, null_count: i64) -> Result<Validity<'a>> {
        match (null_count, self.pointers[VALIDITY].is_null()) {
            (0, _) | (-1, true) => Ok(Validity::All),
            (..-1, _) => Err(malformed(self.name, "its number of nulls is negative")),
            (_, true) if self.slice.rows > 0 => {
                Err(malformed(self.name, "it has nulls, but no bitmap that says where"))
            }
            // SAFETY: promised by the caller.
            _ => Ok(Validity::Bits(unsafe { self.bits(VALIDITY) }?)),
        }
    }

    /// # Safety
    /// The buffers are i32 offsets and text.
    unsafe fn text32(&self) -> Result<Text<'a>> {
        // SAFETY: promised by the caller.
        let offsets = unsafe { self.offsets::<i32>() }?;
        // SAFETY: as above.
        let data = unsafe { self.text_data(offsets.iter(0..offsets.len()).map(i64::from)) }?;
        Ok(Text::Offsets32 { offsets, data })
    }

    /// # Safety
    /// The buffers are i64 offsets and text.
    unsafe fn text64(&self) -> Result<Text<'a>> {
        // SAFETY: promised by the caller.
        let offsets = unsafe { self.offsets::<i64>() }?;
        // SAFETY: as above.
        let data = unsafe { self.text_data(offsets.iter(0..offsets.len())) }?;
        Ok(Text::Offsets64 { offsets, data })
    }

    /// One offset more than rows; an empty array may come without any.
    ///
    /// # Safety
    /// The second buffer holds the offsets.
    unsafe fn offsets<T: Plain>(&self) -> Result<Strided<'a, T>> {
        let count = if self.slice.rows == 0 { 0 } else { self.slice.rows + 1 };
        // SAFETY: promised by the caller.
        unsafe { self.strided(count) }
    }

    /// The text up to the last offset; the offsets must ascend from 0 or above.
    ///
    /// # Safety
    /// The third buffer holds as many bytes as the array's last offset says.
    unsafe fn text_data(&self, offsets: impl Iterator<Item = i64>) -> Result<&'a [u8]> {
        let mut last = 0;
        for offset in offsets {
            if offset < last {
                return Err(malformed(self.name, "the offsets of its texts do not ascend"));
            }
            last = offset;
        }
        let size = usize::try_from(last).ok().filter(|size| isize::try_from(*size).is_ok());
        let size = size.ok_or_else(|| malformed(self.name, "an offset is out of range"))?;
        // SAFETY: promised by the caller.
        unsafe { bytes(self.pointers[TEXT], size) }.ok_or_else(|| self.missing())
    }

    /// # Safety
    /// The buffers are views, any number of data buffers, and their sizes as i64.
    unsafe fn views(&self) -> Result<Text<'a>> {
        // SAFETY: promised by the caller.
        let views: Strided<'a, i128> = unsafe { self.numbers() }?;
        let (sizes, data) = self.pointers[FIRST_VIEW_BUFFER..]
            .split_last()
            .ok_or_else(|| self.missing())?;
        // SAFETY: the last buffer holds a size for each of the others.
        let sizes = unsafe { bytes(*sizes, data.len() * size_of::<i64>()) }.ok_or_else(|| self.missing())?;
        let sizes = sizes
            .chunks_exact(size_of::<i64>())
            .map(|size| i64::from_ne_bytes(size.try_into().expect("8 bytes")));
        let buffers = data.iter().zip(sizes).map(|(data, size)| {
            let size =
                usize::try_from(size).map_err(|_| malformed(self.name, "the size of a view buffer is negative"))?;
            // SAFETY: the buffer has the size that stands beside it.
            unsafe { bytes(*data, size) }.ok_or_else(|| self.missing())
        });
        let buffers = buffers.collect::<Result<_>>()?;
        // SAFETY: `numbers` checked the address; 16 bytes a row.
        let views = match views.len() {
            0 => &[][..],
            rows => unsafe {
                std::slice::from_raw_parts(self.pointers[DATA].cast::<u8>().add(self.slice.start * 16), rows * 16)
            },
        };
        Ok(Text::Views { views, buffers })
    }
}
