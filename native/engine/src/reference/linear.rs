//! Weighted sums.

use super::cells::{Cells, Real};
use crate::program::{Bias, Floats};

pub fn linear(
    weight: &Floats,
    outputs: usize,
    bias: Bias,
    bias_values: Option<&Floats>,
    skip_nan: bool,
    x: &Cells,
) -> Cells {
    fn sums<R: Real>(
        weight: &[R],
        outputs: usize,
        bias: Bias,
        values: Option<&Floats>,
        skip_nan: bool,
        x: impl Iterator<Item = (usize, R)> + Clone,
    ) -> Cells {
        let bias_of = |k: usize| values.map_or(R::ZERO, |values| R::of(values)[k]);
        let sum = |k: usize| {
            let mut sum = if bias == Bias::First { bias_of(k) } else { R::ZERO };
            for (i, x) in x.clone().filter(|(_, x)| !(skip_nan && x.is_nan())) {
                let product = x * weight[i * outputs + k];
                sum = sum + product;
            }
            if bias == Bias::Last {
                sum + bias_of(k)
            } else {
                sum
            }
        };
        R::dense((0..outputs).map(sum).collect())
    }
    match x {
        Cells::F64(x) => sums(
            Real::of(weight),
            outputs,
            bias,
            bias_values,
            skip_nan,
            x.iter().copied().enumerate(),
        ),
        Cells::F32(x) => sums(
            Real::of(weight),
            outputs,
            bias,
            bias_values,
            skip_nan,
            x.iter().copied().enumerate(),
        ),
        Cells::SparseF64(x) => sums(
            Real::of(weight),
            outputs,
            bias,
            bias_values,
            skip_nan,
            x.cells.iter().copied(),
        ),
        Cells::SparseF32(x) => sums(
            Real::of(weight),
            outputs,
            bias,
            bias_values,
            skip_nan,
            x.cells.iter().copied(),
        ),
        _ => unreachable!("check admits floats only"),
    }
}
