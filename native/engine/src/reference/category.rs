//! Operations that read or make category codes.

use super::cells::{Cells, Sparse};
use super::missing::codes;
use crate::program::code_row;

pub fn lookup(table: &[f64], columns: usize, size: u32, x: &Cells) -> Cells {
    let start = code_row(codes(x)[0], size) * columns;
    Cells::F64(table[start..start + columns].to_vec())
}

pub fn one_hot(column: &[i32], size: u32, width: usize, x: &Cells) -> Cells {
    let hot = column[code_row(codes(x)[0], size)];
    let cells = if hot < 0 { vec![] } else { vec![(hot as usize, 1.0)] };
    Cells::SparseF64(Sparse { width, cells })
}

pub fn number_code_f64(values: &[f64], x: &Cells) -> Cells {
    match x {
        Cells::F64(x) if x[0].is_nan() => Cells::Code(vec![-2]),
        Cells::F64(x) => Cells::Code(vec![position(values, x[0])]),
        _ => unreachable!("check admits f64 only"),
    }
}

pub fn number_code_i64(values: &[i64], x: &Cells) -> Cells {
    match x {
        Cells::I64(x) => Cells::Code(vec![x[0].map_or(-1, |x| position(values, x))]),
        _ => unreachable!("check admits i64 only"),
    }
}

/// Index of the equal value, or unseen.
fn position<T: PartialEq>(values: &[T], x: T) -> i32 {
    values
        .iter()
        .position(|value| *value == x)
        .map_or(-3, |index| index as i32)
}
