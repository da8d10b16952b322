use super::*;
use crate::program::{SigmoidForm, SoftmaxForm};
use modelpack_math::{exp, expf};

fn sigmoid(form: SigmoidForm, scale: Option<f64>) -> OpKind {
    OpKind::Sigmoid { form, scale }
}

#[test]
fn sigmoid_forms() {
    let expit = sigmoid(SigmoidForm::Expit, None);
    gives(
        &expit,
        f64s(&[0.0, -0.0, INF, -INF, -800.0]),
        f64s(&[0.5, 0.5, 1.0, 0.0, 0.0]),
    );
    gives(&expit, f64s(&[0.3, NAN]), f64s(&[1.0 / (1.0 + exp(-0.3)), NAN]));
    gives(&expit, f32s(&[0.3]), f32s(&[1.0 / (1.0 + expf(-0.3))]));
    let lightgbm = sigmoid(SigmoidForm::Lightgbm, Some(0.7));
    gives(
        &lightgbm,
        f64s(&[1.1, NAN, -INF]),
        f64s(&[1.0 / (1.0 + exp(-0.7 * 1.1)), NAN, 0.0]),
    );
}

#[test]
fn xgboost_cuts_the_exponent() {
    let xgboost = sigmoid(SigmoidForm::XgboostF32, None);
    let least = 1.0 / (expf(88.7) + 1.0 + 1e-16);
    gives(
        &xgboost,
        f32s(&[-88.0, -88.7, -89.0, f32::NEG_INFINITY]),
        f32s(&[1.0 / (expf(88.0) + 1.0), least, least, least]),
    );
    gives(
        &xgboost,
        f32s(&[0.0, f32::INFINITY, f32::NAN]),
        f32s(&[0.5, 1.0, f32::NAN]),
    );
}

#[test]
fn softmax_of_equal_scores_is_even() {
    for form in [SoftmaxForm::Lightgbm, SoftmaxForm::Numpy] {
        gives(&OpKind::Softmax(form), f64s(&[800.0, 800.0]), f64s(&[0.5, 0.5]));
        gives(&OpKind::Softmax(form), f64s(&[-INF, 3.0]), f64s(&[0.0, 1.0]));
        gives(&OpKind::Softmax(form), f64s(&[1.0, NAN, 2.0]), f64s(&[NAN, NAN, NAN]));
        gives(&OpKind::Softmax(form), f64s(&[INF, 1.0]), f64s(&[NAN, NAN]));
    }
    gives(
        &OpKind::Softmax(SoftmaxForm::XgboostF32),
        f32s(&[1.0, 1.0]),
        f32s(&[0.5, 0.5]),
    );
    gives(
        &OpKind::Softmax(SoftmaxForm::XgboostF32),
        f32s(&[f32::NAN, 1.0]),
        f32s(&[f32::NAN, f32::NAN]),
    );
}

#[test]
fn xgboost_sums_its_softmax_in_double_precision() {
    let x = [0.1f32, 0.7, -0.3, 0.2];
    let powers = x.map(|x| expf(x - 0.7));
    let sum = (f64::from(powers[0]) + f64::from(powers[1]) + f64::from(powers[2]) + f64::from(powers[3])) as f32;
    gives(
        &OpKind::Softmax(SoftmaxForm::XgboostF32),
        f32s(&x),
        f32s(&powers.map(|power| power / sum)),
    );
}

#[test]
fn numpy_sums_eight_and_more_in_lanes() {
    let x: Vec<f64> = (0..19).map(|i| f64::from(i * 7 % 11) * 0.37).collect();
    let greatest = 10.0 * 0.37;
    let p: Vec<f64> = x.iter().map(|x| exp(x - greatest)).collect();
    let lane = |j: usize| p[j] + p[j + 8];
    let lanes = ((lane(0) + lane(1)) + (lane(2) + lane(3))) + ((lane(4) + lane(5)) + (lane(6) + lane(7)));
    let sum = lanes + p[16] + p[17] + p[18];
    gives(
        &OpKind::Softmax(SoftmaxForm::Numpy),
        f64s(&x),
        f64s(&p.iter().map(|p| p / sum).collect::<Vec<_>>()),
    );
    let sequential = p.iter().fold(0.0, |sum, p| sum + p);
    gives(
        &OpKind::Softmax(SoftmaxForm::Lightgbm),
        f64s(&x),
        f64s(&p.iter().map(|p| p / sequential).collect::<Vec<_>>()),
    );
}

#[test]
fn complement_stands_first() {
    gives(&OpKind::Complement, f64s(&[0.1]), f64s(&[0.9, 0.1]));
    gives(&OpKind::Complement, f32s(&[0.1]), f32s(&[0.9, 0.1]));
    gives(&OpKind::Complement, f64s(&[NAN]), f64s(&[NAN, NAN]));
}

#[test]
fn sums_of_rows_are_sequential() {
    gives(&OpKind::RowSum, f64s(&[1e16, 1.0, -1e16]), f64s(&[0.0]));
    gives(&OpKind::RowSum, f64s(&[-0.0]), f64s(&[-0.0]));
    gives(&OpKind::RowSum, f32s(&[16_777_216.0, 1.0, 1.0]), f32s(&[16_777_216.0]));
    gives(&OpKind::NormaliseRows, f64s(&[1.0, 3.0]), f64s(&[0.25, 0.75]));
    gives(&OpKind::NormaliseRows, f64s(&[0.0, -0.0]), f64s(&[NAN, NAN]));
    gives(&OpKind::SortRow, f64s(&[3.0, -1.0, 2.0]), f64s(&[-1.0, 2.0, 3.0]));
    gives(
        &OpKind::SortRow,
        f64s(&[NAN, 0.0, -0.0, f64::NEG_INFINITY]),
        f64s(&[f64::NEG_INFINITY, 0.0, -0.0, NAN]),
    );
    gives(&OpKind::SortRow, f64s(&[-0.0, 0.0]), f64s(&[-0.0, 0.0]));
}

#[test]
fn argmax_takes_the_first_of_equals_and_the_first_nan() {
    for (x, index) in [
        (vec![1.0, 3.0, 3.0], 1),
        (vec![-0.0, 0.0], 0),
        (vec![-INF, -INF], 0),
        (vec![INF, NAN, NAN], 1),
        (vec![NAN, INF], 0),
        (vec![0.0, TINY], 1),
    ] {
        gives(&OpKind::Argmax, f64s(&x), Cells::I64(vec![Some(index)]));
    }
}
