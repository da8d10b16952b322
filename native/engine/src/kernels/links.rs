//! From scores to answers: elementary functions, sigmoid, softmax.

use std::marker::PhantomData;

use super::real::{each, Real};
use super::{over, Kernel, Violation};
use crate::plan::Columns;
use crate::program::{MathFunction, SigmoidForm, SoftmaxForm};
use crate::scratch::{Scratch, Slot};

/// A float type with its elementary functions.
pub trait Functions: Real {
    fn exp(self) -> Self;
    /// The function, or `None` where this precision has none.
    fn function(function: MathFunction) -> Option<fn(Self) -> Self>;
    fn narrow_sum(sum: f64) -> Self;
}

impl Functions for f64 {
    fn exp(self) -> f64 {
        modelpack_math::exp(self)
    }

    fn function(function: MathFunction) -> Option<fn(f64) -> f64> {
        Some(match function {
            MathFunction::Exp => modelpack_math::exp,
            MathFunction::Exp2 => modelpack_math::exp2,
            MathFunction::Expm1 => modelpack_math::expm1,
            MathFunction::Log => modelpack_math::log,
            MathFunction::Log1p => modelpack_math::log1p,
            MathFunction::Log2 => modelpack_math::log2,
            MathFunction::Sqrt => modelpack_math::sqrt,
            MathFunction::Tanh => modelpack_math::tanh,
            MathFunction::Abs => f64::abs,
            MathFunction::Neg => |x| -x,
            MathFunction::Square => |x| x * x,
        })
    }

    fn narrow_sum(sum: f64) -> f64 {
        sum
    }
}

impl Functions for f32 {
    fn exp(self) -> f32 {
        modelpack_math::expf(self)
    }

    fn function(function: MathFunction) -> Option<fn(f32) -> f32> {
        match function {
            MathFunction::Exp => Some(modelpack_math::expf),
            MathFunction::Log => Some(modelpack_math::logf),
            MathFunction::Sqrt => Some(modelpack_math::sqrtf),
            MathFunction::Abs => Some(f32::abs),
            MathFunction::Neg => Some(|x| -x),
            MathFunction::Square => Some(|x| x * x),
            _ => None,
        }
    }

    fn narrow_sum(sum: f64) -> f32 {
        sum as f32
    }
}

/// A function on every cell.
pub struct Elementary<T> {
    name: MathFunction,
    function: fn(T) -> T,
    columns: Vec<(Slot, Slot)>,
}

impl<T: Functions> Elementary<T> {
    pub fn new(input: &Columns, output: &[Slot], name: MathFunction) -> Elementary<T> {
        let function = T::function(name).expect("check admits a function only in a precision that has it");
        Elementary {
            name,
            function,
            columns: input.to(output),
        }
    }
}

impl<T: Functions> Kernel for Elementary<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(from, to) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), self.function);
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over(&format!("{:?}", self.name).to_lowercase(), self.columns.len())
    }
}

pub fn sigmoid<T: Functions>(
    input: &Columns,
    output: &[Slot],
    form: SigmoidForm,
    scale: Option<f64>,
) -> Box<dyn Kernel> {
    let columns = input.to(output);
    match form {
        SigmoidForm::XgboostF32 => Box::new(XgboostSigmoid { columns }),
        SigmoidForm::Lightgbm => {
            let scale = scale.expect("check gives this form its scale");
            Box::new(LightgbmSigmoid { columns, scale })
        }
        SigmoidForm::Expit => Box::new(Expit::<T> {
            columns,
            real: PhantomData,
        }),
    }
}

struct XgboostSigmoid {
    columns: Vec<(Slot, Slot)>,
}

impl Kernel for XgboostSigmoid {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(from, to) in &self.columns {
            each(scratch.map::<f32, f32>(from, to, rows), |x| {
                let x = if 88.7 < -x { 88.7 } else { -x };
                1.0 / (modelpack_math::expf(x) + 1.0 + 1e-16)
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("sigmoid as XGBoost", self.columns.len())
    }
}

struct LightgbmSigmoid {
    columns: Vec<(Slot, Slot)>,
    scale: f64,
}

impl Kernel for LightgbmSigmoid {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        let scale = self.scale;
        for &(from, to) in &self.columns {
            each(scratch.map::<f64, f64>(from, to, rows), |x| {
                1.0 / (1.0 + modelpack_math::exp(-scale * x))
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("sigmoid as LightGBM", self.columns.len())
    }
}

struct Expit<T> {
    columns: Vec<(Slot, Slot)>,
    real: PhantomData<T>,
}

impl<T: Functions> Kernel for Expit<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(from, to) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), |x| T::ONE / (T::ONE + (-x).exp()));
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("expit", self.columns.len())
    }
}

pub struct Softmax<T> {
    form: SoftmaxForm,
    from: Vec<Slot>,
    to: Vec<Slot>,
    real: PhantomData<T>,
}

impl<T: Functions> Softmax<T> {
    pub fn new(input: &Columns, output: &[Slot], form: SoftmaxForm) -> Softmax<T> {
        Softmax {
            form,
            from: input.slots.clone(),
            to: output.to_vec(),
            real: PhantomData,
        }
    }

    fn row(&self, scratch: &mut Scratch<'_>, row: usize, rows: usize) {
        let cell = |scratch: &Scratch<'_>, slot: Slot| scratch.read::<T>(slot, rows)[row];
        let first = cell(scratch, self.from[0]);
        let greatest = self.from.iter().fold(first, |greatest, &slot| {
            let x = cell(scratch, slot);
            if x > greatest {
                x
            } else {
                greatest
            }
        });
        for (&from, &to) in self.from.iter().zip(&self.to) {
            let power = (cell(scratch, from) - greatest).exp();
            scratch.write::<T>(to, rows)[row] = power;
        }
        let power = |column: usize| cell(scratch, self.to[column]);
        let sum = match self.form {
            SoftmaxForm::XgboostF32 | SoftmaxForm::Lightgbm => {
                T::narrow_sum((0..self.to.len()).fold(0.0, |sum, column| sum + power(column).widen()))
            }
            SoftmaxForm::Numpy => numpy_sum(0, self.to.len(), &power),
        };
        for &to in &self.to {
            let power = &mut scratch.write::<T>(to, rows)[row];
            *power = *power / sum;
        }
    }
}

/// numpy's sum of `count` cells from `start`: fewer than 8 in order; up to 128 in eight lanes, the rest in order after them; more
/// as the sum of two halves, the first a multiple of 8 long.
fn numpy_sum<T: Real>(start: usize, count: usize, cell: &impl Fn(usize) -> T) -> T {
    let in_order = |sum: T, range: std::ops::Range<usize>| range.fold(sum, |sum, index| sum + cell(index));
    if count < 8 {
        return in_order(T::ZERO, start..start + count);
    }
    if count > 128 {
        let half = count / 2 - count / 2 % 8;
        return numpy_sum(start, half, cell) + numpy_sum(start + half, count - half, cell);
    }
    let end = start + count - count % 8;
    let mut lanes = [T::ZERO; 8];
    for (lane, sum) in lanes.iter_mut().enumerate() {
        *sum = (start + lane + 8..end)
            .step_by(8)
            .fold(cell(start + lane), |sum, index| sum + cell(index));
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    in_order(((a + b) + (c + d)) + ((e + f) + (g + h)), end..start + count)
}

impl<T: Functions> Kernel for Softmax<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for row in 0..rows {
            self.row(scratch, row, rows);
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("softmax", self.from.len())
    }
}
