//! From scores to answers: elementary functions and sigmoid.

use std::marker::PhantomData;

use super::real::{each, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::{MathFunction, SigmoidForm};
use crate::scratch::{Scratch, Slot};

/// A float type with its elementary functions.
pub trait Functions: Real {
    /// e^x of each value, in place.
    fn exp_block(values: &mut [Self]);
    /// 1/(1 + e^-x) of each value, in place.
    fn sigmoid_block(values: &mut [Self]);
    /// The function for many values in place, where there is one.
    fn block(function: MathFunction) -> Option<fn(&mut [Self])>;
    /// The function, or `None` where this precision has none.
    fn function(function: MathFunction) -> Option<fn(Self) -> Self>;
    fn narrow_sum(sum: f64) -> Self;
}

impl Functions for f64 {
    fn exp_block(values: &mut [f64]) {
        modelpack_math::exp_block(values);
    }

    fn sigmoid_block(values: &mut [f64]) {
        modelpack_math::sigmoid_block(values);
    }

    fn block(function: MathFunction) -> Option<fn(&mut [f64])> {
        match function {
            MathFunction::Exp => Some(modelpack_math::exp_block),
            MathFunction::Log => Some(modelpack_math::log_block),
            _ => None,
        }
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
    fn exp_block(values: &mut [f32]) {
        modelpack_math::expf_block(values);
    }

    fn sigmoid_block(values: &mut [f32]) {
        in_place(values, |x| -x);
        modelpack_math::expf_block(values);
        in_place(values, |power| 1.0 / (1.0 + power));
    }

    fn block(function: MathFunction) -> Option<fn(&mut [f32])> {
        match function {
            MathFunction::Exp => Some(modelpack_math::expf_block),
            _ => None,
        }
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

fn in_place<T: Copy>(values: &mut [T], function: impl Fn(T) -> T) {
    for value in values {
        *value = function(*value);
    }
}

/// A function on every cell.
pub struct Elementary<T> {
    name: MathFunction,
    function: fn(T) -> T,
    block: Option<fn(&mut [T])>,
    columns: Vec<(Slot, Slot)>,
}

impl<T: Functions> Elementary<T> {
    pub fn new(input: &Columns, output: &[Slot], name: MathFunction) -> Elementary<T> {
        let function = T::function(name).expect("check admits a function only in a precision that has it");
        Elementary {
            name,
            function,
            block: T::block(name),
            columns: input.to(output),
        }
    }
}

impl<T: Functions> Kernel for Elementary<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to) in &self.columns {
            let (input, output) = scratch.map::<T, T>(from, to, rows);
            match self.block {
                Some(block) => {
                    output.copy_from_slice(input);
                    block(output);
                }
                None => each((input, output), self.function),
            }
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to) in &self.columns {
            let (input, output) = scratch.map::<f32, f32>(from, to, rows);
            each((input, &mut *output), |x: f32| if 88.7 < -x { 88.7 } else { -x });
            modelpack_math::expf_block(output);
            in_place(output, |power| 1.0 / (power + 1.0 + 1e-16));
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        let scale = self.scale;
        for &(from, to) in &self.columns {
            let (input, output) = scratch.map::<f64, f64>(from, to, rows);
            each((input, &mut *output), |x: f64| scale * x);
            f64::sigmoid_block(output);
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to) in &self.columns {
            let (input, output) = scratch.map::<T, T>(from, to, rows);
            output.copy_from_slice(input);
            T::sigmoid_block(output);
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("expit", self.columns.len())
    }
}
