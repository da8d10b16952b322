//! An input of an ONNX model, filled from the columns of a block.

use std::ffi::{c_char, CString};

use modelpack_bundle::{Error, ErrorCode, Result, Schema};

use super::description::{c_text, Element, Input};
use super::session::{Outcome, Session, Tensor};
use crate::program::Kind;
use crate::scratch::{Scratch, Slot};

/// The cell of a missing integer or time.
const MISSING: i64 = i64::MIN;

/// A feature's column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub kind: Kind,
    pub slot: Slot,
}

#[derive(Debug)]
pub struct Feed {
    name: String,
    element: Element,
    columns: Vec<Column>,
    /// Of an input of texts: those of the dictionary, then null, NaN and unseen.
    texts: Vec<CString>,
}

/// What a tensor lies over.
pub enum Data {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    Bool(Vec<u8>),
    Text(Vec<*const c_char>),
}

impl Feed {
    /// `columns`: of the input's features, in their order.
    pub fn new(input: Input, columns: Vec<Column>, schema: &Schema) -> Result<Feed> {
        let texts = match (input.sentinels, input.features.first()) {
            (Some(sentinels), Some(&feature)) => {
                let mut texts = dictionary(schema, feature)?;
                texts.extend([sentinels.null, sentinels.nan, sentinels.unseen]);
                texts
            }
            _ => Vec::new(),
        };
        Ok(Feed {
            name: input.name.to_string_lossy().into_owned(),
            element: input.element,
            columns,
            texts,
        })
    }

    pub fn data(&self, scratch: &Scratch<'_>, rows: usize) -> Outcome<Data> {
        Ok(match self.element {
            Element::Float64 => {
                Data::F64(self.filled(scratch, rows, |x| x, f64::from, |x| Ok(x as f64), Some(f64::NAN))?)
            }
            Element::Float32 => {
                Data::F32(self.filled(scratch, rows, |x| x as f32, |x| x, |x| Ok(x as f32), Some(f32::NAN))?)
            }
            Element::Int64 => Data::I64(self.filled(scratch, rows, no_float, no_float, Ok, Some(MISSING))?),
            Element::Int32 => Data::I32(self.filled(scratch, rows, no_float, no_float, narrow, None)?),
            Element::Bool => Data::Bool(self.filled(scratch, rows, no_float, no_float, |x| Ok(x as u8), None)?),
            Element::Text => Data::Text(self.pointers(scratch, rows)),
        })
    }

    /// Row by row, each column in its way.
    fn filled<T: Copy + Default>(
        &self,
        scratch: &Scratch<'_>,
        rows: usize,
        from_f64: impl Fn(f64) -> T,
        from_f32: impl Fn(f32) -> T,
        from_integer: impl Fn(i64) -> Outcome<T>,
        missing: Option<T>,
    ) -> Outcome<Vec<T>> {
        let width = self.columns.len();
        let mut filled = vec![T::default(); rows * width];
        for (position, column) in self.columns.iter().enumerate() {
            let places = filled.iter_mut().skip(position).step_by(width);
            match column.kind {
                Kind::F64 => {
                    let cells = scratch.read::<f64>(column.slot, rows);
                    places.zip(cells).for_each(|(place, &x)| *place = from_f64(x));
                }
                Kind::F32 => {
                    let cells = scratch.read::<f32>(column.slot, rows);
                    places.zip(cells).for_each(|(place, &x)| *place = from_f32(x));
                }
                _ => {
                    let is_bool = column.kind == Kind::Bool;
                    for (place, &cell) in places.zip(scratch.read::<i64>(column.slot, rows)) {
                        let present = cell != MISSING && !(is_bool && cell > 1);
                        *place = match (present, missing) {
                            (true, _) => from_integer(cell)?,
                            (false, Some(missing)) => missing,
                            (false, None) => {
                                return Err(format!("{} is missing, which its type cannot tell", self.name))
                            }
                        };
                    }
                }
            }
        }
        Ok(filled)
    }

    /// A text for each code.
    fn pointers(&self, scratch: &Scratch<'_>, rows: usize) -> Vec<*const c_char> {
        let known = self.texts.len().saturating_sub(3);
        let text = |code: i32| match usize::try_from(code) {
            Ok(code) if code < known => code,
            _ => known + usize::from(code == -2) + 2 * usize::from(code != -1 && code != -2),
        };
        let codes = self
            .columns
            .iter()
            .flat_map(|column| scratch.read::<i32>(column.slot, rows));
        codes.map(|&code| self.texts[text(code)].as_ptr()).collect()
    }

    /// A tensor over the data, which must not go before it.
    pub fn tensor<'a>(&self, session: &'a Session, data: &'a mut Data, rows: usize) -> Outcome<Tensor<'a>> {
        let columns = self.columns.len();
        let bytes: &mut [u8] = match data {
            Data::F64(values) => bytes_of(values),
            Data::F32(values) => bytes_of(values),
            Data::I64(values) => bytes_of(values),
            Data::I32(values) => bytes_of(values),
            Data::Bool(values) => values,
            // SAFETY: `self` keeps the texts.
            Data::Text(texts) => return unsafe { session.texts(texts) },
        };
        // SAFETY: `data` made rows × columns elements of this type, and is borrowed as long as the tensor.
        unsafe { session.tensor(bytes, self.element, rows, columns) }
    }
}

/// Never called: no feature of floats fits an input of integers.
fn no_float<F, T: Default>(_: F) -> T {
    T::default()
}

fn narrow(x: i64) -> Outcome<i32> {
    i32::try_from(x).map_err(|_| format!("{x} does not fit into int32"))
}

fn bytes_of<T: Copy>(values: &mut [T]) -> &mut [u8] {
    let size = size_of_val(values);
    // SAFETY: numbers have no padding, and every byte may be read.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size) }
}

fn dictionary(schema: &Schema, feature: usize) -> Result<Vec<CString>> {
    let dictionary = schema.features[feature].dictionary.as_ref();
    let codes = 0..dictionary.map_or(0, |dictionary| dictionary.len() as u32);
    codes
        .map(|code| {
            let text = dictionary.and_then(|dictionary| dictionary.text(code));
            c_text(text.ok_or_else(|| Error::new(ErrorCode::Internal, "a code without a text"))?)
        })
        .collect()
}
