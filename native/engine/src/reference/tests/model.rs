use super::*;
use crate::program::Bias;

fn linear(weight: &[f64], outputs: usize, bias: Bias, values: &[f64], skip_nan: bool) -> OpKind {
    OpKind::Linear {
        weight: fit64(weight),
        inputs: weight.len() / outputs,
        outputs,
        bias,
        bias_values: (bias != Bias::None).then(|| fit64(values)),
        skip_nan,
    }
}

#[test]
fn the_sum_runs_over_inputs_in_order() {
    let kind = linear(&[1.0, 10.0, 2.0, 20.0, 3.0, 30.0], 2, Bias::None, &[], false);
    gives(&kind, f64s(&[1.0, 2.0, 3.0]), f64s(&[14.0, 140.0]));
    // (1e16 + 1) - 1e16 = 0 in this order
    gives(
        &linear(&[1e16, 1.0, -1e16], 1, Bias::None, &[], false),
        f64s(&[1.0; 3]),
        f64s(&[0.0]),
    );
}

#[test]
fn the_sum_starts_from_positive_zero() {
    gives(&linear(&[1.0], 1, Bias::None, &[], false), f64s(&[-0.0]), f64s(&[0.0]));
    gives(
        &linear(&[1.0], 1, Bias::First, &[-0.0], false),
        f64s(&[-0.0]),
        f64s(&[-0.0]),
    );
}

#[test]
fn the_bias_comes_first_or_last() {
    let (x, weight) = (f64s(&[1.0, 1.0]), [1e16, -1e16]);
    gives(&linear(&weight, 1, Bias::First, &[1.0], false), x.clone(), f64s(&[0.0]));
    gives(&linear(&weight, 1, Bias::Last, &[1.0], false), x, f64s(&[1.0]));
}

#[test]
fn product_and_sum_are_rounded_each() {
    let x = 1.0 + f64::EPSILON;
    gives(
        &linear(&[-1.0, x], 1, Bias::None, &[], false),
        f64s(&[1.0, x]),
        f64s(&[2.0 * f64::EPSILON]),
    );
}

#[test]
fn nan_is_kept_or_skipped() {
    let x = f64s(&[NAN, 2.0]);
    gives(&linear(&[0.0, 3.0], 1, Bias::None, &[], false), x.clone(), f64s(&[NAN]));
    gives(&linear(&[INF, 3.0], 1, Bias::First, &[0.5], true), x, f64s(&[6.5]));
    gives(&linear(&[0.0], 1, Bias::None, &[], true), f64s(&[INF]), f64s(&[NAN]));
}

#[test]
fn absent_cells_meet_no_weight() {
    let kind = linear(&[INF, 3.0, NAN], 1, Bias::Last, &[1.0], false);
    gives(&kind, sparse(3, &[(1, 2.0)]), f64s(&[7.0]));
    gives(&kind, sparse(3, &[]), f64s(&[1.0]));
    gives(&kind, sparse(3, &[(0, 0.0)]), f64s(&[NAN]));
}

#[test]
fn single_precision_sums_in_single_precision() {
    let weight = fit32(&[1.0, 1.0]);
    let kind = OpKind::Linear {
        weight,
        inputs: 2,
        outputs: 1,
        bias: Bias::None,
        bias_values: None,
        skip_nan: false,
    };
    gives(&kind, f32s(&[16_777_216.0, 1.0]), f32s(&[16_777_216.0]));
}
