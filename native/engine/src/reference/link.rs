//! From a model's score to its answer.

use super::cells::{dense, Cells, Real};
use crate::program::{SigmoidForm, SoftmaxForm};

pub fn sigmoid(form: SigmoidForm, scale: Option<f64>, x: &Cells) -> Cells {
    fn expit<R: Real>(x: R) -> R {
        R::ONE / (R::ONE + (-x).exp())
    }
    match (form, x) {
        (SigmoidForm::XgboostF32, Cells::F32(x)) => Cells::F32(x.iter().map(|&x| xgboost_sigmoid(x)).collect()),
        (SigmoidForm::Lightgbm, Cells::F64(x)) => {
            let scale = scale.expect("this form has a scale");
            Cells::F64(
                x.iter()
                    .map(|&x| 1.0 / (1.0 + modelpack_math::exp(-scale * x)))
                    .collect(),
            )
        }
        (SigmoidForm::Expit, x) => dense!(x, x => Real::dense(x.iter().map(|&x| expit(x)).collect())),
        _ => unreachable!("check admits the precision of the form only"),
    }
}

fn xgboost_sigmoid(x: f32) -> f32 {
    let x = if 88.7 < -x { 88.7 } else { -x };
    1.0 / (modelpack_math::expf(x) + 1.0 + 1e-16)
}

pub fn softmax(form: SoftmaxForm, x: &Cells) -> Cells {
    fn scaled<R: Real>(x: &[R], sum: impl Fn(&[R]) -> R) -> Cells {
        let greatest = x.iter().copied().fold(x[0], |a, b| if b > a { b } else { a });
        let powers: Vec<R> = x.iter().map(|&x| (x - greatest).exp()).collect();
        let sum = sum(&powers);
        R::dense(powers.iter().map(|&power| power / sum).collect())
    }
    match (form, x) {
        (SoftmaxForm::XgboostF32, Cells::F32(x)) => scaled(x, |x| x.iter().fold(0.0, |sum, &x| sum + x as f64) as f32),
        (SoftmaxForm::Lightgbm, Cells::F64(x)) => scaled(x, |x| x.iter().fold(0.0, |sum, &x| sum + x)),
        (SoftmaxForm::Numpy, x) => dense!(x, x => scaled(x, numpy_sum)),
        _ => unreachable!("check admits the precision of the form only"),
    }
}

/// numpy's sum of contiguous floats: fewer than 8 in order; up to 128 in eight lanes, the rest in order after them; more as the
/// sum of two halves, the first a multiple of 8 long.
fn numpy_sum<R: Real>(x: &[R]) -> R {
    let add = |a: R, b: R| a + b;
    if x.len() < 8 {
        return x.iter().copied().fold(R::ZERO, add);
    }
    if x.len() > 128 {
        let half = x.len() / 2 - x.len() / 2 % 8;
        return numpy_sum(&x[..half]) + numpy_sum(&x[half..]);
    }
    let (lanes, rest) = x.split_at(x.len() - x.len() % 8);
    let lane = |j: usize| lanes.iter().skip(8 + j).step_by(8).copied().fold(lanes[j], add);
    let sum = ((lane(0) + lane(1)) + (lane(2) + lane(3))) + ((lane(4) + lane(5)) + (lane(6) + lane(7)));
    rest.iter().copied().fold(sum, add)
}

pub fn complement(x: &Cells) -> Cells {
    fn pair<R: Real>(x: R) -> Cells {
        R::dense(vec![R::ONE - x, x])
    }
    dense!(x, x => pair(x[0]))
}

pub fn row_sum(x: &Cells) -> Cells {
    dense!(x, x => Real::dense(vec![sequential_sum(x)]))
}

pub fn normalise_rows(x: &Cells) -> Cells {
    fn scaled<R: Real>(x: &[R]) -> Cells {
        let sum = sequential_sum(x);
        R::dense(x.iter().map(|&x| x / sum).collect())
    }
    dense!(x, x => scaled(x))
}

pub fn sort_row(x: &Cells) -> Cells {
    fn sorted<R: Real>(x: &[R]) -> Cells {
        let rank = |x: R| x.is_nan();
        let mut cells = x.to_vec();
        cells.sort_by(|&a, &b| a.partial_cmp(&b).unwrap_or_else(|| rank(a).cmp(&rank(b))));
        R::dense(cells)
    }
    dense!(x, x => sorted(x))
}

fn sequential_sum<R: Real>(x: &[R]) -> R {
    x[1..].iter().fold(x[0], |sum, &x| sum + x)
}

pub fn argmax(x: &Cells) -> Cells {
    fn index<R: Real>(x: &[R]) -> usize {
        let first_nan = x.iter().position(|x| x.is_nan());
        first_nan.unwrap_or_else(|| (1..x.len()).fold(0, |best, i| if x[i] > x[best] { i } else { best }))
    }
    dense!(x, x => Cells::I64(vec![Some(index(x) as i64)]))
}
