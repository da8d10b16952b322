//! Children of a struct array to features, by name.

use std::collections::HashMap;

use modelpack_bundle::{near_name, quote, Error, ErrorCode, Feature, Result, Schema};

use super::array::{column, Slice};
use super::ffi::{bytes, ArrowArray, ArrowSchema};
use super::malformed;
use crate::columns::{Bits, Column, Strided, Validity, Values};

/// The columns of a batch in schema order.
#[derive(Debug)]
pub struct Batch<'a> {
    pub columns: Vec<Column<'a>>,
    pub rows: usize,
}

/// How children become columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Binding<'a> {
    /// A child that is no feature is an error.
    pub strict: bool,
    /// The cells of the key of all rows, outermost level first. Children of these levels' names are not looked at.
    pub key: &'a [u64],
}

/// # Safety
/// `schema` and `array` were filled by a producer that keeps to the interface, and stay as they are as long as `'a`.
pub unsafe fn bind<'a>(
    schema: &'a ArrowSchema,
    array: &'a ArrowArray,
    model: &Schema,
    binding: Binding<'a>,
) -> Result<Batch<'a>> {
    // SAFETY: promised by the caller.
    let children = unsafe { Children::new(schema, array) }?;
    if binding.strict {
        children.refuse_others(model)?;
    }
    // SAFETY: as above.
    let columns = model
        .features
        .iter()
        .enumerate()
        .map(|(index, feature)| match key_cell(model, binding.key, index) {
            Some(cell) => Ok(children.constant(cell)),
            None => unsafe { children.column(feature) },
        })
        .collect::<Result<_>>()?;
    Ok(Batch {
        columns,
        rows: children.rows,
    })
}

/// The cell that stands for a feature in all rows, if it is a level of the key that has one.
fn key_cell<'a>(model: &Schema, key: &'a [u64], feature: usize) -> Option<&'a u64> {
    let level = model.keys.iter().position(|level| *level == feature)?;
    key.get(level)
}

/// A struct array, taken apart.
struct Children<'a> {
    schemas: Vec<&'a ArrowSchema>,
    arrays: Vec<&'a ArrowArray>,
    names: Vec<&'a str>,
    by_name: HashMap<&'a str, Place>,
    /// First row of each child.
    start: usize,
    rows: usize,
}

#[derive(Clone, Copy)]
enum Place {
    Once(usize),
    Twice,
}

impl<'a> Children<'a> {
    /// # Safety
    /// As [`bind`].
    unsafe fn new(schema: &'a ArrowSchema, array: &'a ArrowArray) -> Result<Self> {
        if schema.release.is_none() || array.release.is_none() {
            return Err(malformed("", "the schema or the array was released"));
        }
        // SAFETY: promised by the caller.
        unsafe {
            let format = schema.format()?;
            if format != "+s" {
                let what = format!("a struct of columns (+s) is expected, not {}", quote(format));
                return Err(malformed("", what));
            }
            let (schemas, arrays) = (schema.children()?, array.children()?);
            if schemas.len() != arrays.len() {
                return Err(malformed("", "schema and array have different numbers of children"));
            }
            let names = schemas.iter().map(|child| child.name()).collect::<Result<Vec<_>>>()?;
            refuse_null_rows(array)?;
            let start = usize::try_from(array.offset).map_err(|_| malformed("", "the offset is negative"))?;
            let rows = usize::try_from(array.length).map_err(|_| malformed("", "the length is negative"))?;
            let by_name = places(&names);
            Ok(Self {
                schemas,
                arrays,
                names,
                by_name,
                start,
                rows,
            })
        }
    }

    fn refuse_others(&self, model: &Schema) -> Result<()> {
        // The schema's own error names the nearest feature.
        self.names
            .iter()
            .try_for_each(|name| model.feature_index(name).map(|_| ()))
    }

    /// # Safety
    /// As [`bind`].
    unsafe fn column(&self, feature: &Feature) -> Result<Column<'a>> {
        let index = match self.by_name.get(feature.name.as_str()) {
            Some(Place::Once(index)) => *index,
            Some(Place::Twice) => {
                return Err(malformed(&feature.name, "the name stands twice").with_feature(&feature.name))
            }
            None if feature.optional => return Ok(Column::absent(self.rows)),
            None => return Err(self.absent(feature)),
        };
        let (array, name) = (self.arrays[index], self.names[index]);
        let named = |error: Error| error.with_feature(&feature.name);
        let slice = Slice::new(array, self.start, self.rows, name).map_err(named)?;
        // SAFETY: promised by the caller.
        let column = unsafe { column(self.schemas[index], array, slice, name) }.map_err(named)?;
        Ok(look_up(column, feature))
    }

    fn constant(&self, cell: &'a u64) -> Column<'a> {
        Column::new(
            Values::Cells(Strided::repeated(cell, self.rows)),
            Validity::All,
            self.rows,
        )
    }

    fn absent(&self, feature: &Feature) -> Error {
        let message = format!("the feature {} is not among the columns", quote(&feature.name));
        let error = Error::new(ErrorCode::FeatureAbsent, message).with_feature(&feature.name);
        match near_name(&feature.name, self.names.iter().copied()) {
            Some(near) => error.with_hint(format!("rename the column {}", quote(near))),
            None => error.with_hint("add the column, with null where it is missing"),
        }
    }
}

fn places<'a>(names: &[&'a str]) -> HashMap<&'a str, Place> {
    let mut places = HashMap::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        places
            .entry(*name)
            .and_modify(|place| *place = Place::Twice)
            .or_insert(Place::Once(index));
    }
    places
}

/// Values of a dictionary are looked up once each, not once a row.
fn look_up<'a>(column: Column<'a>, feature: &Feature) -> Column<'a> {
    let (mut values, valid, rows) = column.into_parts();
    if let Values::Dictionary(dictionary) = &mut values {
        dictionary.look_up(feature, rows);
    }
    Column::new(values, valid, rows)
}

/// A row that is null as a whole is no row.
///
/// # Safety
/// As [`bind`].
unsafe fn refuse_null_rows(array: &ArrowArray) -> Result<()> {
    // SAFETY: promised by the caller.
    let Some(bitmap) = unsafe { array.buffers(1) }
        .first()
        .copied()
        .filter(|bitmap| !bitmap.is_null())
    else {
        return Ok(());
    };
    if array.null_count == 0 || array.length == 0 {
        return Ok(());
    }
    let outside = || malformed("", "length and offset are out of range");
    let offset = usize::try_from(array.offset).map_err(|_| outside())?;
    let rows = usize::try_from(array.length).map_err(|_| outside())?;
    let end = offset.checked_add(rows).ok_or_else(outside)?;
    // SAFETY: the interface promises a bit a row.
    let bytes = unsafe { bytes(bitmap, end.div_ceil(8)) }.expect("the address is not NULL");
    let bits = Bits::new(bytes, offset, rows).expect("the size was made for these bits");
    match (0..rows).find(|row| !bits.get(*row)) {
        Some(row) => Err(malformed("", "a row is null as a whole").with_row(row)),
        None => Ok(()),
    }
}
