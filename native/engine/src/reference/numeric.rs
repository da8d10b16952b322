//! Arithmetic, cell by cell; each operation is rounded once.

use super::cells::{dense, Cells, Real, Sparse};
use crate::program::{AffineForm, Arithmetic, Comparison, Floats, MathFunction};

pub fn affine(form: AffineForm, a: &Floats, b: Option<&Floats>, x: &Cells) -> Cells {
    fn one<R: Real>(form: AffineForm, x: R, a: R, b: R) -> R {
        match form {
            AffineForm::SubDiv => (x - a) / b,
            AffineForm::MulAdd => {
                let product = x * a;
                product + b
            }
            AffineForm::Sub => x - a,
            AffineForm::Div => x / a,
            AffineForm::Mul => x * a,
        }
    }
    fn each<R: Real>(form: AffineForm, a: &[R], b: &[R], x: &[R]) -> Cells {
        R::dense((0..x.len()).map(|i| one(form, x[i], a[i], b[i])).collect())
    }
    fn stored<R: Real>(form: AffineForm, a: &[R], x: &Sparse<R>) -> Cells {
        let cells = x
            .cells
            .iter()
            .map(|&(column, x)| (column, one(form, x, a[column], R::ZERO)))
            .collect();
        R::sparse(Sparse { width: x.width, cells })
    }
    match x {
        Cells::SparseF64(x) => stored(form, Real::of(a), x),
        Cells::SparseF32(x) => stored(form, Real::of(a), x),
        x => dense!(x, x => each(form, Real::of(a), Real::of(b.unwrap_or(a)), x)), // b is not read where the form has none
    }
}

pub fn clip(low: &Floats, high: &Floats, x: &Cells) -> Cells {
    fn one<R: Real>(x: R, low: R, high: R) -> R {
        let x = if x < low { low } else { x };
        if x > high {
            high
        } else {
            x
        }
    }
    fn each<R: Real>(low: &[R], high: &[R], x: &[R]) -> Cells {
        R::dense((0..x.len()).map(|i| one(x[i], low[i], high[i])).collect())
    }
    dense!(x, x => each(Real::of(low), Real::of(high), x))
}

/// The second operand is a tensor or a value, and broadcasts if it has one column.
pub fn arithmetic(operation: Arithmetic, operand: Option<&Floats>, inputs: &[&Cells]) -> Cells {
    fn each<R: Real>(operation: Arithmetic, x: &[R], y: &[R]) -> Cells {
        let y = |i: usize| if y.len() == 1 { y[0] } else { y[i] };
        R::dense(match operation {
            Arithmetic::Add => x.iter().enumerate().map(|(i, &x)| x + y(i)).collect(),
            Arithmetic::Mul => x.iter().enumerate().map(|(i, &x)| x * y(i)).collect(),
            Arithmetic::Div => x.iter().enumerate().map(|(i, &x)| x / y(i)).collect(),
        })
    }
    let fitted = operand.map(Cells::from);
    match (inputs[0], fitted.as_ref().unwrap_or_else(|| inputs[1])) {
        (Cells::F64(x), Cells::F64(y)) => each(operation, x, y),
        (Cells::F32(x), Cells::F32(y)) => each(operation, x, y),
        _ => unreachable!("check admits dense floats of one precision only"),
    }
}

pub fn math(function: MathFunction, x: &Cells) -> Cells {
    match x {
        Cells::F64(x) => Cells::F64(x.iter().map(|&x| math_f64(function, x)).collect()),
        Cells::F32(x) => Cells::F32(x.iter().map(|&x| math_f32(function, x)).collect()),
        _ => unreachable!("check admits dense floats only"),
    }
}

fn math_f64(function: MathFunction, x: f64) -> f64 {
    match function {
        MathFunction::Exp => modelpack_math::exp(x),
        MathFunction::Exp2 => modelpack_math::exp2(x),
        MathFunction::Expm1 => modelpack_math::expm1(x),
        MathFunction::Log => modelpack_math::log(x),
        MathFunction::Log1p => modelpack_math::log1p(x),
        MathFunction::Log2 => modelpack_math::log2(x),
        MathFunction::Sqrt => modelpack_math::sqrt(x),
        MathFunction::Tanh => modelpack_math::tanh(x),
        MathFunction::Abs => x.abs(),
        MathFunction::Neg => -x,
        MathFunction::Square => x * x,
    }
}

fn math_f32(function: MathFunction, x: f32) -> f32 {
    match function {
        MathFunction::Exp => modelpack_math::expf(x),
        MathFunction::Log => modelpack_math::logf(x),
        MathFunction::Sqrt => modelpack_math::sqrtf(x),
        MathFunction::Abs => x.abs(),
        MathFunction::Neg => -x,
        MathFunction::Square => x * x,
        _ => unreachable!("check admits no other function in single precision"),
    }
}

pub fn compare(comparison: Comparison, constant: f64, x: &Cells) -> Cells {
    let holds = |x: f64| match comparison {
        Comparison::Gt => x > constant,
        Comparison::Ge => x >= constant,
        Comparison::Lt => x < constant,
        Comparison::Le => x <= constant,
    };
    dense!(x, x => Cells::I64(x.iter().map(|x| Some(holds(x.to_f64()) as i64)).collect()))
}
