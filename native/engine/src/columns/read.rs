//! From the values of a column to cells, by the one coercion of docs/TYPES.md.

use modelpack_bundle::{normalise, quote, Carrier, Error, ErrorCode, Feature, FeatureType, Raw, Result};

use super::decimal;
use super::half;
use super::strided::{Plain, Strided};
use super::time::day_micros;
use super::{Column, Dictionary, Validity, Values};
use crate::places::Places;

/// A NaN of any kind, as a cell.
const NAN: u64 = 0x7FF8_0000_0000_0000;

impl Column<'_> {
    /// Cells are single values that somebody made; all else is an array whose type the caller chose.
    pub fn carrier(&self) -> Carrier {
        match self.values {
            Values::Cells(_) => Carrier::Row,
            _ => Carrier::Matrix,
        }
    }

    /// Cells of the rows from `first` on, before the feature's policies, and how many were rounded from decimals. The error is
    /// that of the lowest row, and names it.
    pub fn cells(&self, feature: &Feature, first: usize, cells: &mut [u64]) -> Result<usize> {
        if self.plain(feature, first, cells)? {
            return Ok(0);
        }
        let mut rounded = 0;
        for (row, cell) in (first..).zip(cells) {
            let (value, was_rounded) = self.cell(feature, row).map_err(|error| error.with_row(row))?;
            *cell = value;
            rounded += usize::from(was_rounded);
        }
        Ok(rounded)
    }

    /// [`Column::cells`] of rows that do not stand side by side.
    pub(crate) fn gather(&self, feature: &Feature, places: Places<'_>, cells: &mut [u64]) -> Result<usize> {
        let float = matches!(feature.dtype, FeatureType::Float64 | FeatureType::Float32);
        match (&self.values, &self.valid) {
            (Values::F64(values), Validity::All) if float => {
                fill(cells, places.iter().map(|row| values.get(row)));
                return Ok(0);
            }
            (Values::F32(values), Validity::All) if float => {
                fill(cells, places.iter().map(|row| f64::from(values.get(row))));
                return Ok(0);
            }
            // Whoever takes them checks them: the feature's gate.
            (Values::Cells(values), Validity::All) => {
                places.iter().zip(cells).for_each(|(row, cell)| *cell = values.get(row));
                return Ok(0);
            }
            _ => {}
        }
        let mut rounded = 0;
        for (row, cell) in places.iter().zip(cells) {
            let (value, was_rounded) = self.cell(feature, row).map_err(|error| error.with_row(row))?;
            *cell = value;
            rounded += usize::from(was_rounded);
        }
        Ok(rounded)
    }

    /// Floats for float features, which are most of what is predicted, need no look at each value's type; nor do cells.
    fn plain(&self, feature: &Feature, first: usize, cells: &mut [u64]) -> Result<bool> {
        let rows = first..first + cells.len();
        match (&self.values, feature.dtype) {
            (Values::F64(values), FeatureType::Float64 | FeatureType::Float32) => fill(cells, values.iter(rows)),
            (Values::F32(values), FeatureType::Float64 | FeatureType::Float32) => {
                fill(cells, values.iter(rows).map(f64::from))
            }
            // Whoever takes them checks them: the feature's gate.
            (Values::Cells(values), _) if matches!(self.valid, Validity::All) => {
                cells
                    .iter_mut()
                    .zip(values.iter(rows))
                    .for_each(|(cell, value)| *cell = value);
                return Ok(true);
            }
            _ => return Ok(false),
        }
        if !matches!(self.valid, Validity::All) {
            let null = normalise(feature, Raw::Null)?;
            for (row, cell) in (first..).zip(cells) {
                *cell = if self.valid.is_valid(row) { *cell } else { null };
            }
        }
        Ok(true)
    }

    /// The cell of one row, and whether a decimal was rounded.
    fn cell(&self, feature: &Feature, row: usize) -> Result<(u64, bool)> {
        if !self.valid.is_valid(row) {
            return Ok((normalise(feature, Raw::Null)?, false));
        }
        match &self.values {
            Values::Decimal(values, scale) => decimal_cell(feature, values.get(row), *scale),
            Values::Dictionary(dictionary) => dictionary.cell(feature, dictionary.key(row)?),
            _ => Ok((normalise(feature, self.raw(feature, row)?)?, false)),
        }
    }

    fn raw(&self, feature: &Feature, row: usize) -> Result<Raw<'_>> {
        Ok(match &self.values {
            Values::Absent | Values::Null => Raw::Null,
            Values::F64(values) => Raw::F64(values.get(row)),
            Values::F32(values) => Raw::F32(values.get(row)),
            Values::F16(values) => Raw::F32(half::widened(values.get(row))),
            Values::I8(values) => Raw::I64(values.get(row).into()),
            Values::I16(values) => Raw::I64(values.get(row).into()),
            Values::I32(values) => Raw::I64(values.get(row).into()),
            Values::I64(values) => Raw::I64(values.get(row)),
            Values::U8(values) => Raw::U64(values.get(row).into()),
            Values::U16(values) => Raw::U64(values.get(row).into()),
            Values::U32(values) => Raw::U64(values.get(row).into()),
            Values::U64(values) => Raw::U64(values.get(row)),
            Values::Bool(values) => Raw::Bool(truth(feature, values.get(row))?),
            Values::BoolBits(values) => Raw::Bool(values.get(row)),
            Values::Time(values, unit) => instant(feature, unit.micros(values.get(row)))?,
            Values::Date(values) => instant(feature, day_micros(values.get(row)))?,
            Values::Text(values) => Raw::Text(values.get(row).ok_or_else(text_outside)?),
            Values::Cells(values) => Raw::Cell(values.get(row)),
            Values::Decimal(..) | Values::Dictionary(_) => unreachable!("`cell` reads these"),
        })
    }
}

impl Dictionary<'_> {
    /// Reads each of the values once, where there are no more of them than rows. One that the feature refuses is left out: it
    /// is an error only in a row that points to it.
    pub fn look_up(&mut self, feature: &Feature, rows: usize) {
        if self.values.rows() <= rows {
            self.cells = (0..self.values.rows())
                .map(|index| self.values.cell(feature, index).ok())
                .collect();
        }
    }

    fn cell(&self, feature: &Feature, index: usize) -> Result<(u64, bool)> {
        match self.cells.get(index) {
            Some(Some(cell)) => Ok(*cell),
            _ => self.values.cell(feature, index),
        }
    }

    fn key(&self, row: usize) -> Result<usize> {
        let key = match &self.keys {
            Values::I8(keys) => index(keys, row),
            Values::I16(keys) => index(keys, row),
            Values::I32(keys) => index(keys, row),
            Values::I64(keys) => index(keys, row),
            Values::U8(keys) => index(keys, row),
            Values::U16(keys) => index(keys, row),
            Values::U32(keys) => index(keys, row),
            Values::U64(keys) => index(keys, row),
            _ => None,
        };
        key.filter(|key| *key < self.values.rows())
            .ok_or_else(|| Error::new(ErrorCode::Arrow, "a key of a dictionary points outside of its values"))
    }
}

fn index<T: Plain + TryInto<usize>>(keys: &Strided<'_, T>, row: usize) -> Option<usize> {
    keys.get(row).try_into().ok()
}

fn fill(cells: &mut [u64], values: impl Iterator<Item = f64>) {
    for (cell, value) in cells.iter_mut().zip(values) {
        *cell = if value.is_nan() { NAN } else { value.to_bits() };
    }
}

fn truth(feature: &Feature, byte: u8) -> Result<bool> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(refused(
            feature,
            ErrorCode::WrongType,
            format!("a bool is the byte 0 or 1, not {byte}"),
        )),
    }
}

fn instant<'a>(feature: &Feature, micros: Option<i64>) -> Result<Raw<'a>> {
    match micros {
        Some(micros) => Ok(Raw::Time(micros)),
        // Which of the two it is, too, must not depend on the value.
        None if feature.dtype != FeatureType::Timestamp => Ok(Raw::Time(0)),
        None => Err(refused(
            feature,
            ErrorCode::NotExact,
            "the time is no whole number of microseconds in 64 bits".into(),
        )),
    }
}

fn decimal_cell(feature: &Feature, unscaled: i128, scale: i32) -> Result<(u64, bool)> {
    let (value, exact) = decimal::nearest_f64(unscaled, scale);
    match feature.dtype {
        FeatureType::Float64 | FeatureType::Float32 if value.is_finite() => {
            Ok((normalise(feature, Raw::F64(value))?, !exact))
        }
        FeatureType::Timestamp | FeatureType::String => Ok((normalise(feature, Raw::F64(value))?, false)),
        _ => match decimal::integer(unscaled, scale) {
            Some(integer) => Ok((normalise(feature, Raw::I64(integer))?, false)),
            None => Err(refused(
                feature,
                ErrorCode::NotExact,
                format!("it cannot hold the decimal {unscaled}e{} exactly", -i64::from(scale)),
            )),
        },
    }
}

#[cold]
fn text_outside() -> Error {
    Error::new(
        ErrorCode::Arrow,
        "an offset or a view of a text points outside of its data",
    )
}

#[cold]
fn refused(feature: &Feature, code: ErrorCode, what: String) -> Error {
    let message = format!("feature {} ({}): {what}", quote(&feature.name), feature.dtype.name());
    Error::new(code, message).with_feature(&feature.name)
}
