//! Each operation on values worked out by hand: the ordinary ones, and NaN, zeros of both signs, subnormals, infinities, missing
//! of either kind, unseen.

mod category;
mod forest;
mod link;
mod missing;
mod model;
mod numeric;
mod row;
mod shape;

use super::{apply, Cells, Sparse};
use crate::program::{Floats, OpKind};

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;
/// The least positive number.
const TINY: f64 = f64::from_bits(1);

fn f64s(x: &[f64]) -> Cells {
    Cells::F64(x.to_vec())
}

fn f32s(x: &[f32]) -> Cells {
    Cells::F32(x.to_vec())
}

fn codes(x: &[i32]) -> Cells {
    Cells::Code(x.to_vec())
}

fn sparse(width: usize, cells: &[(usize, f64)]) -> Cells {
    Cells::SparseF64(Sparse {
        width,
        cells: cells.to_vec(),
    })
}

fn fit64(x: &[f64]) -> Floats {
    Floats::F64(x.to_vec())
}

fn fit32(x: &[f32]) -> Floats {
    Floats::F32(x.to_vec())
}

fn run(kind: &OpKind, inputs: &[&Cells]) -> Cells {
    apply(kind, inputs).expect("nothing is refused")
}

/// The same cells to the bit, where any NaN is NaN.
#[track_caller]
fn same(found: &Cells, expected: &Cells) {
    let bits = |cells: &Cells| match cells {
        Cells::F64(x) => x.iter().map(|x| if x.is_nan() { 1 } else { x.to_bits() }).collect(),
        Cells::F32(x) => x
            .iter()
            .map(|x| if x.is_nan() { 1 } else { u64::from(x.to_bits()) })
            .collect(),
        Cells::SparseF64(x) => x
            .cells
            .iter()
            .flat_map(|(c, x)| [*c as u64, if x.is_nan() { 1 } else { x.to_bits() }])
            .collect(),
        Cells::SparseF32(x) => x
            .cells
            .iter()
            .flat_map(|(c, x)| [*c as u64, u64::from(x.to_bits())])
            .collect(),
        _ => Vec::new(),
    };
    let same_kind = std::mem::discriminant(found) == std::mem::discriminant(expected);
    let same_bits = bits(found) == bits(expected);
    let same_cells = !bits(found).is_empty() || found == expected;
    assert!(
        same_kind && same_bits && same_cells,
        "{found:?} where {expected:?} is right"
    );
}

/// The operation on one value gives exactly these cells.
#[track_caller]
fn gives(kind: &OpKind, input: Cells, expected: Cells) {
    same(&run(kind, &[&input]), &expected);
}
