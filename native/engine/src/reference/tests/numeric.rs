use super::*;
use crate::program::{AffineForm, Arithmetic, Comparison, MathFunction};

fn affine(form: AffineForm, a: f64, b: f64) -> OpKind {
    let b = matches!(form, AffineForm::SubDiv | AffineForm::MulAdd).then(|| fit64(&[b]));
    OpKind::Affine {
        form,
        a: fit64(&[a]),
        b,
    }
}

#[test]
fn affine_forms() {
    let tests = [
        (AffineForm::SubDiv, 7.0, 3.0, 2.0, 2.0),
        (AffineForm::MulAdd, 7.0, 3.0, 2.0, 23.0),
        (AffineForm::Sub, 7.0, 3.0, 0.0, 4.0),
        (AffineForm::Div, 7.0, 4.0, 0.0, 1.75),
        (AffineForm::Mul, 7.0, 3.0, 0.0, 21.0),
        (AffineForm::Sub, -0.0, 0.0, 0.0, -0.0),
        (AffineForm::SubDiv, 3.0, 3.0, -1.0, -0.0),
        (AffineForm::Div, 1.0, 0.0, 0.0, INF),
        (AffineForm::Div, 0.0, 0.0, 0.0, NAN),
        (AffineForm::Sub, INF, INF, 0.0, NAN),
        (AffineForm::Mul, TINY, 0.5, 0.0, 0.0),
        (AffineForm::Mul, TINY, 0.75, 0.0, TINY),
        (AffineForm::MulAdd, NAN, 1.0, 1.0, NAN),
    ];
    for (form, x, a, b, expected) in tests {
        gives(&affine(form, a, b), f64s(&[x]), f64s(&[expected]));
    }
}

#[test]
fn affine_rounds_twice() {
    // with one rounding (fused) the product's tail would survive the sum
    let x = 1.0 + f64::EPSILON;
    gives(
        &affine(AffineForm::MulAdd, x, -1.0),
        f64s(&[x]),
        f64s(&[2.0 * f64::EPSILON]),
    );
    // (x - a) / b is not (x - a) * (1 / b)
    gives(&affine(AffineForm::SubDiv, 0.0, 49.0), f64s(&[49.0]), f64s(&[1.0]));
    assert_ne!(49.0 * (1.0 / 49.0), 1.0);
}

#[test]
fn affine_in_single_precision() {
    let kind = OpKind::Affine {
        form: AffineForm::SubDiv,
        a: fit32(&[0.1]),
        b: Some(fit32(&[0.3])),
    };
    gives(&kind, f32s(&[0.7]), f32s(&[(0.7f32 - 0.1f32) / 0.3f32]));
}

#[test]
fn affine_of_a_sparse_value_leaves_absent_alone() {
    let kind = OpKind::Affine {
        form: AffineForm::Div,
        a: fit64(&[0.0, 2.0, -4.0]),
        b: None,
    };
    gives(
        &kind,
        sparse(3, &[(1, 3.0), (2, 0.0)]),
        sparse(3, &[(1, 1.5), (2, -0.0)]),
    );
}

#[test]
fn clip_selects_and_lets_nan_pass() {
    let kind = OpKind::Clip {
        low: fit64(&[0.0; 6]),
        high: fit64(&[1.0; 6]),
    };
    gives(
        &kind,
        f64s(&[-1.0, 2.0, NAN, -0.0, INF, 0.5]),
        f64s(&[0.0, 1.0, NAN, -0.0, 1.0, 0.5]),
    );
    let reversed = OpKind::Clip {
        low: fit64(&[2.0]),
        high: fit64(&[1.0]),
    };
    gives(&reversed, f64s(&[0.0]), f64s(&[1.0]));
}

#[test]
fn arithmetic_broadcasts_one_column() {
    let with = |operation, operand: &[f64]| OpKind::Arithmetic {
        operation,
        operand: Some(fit64(operand)),
    };
    gives(
        &with(Arithmetic::Add, &[1.0]),
        f64s(&[-1.0, NAN, 0.1]),
        f64s(&[0.0, NAN, 1.1]),
    );
    gives(
        &with(Arithmetic::Add, &[-0.0, 0.0]),
        f64s(&[-0.0, -0.0]),
        f64s(&[-0.0, 0.0]),
    );
    gives(
        &with(Arithmetic::Mul, &[2.0, INF]),
        f64s(&[TINY, 0.0]),
        f64s(&[f64::from_bits(2), NAN]),
    );
    gives(
        &with(Arithmetic::Div, &[3.0]),
        f64s(&[1.0, -0.0]),
        f64s(&[1.0 / 3.0, -0.0]),
    );
    let values = OpKind::Arithmetic {
        operation: Arithmetic::Div,
        operand: None,
    };
    same(
        &run(&values, &[&f64s(&[6.0, 1.0]), &f64s(&[3.0, 0.0])]),
        &f64s(&[2.0, INF]),
    );
    same(
        &run(&values, &[&f64s(&[6.0, 1.0]), &f64s(&[-2.0])]),
        &f64s(&[-3.0, -0.5]),
    );
    same(&run(&values, &[&f32s(&[1.0]), &f32s(&[3.0])]), &f32s(&[1.0 / 3.0]));
}

#[test]
fn functions_at_their_edges() {
    let tests = [
        (MathFunction::Exp, -INF, 0.0),
        (MathFunction::Exp, 710.0, INF),
        (MathFunction::Exp2, -1074.0, TINY),
        (MathFunction::Expm1, -0.0, -0.0),
        (MathFunction::Expm1, -INF, -1.0),
        (MathFunction::Log, 0.0, -INF),
        (MathFunction::Log, -1.0, NAN),
        (MathFunction::Log1p, -1.0, -INF),
        (MathFunction::Log1p, TINY, TINY),
        (MathFunction::Log2, 0.5, -1.0),
        (MathFunction::Sqrt, -0.0, -0.0),
        (MathFunction::Sqrt, 2.0, std::f64::consts::SQRT_2),
        (MathFunction::Tanh, INF, 1.0),
        (MathFunction::Tanh, TINY, TINY),
        (MathFunction::Abs, -0.0, 0.0),
        (MathFunction::Neg, 0.0, -0.0),
        (MathFunction::Square, -1e-200, 0.0),
        (MathFunction::Square, 1e200, INF),
        (MathFunction::Exp, NAN, NAN),
    ];
    for (function, x, expected) in tests {
        gives(&OpKind::Math(function), f64s(&[x]), f64s(&[expected]));
    }
    gives(
        &OpKind::Math(MathFunction::Exp),
        f32s(&[89.0, -104.0]),
        f32s(&[f32::INFINITY, 0.0]),
    );
    gives(
        &OpKind::Math(MathFunction::Log),
        f32s(&[0.0, 1.0]),
        f32s(&[f32::NEG_INFINITY, 0.0]),
    );
    gives(
        &OpKind::Math(MathFunction::Sqrt),
        f32s(&[2.0]),
        f32s(&[std::f32::consts::SQRT_2]),
    );
    gives(&OpKind::Math(MathFunction::Square), f32s(&[-3.0]), f32s(&[9.0]));
}

#[test]
fn compare_says_no_to_nan() {
    let expected = [
        (Comparison::Gt, [0, 0, 1, 0]),
        (Comparison::Ge, [0, 1, 1, 0]),
        (Comparison::Lt, [1, 0, 0, 0]),
        (Comparison::Le, [1, 1, 0, 0]),
    ];
    for (comparison, holds) in expected {
        let x = f64s(&[-1.0, -0.0, TINY, NAN]);
        gives(
            &OpKind::Compare {
                comparison,
                constant: 0.0,
            },
            x,
            Cells::I64(holds.map(Some).to_vec()),
        );
    }
    let gt = OpKind::Compare {
        comparison: Comparison::Gt,
        constant: f64::from(0.1f32),
    };
    gives(&gt, f32s(&[0.1, 0.1f32.next_up()]), Cells::I64(vec![Some(0), Some(1)]));
}
