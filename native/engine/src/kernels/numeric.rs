//! Arithmetic, element by element.

use super::real::{each, each_present, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::{AffineForm, Comparison, Floats};
use crate::scratch::{Scratch, Slot};

/// A tensor of one number serves every column.
pub fn broadcast<T: Real>(floats: &Floats, width: usize) -> Vec<T> {
    let values = T::tensor(floats);
    match values.as_slice() {
        [single] => vec![*single; width],
        _ => values,
    }
}

pub struct Affine<T> {
    form: AffineForm,
    sparse: bool,
    /// Input, output, a, b (1 where the form has none).
    columns: Vec<(Slot, Slot, T, T)>,
}

impl<T: Real> Affine<T> {
    pub fn new(input: &Columns, output: &[Slot], form: AffineForm, a: &Floats, b: Option<&Floats>) -> Affine<T> {
        let width = output.len();
        let a = broadcast::<T>(a, width);
        let b = b.map_or_else(|| vec![T::ONE; width], |b| broadcast::<T>(b, width));
        let numbers = a.into_iter().zip(b);
        let columns = input
            .to(output)
            .into_iter()
            .zip(numbers)
            .map(|((from, to), (a, b))| (from, to, a, b));
        Affine {
            form,
            sparse: input.sparse,
            columns: columns.collect(),
        }
    }

    fn apply(&self, columns: (&[T], &mut [T]), function: impl Fn(T) -> T) {
        match self.sparse {
            true => each_present(columns, function),
            false => each(columns, function),
        }
    }
}

impl<T: Real> Kernel for Affine<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to, a, b) in &self.columns {
            let columns = scratch.map::<T, T>(from, to, rows);
            match self.form {
                AffineForm::SubDiv => self.apply(columns, |x| (x - a) / b),
                AffineForm::MulAdd => self.apply(columns, |x| x * a + b),
                AffineForm::Sub => self.apply(columns, |x| x - a),
                AffineForm::Div => self.apply(columns, |x| x / a),
                AffineForm::Mul => self.apply(columns, |x| x * a),
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("affine", self.columns.len())
    }
}

pub struct Clip<T> {
    /// Input, output, low, high.
    columns: Vec<(Slot, Slot, T, T)>,
}

impl<T: Real> Clip<T> {
    pub fn new(input: &Columns, output: &[Slot], low: &Floats, high: &Floats) -> Clip<T> {
        let width = output.len();
        let bounds = broadcast::<T>(low, width).into_iter().zip(broadcast::<T>(high, width));
        let columns = input
            .to(output)
            .into_iter()
            .zip(bounds)
            .map(|((from, to), (low, high))| (from, to, low, high));
        Clip {
            columns: columns.collect(),
        }
    }
}

impl<T: Real> Kernel for Clip<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to, low, high) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), |x| {
                let raised = if x < low { low } else { x };
                if raised > high {
                    high
                } else {
                    raised
                }
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("clip", self.columns.len())
    }
}

pub struct Complement<T> {
    from: Slot,
    to: [Slot; 2],
    real: std::marker::PhantomData<T>,
}

impl<T: Real> Complement<T> {
    pub fn new(input: &Columns, output: &[Slot]) -> Complement<T> {
        Complement {
            from: input.slots[0],
            to: [output[0], output[1]],
            real: std::marker::PhantomData,
        }
    }
}

impl<T: Real> Kernel for Complement<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        each(scratch.map::<T, T>(self.from, self.to[0], rows), |x| T::ONE - x);
        each(scratch.map::<T, T>(self.from, self.to[1], rows), |x| x);
        Ok(())
    }

    fn describe(&self) -> String {
        String::from("complement")
    }
}

pub struct Compare<T> {
    comparison: Comparison,
    constant: T,
    columns: Vec<(Slot, Slot)>,
}

impl<T: Real> Compare<T> {
    pub fn new(input: &Columns, output: &[Slot], comparison: Comparison, constant: f64) -> Compare<T> {
        Compare {
            comparison,
            constant: T::narrow(constant),
            columns: input.to(output),
        }
    }
}

impl<T: Real> Kernel for Compare<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        let constant = self.constant;
        for &(from, to) in &self.columns {
            let columns = scratch.map::<T, i64>(from, to, rows);
            match self.comparison {
                Comparison::Gt => each(columns, |x| i64::from(x > constant)),
                Comparison::Ge => each(columns, |x| i64::from(x >= constant)),
                Comparison::Lt => each(columns, |x| i64::from(x < constant)),
                Comparison::Le => each(columns, |x| i64::from(x <= constant)),
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("compare", self.columns.len())
    }
}
