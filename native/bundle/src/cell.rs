//! From a value of any carrier to the 8-byte cell that the model reads: one coercion for rows, matrices and columns.
//!
//! docs/TYPES.md has the table. Every value is exact, rounded and counted, or refused; nothing changes silently.

use crate::feature::{CellKind, Feature, FeatureType, NullIs, Policy};
use crate::near_name::near_name;
use crate::quote::{quote, quote_bytes};
use crate::{Error, ErrorCode, Result};

/// Null of a number cell; any other NaN is NaN.
pub const NUMBER_NULL: u64 = 0x7FF8_4D50_0000_0001;
/// The one NaN that cells are normalised to.
pub const NUMBER_NAN: u64 = 0x7FF8_0000_0000_0000;
/// Missing in cells of integers and times.
pub const INTEGER_MISSING: u64 = i64::MIN as u64;
/// Missing in cells of bools.
pub const BOOL_MISSING: u64 = 2;
pub const CODE_NONE: i64 = -1;
pub const CODE_NAN: i64 = -2;
pub const CODE_UNSEEN: i64 = -3;

/// A value as its carrier holds it.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// The null of a carrier that has only one: what it is to the model, the feature's `null_is` says.
    Null,
    /// None, in a carrier that tells it from NaN.
    None,
    Nan,
    F64(f64),
    F32(f32),
    I64(i64),
    U64(u64),
    Bool(bool),
    /// Microseconds since 1970-01-01 UTC.
    Time(i64),
    Text(&'a [u8]),
    /// A position in the feature's dictionary, or one of the `CODE_*`.
    Code(i64),
    /// A cell of the feature's own kind.
    Cell(u64),
}

/// Who hands the value over; it decides about numbers that are no f32 where the feature is float32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// One row, its values single numbers: rounded, and counted.
    Row,
    /// An array whose element type the caller chose: refused.
    Matrix,
}

/// A cell that a model may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    pub cell: u64,
    /// The value was missing (also where a default took its place).
    pub missing: bool,
    /// The category was not in the dictionary (also where a default took its place).
    pub unseen: bool,
    /// The number was rounded to f32.
    pub rounded: bool,
}

/// The cell of a value. No policy but one is applied: a text that `unseen: reject` refuses is refused here, where it is known.
pub fn normalise(feature: &Feature, raw: Raw<'_>) -> Result<u64> {
    match raw {
        Raw::Null => return Ok(missing_cell(feature, feature.null_is)),
        Raw::None => return Ok(missing_cell(feature, NullIs::None)),
        Raw::Nan => return Ok(missing_cell(feature, NullIs::Nan)),
        Raw::F64(value) if value.is_nan() => return Ok(missing_cell(feature, NullIs::Nan)),
        Raw::F32(value) if value.is_nan() => return Ok(missing_cell(feature, NullIs::Nan)),
        Raw::Cell(cell) => return check_cell(feature, cell),
        _ => {}
    }
    match feature.dtype {
        FeatureType::Float64 | FeatureType::Float32 => number(feature, raw),
        FeatureType::Int64 => integer(feature, raw),
        FeatureType::Bool => boolean(feature, raw),
        FeatureType::Timestamp => time(feature, raw),
        FeatureType::String => code(feature, raw),
    }
}

/// Applies the feature's policies to a cell, after checking that it is one.
pub fn admit(feature: &Feature, cell: u64, carrier: Carrier) -> Result<Admitted> {
    let cell = check_cell(feature, cell)?;
    let mut admitted = Admitted {
        cell,
        missing: false,
        unseen: false,
        rounded: false,
    };
    if is_missing(feature, cell) {
        admitted.missing = true;
        match feature.missing {
            Policy::Model => {}
            Policy::Default(default) => admitted.cell = default,
            Policy::Reject => return Err(missing_refused(feature)),
        }
    } else if feature.dtype == FeatureType::String && cell as i64 == CODE_UNSEEN {
        admitted.unseen = true;
        match feature.unseen {
            Policy::Model => {}
            Policy::Default(default) => admitted.cell = default,
            Policy::Reject => return Err(unseen_refused(feature, None)),
        }
    } else if feature.dtype == FeatureType::Float32 {
        (admitted.cell, admitted.rounded) = narrow(feature, f64::from_bits(cell), carrier)?;
    }
    Ok(admitted)
}

/// The cell of a feature that is not present.
pub(crate) fn absent(feature: &Feature) -> Result<u64> {
    if feature.optional {
        return Ok(missing_cell(feature, feature.null_is));
    }
    let message = format!("the feature {} is not present", quote(&feature.name));
    Err(Error::new(ErrorCode::FeatureAbsent, message)
        .with_feature(&feature.name)
        .with_hint("give it a value, or null where it is missing"))
}

fn missing_cell(feature: &Feature, null_is: NullIs) -> u64 {
    match (feature.dtype.cell_kind(), null_is) {
        (CellKind::Number, NullIs::None) => NUMBER_NULL,
        (CellKind::Number, NullIs::Nan) => NUMBER_NAN,
        (CellKind::Integer | CellKind::Time, _) => INTEGER_MISSING,
        (CellKind::Bool, _) => BOOL_MISSING,
        (CellKind::Code, NullIs::None) => CODE_NONE as u64,
        (CellKind::Code, NullIs::Nan) => CODE_NAN as u64,
    }
}

fn is_missing(feature: &Feature, cell: u64) -> bool {
    match feature.dtype.cell_kind() {
        CellKind::Number => f64::from_bits(cell).is_nan(),
        CellKind::Integer | CellKind::Time => cell == INTEGER_MISSING,
        CellKind::Bool => cell == BOOL_MISSING,
        CellKind::Code => matches!(cell as i64, CODE_NONE | CODE_NAN),
    }
}

/// The cell itself, its NaN the canonical one, or an error where the feature has no such cell.
fn check_cell(feature: &Feature, cell: u64) -> Result<u64> {
    match feature.dtype.cell_kind() {
        CellKind::Number if cell != NUMBER_NULL && f64::from_bits(cell).is_nan() => Ok(NUMBER_NAN),
        CellKind::Bool if cell > BOOL_MISSING => Err(wrong_type(feature, &cell.to_string(), "0, 1 or 2 (missing)")),
        CellKind::Code if !is_code(feature, cell as i64) => Err(wrong_type(
            feature,
            &(cell as i64).to_string(),
            "a code of its dictionary",
        )),
        _ => Ok(cell),
    }
}

fn is_code(feature: &Feature, code: i64) -> bool {
    let count = feature.dictionary.as_ref().map_or(0, |dictionary| dictionary.len());
    (CODE_UNSEEN..count as i64).contains(&code)
}

fn number(feature: &Feature, raw: Raw<'_>) -> Result<u64> {
    let value = match raw {
        Raw::F64(value) => value,
        Raw::F32(value) => f64::from(value),
        // Back by way of i128, where 2^63 and 2^64 do not saturate.
        Raw::I64(value) if value as f64 as i128 == i128::from(value) => value as f64,
        Raw::U64(value) if value as f64 as i128 == i128::from(value) => value as f64,
        Raw::I64(_) | Raw::U64(_) => return Err(not_exact(feature, &describe(raw))),
        Raw::Bool(value) => f64::from(u8::from(value)),
        _ => return Err(wrong_type(feature, &describe(raw), "a number")),
    };
    Ok(value.to_bits())
}

fn integer(feature: &Feature, raw: Raw<'_>) -> Result<u64> {
    let value = match raw {
        Raw::I64(value) => Some(value),
        Raw::U64(value) => i64::try_from(value).ok(),
        Raw::F64(value) => whole(value),
        Raw::F32(value) => whole(f64::from(value)),
        Raw::Bool(value) => Some(i64::from(value)),
        _ => return Err(wrong_type(feature, &describe(raw), "a whole number")),
    };
    // The lowest integer is the cell of a missing value.
    let value = value.filter(|&value| value != i64::MIN);
    value
        .map(|value| value as u64)
        .ok_or_else(|| not_exact(feature, &describe(raw)))
}

/// The integer that a float is, if it is one.
fn whole(value: f64) -> Option<i64> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    (value.trunc() == value && (-TWO_TO_63..TWO_TO_63).contains(&value)).then_some(value as i64)
}

fn boolean(feature: &Feature, raw: Raw<'_>) -> Result<u64> {
    let value = match raw {
        Raw::Bool(value) => Some(u64::from(value)),
        Raw::I64(value) => u64::try_from(value).ok(),
        Raw::U64(value) => Some(value),
        Raw::F64(value) => whole(value).and_then(|value| u64::try_from(value).ok()),
        Raw::F32(value) => whole(f64::from(value)).and_then(|value| u64::try_from(value).ok()),
        _ => return Err(wrong_type(feature, &describe(raw), "true, false, 0 or 1")),
    };
    value
        .filter(|&value| value <= 1)
        .ok_or_else(|| not_exact(feature, &describe(raw)))
}

fn time(feature: &Feature, raw: Raw<'_>) -> Result<u64> {
    match raw {
        Raw::Time(i64::MIN) => Err(not_exact(feature, &describe(raw))),
        Raw::Time(micros) => Ok(micros as u64),
        _ => Err(wrong_type(feature, &describe(raw), "a timestamp")),
    }
}

fn code(feature: &Feature, raw: Raw<'_>) -> Result<u64> {
    match raw {
        Raw::Text(text) => {
            if let Some(code) = feature.dictionary.as_ref().and_then(|dictionary| dictionary.code(text)) {
                return Ok(u64::from(code));
            }
            if std::str::from_utf8(text).is_err() {
                return Err(wrong_type(feature, &describe(raw), "UTF-8 text"));
            }
            match feature.unseen {
                Policy::Reject => Err(unseen_refused(feature, Some(text))),
                _ => Ok(CODE_UNSEEN as u64),
            }
        }
        Raw::Code(code) if is_code(feature, code) => Ok(code as u64),
        Raw::Code(code) => Err(wrong_type(feature, &code.to_string(), "a code of its dictionary")),
        _ => Err(wrong_type(feature, &describe(raw), "text")),
    }
}

/// The nearest f32 of a number, as an f64 cell, and whether it differs.
fn narrow(feature: &Feature, value: f64, carrier: Carrier) -> Result<(u64, bool)> {
    let narrowed = value as f32;
    if f64::from(narrowed) == value {
        return Ok((value.to_bits(), false));
    }
    if carrier == Carrier::Matrix || narrowed.is_infinite() {
        return Err(not_exact(feature, &describe(Raw::F64(value))));
    }
    Ok((f64::from(narrowed).to_bits(), true))
}

/// The value as a message shows it.
fn describe(raw: Raw<'_>) -> String {
    match raw {
        Raw::Null | Raw::None => "null".to_owned(),
        Raw::Nan => "NaN".to_owned(),
        Raw::F64(value) => format!("{value:?}"),
        Raw::F32(value) => format!("{value:?}"),
        Raw::I64(value) => value.to_string(),
        Raw::U64(value) => value.to_string(),
        Raw::Bool(value) => value.to_string(),
        Raw::Time(micros) => format!("the timestamp {micros} µs"),
        Raw::Text(text) => format!("the text {}", quote_bytes(text)),
        Raw::Code(code) => format!("the code {code}"),
        Raw::Cell(cell) => format!("the cell {cell:#018x}"),
    }
}

#[cold]
fn wrong_type(feature: &Feature, value: &str, wanted: &str) -> Error {
    let message = format!(
        "feature {} ({}) takes {wanted}, not {value}",
        quote(&feature.name),
        feature.dtype.name()
    );
    Error::new(ErrorCode::WrongType, message).with_feature(&feature.name)
}

#[cold]
fn not_exact(feature: &Feature, value: &str) -> Error {
    let message = format!(
        "feature {} ({}) cannot hold {value} exactly",
        quote(&feature.name),
        feature.dtype.name()
    );
    Error::new(ErrorCode::NotExact, message)
        .with_feature(&feature.name)
        .with_hint(format!("convert it to {} first", feature.dtype.name()))
}

#[cold]
fn missing_refused(feature: &Feature) -> Error {
    let message = format!("feature {} is missing, which its policy rejects", quote(&feature.name));
    Error::new(ErrorCode::Missing, message).with_feature(&feature.name)
}

/// Categories above this number are not searched for a near one.
const SEARCHED_CATEGORIES: usize = 1_000;

#[cold]
fn unseen_refused(feature: &Feature, text: Option<&[u8]>) -> Error {
    let value = text.map_or("of the given code".to_owned(), quote_bytes);
    let message = format!(
        "feature {}: the category {value} was not seen in training",
        quote(&feature.name)
    );
    let error = Error::new(ErrorCode::Unseen, message).with_feature(&feature.name);
    let dictionary = feature
        .dictionary
        .as_ref()
        .filter(|dictionary| dictionary.len() <= SEARCHED_CATEGORIES);
    let (Some(dictionary), Some(Ok(text))) = (dictionary, text.map(std::str::from_utf8)) else {
        return error;
    };
    match near_name(
        text,
        (0..dictionary.len() as u32).filter_map(|code| dictionary.text(code)),
    ) {
        Some(near) => error.with_hint(format!("did you mean {}?", quote(near))),
        None => error,
    }
}

#[cfg(test)]
mod tests;
