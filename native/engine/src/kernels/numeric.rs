//! Arithmetic, element by element.

use super::real::{each, each_present, Real};
use super::{over, Kernel, Violation};
use crate::plan::Columns;
use crate::program::{AffineForm, Arithmetic, Comparison, Float, Floats, Kind};
use crate::scratch::{Scratch, Slot};

/// (input, output) of each column.
fn pairs(input: &Columns, output: &[Slot]) -> Vec<(Slot, Slot)> {
    input.slots.iter().copied().zip(output.iter().copied()).collect()
}

/// A tensor of one number serves every column.
fn broadcast<T: Real>(floats: &Floats, width: usize) -> Vec<T> {
    let values = T::tensor(floats);
    match values.as_slice() {
        [single] => vec![*single; width],
        _ => values,
    }
}

pub struct Constant<T> {
    cells: Vec<(Slot, T)>,
}

impl<T: Real> Constant<T> {
    pub fn new(value: &Floats, output: &[Slot]) -> Constant<T> {
        Constant {
            cells: output.iter().copied().zip(T::tensor(value)).collect(),
        }
    }
}

impl<T: Real> Kernel for Constant<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(slot, value) in &self.cells {
            scratch.write::<T>(slot, rows).fill(value);
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("constant", self.cells.len())
    }
}

pub fn cast(to: Float, input: &Columns, output: &[Slot]) -> Box<dyn Kernel> {
    let cast = Cast {
        to,
        from: input.kind,
        sparse: input.sparse,
        columns: pairs(input, output),
    };
    Box::new(cast)
}

struct Cast {
    to: Float,
    from: Kind,
    sparse: bool,
    columns: Vec<(Slot, Slot)>,
}

impl Cast {
    fn floats<A: Real, B: Real>(&self, columns: (&[A], &mut [B]), function: impl Fn(A) -> B) {
        match self.sparse {
            true => each_present(columns, function),
            false => each(columns, function),
        }
    }
}

impl Kernel for Cast {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(from, to) in &self.columns {
            match (self.from, self.to) {
                (Kind::F64, Float::F32) => self.floats(scratch.map(from, to, rows), |x: f64| x as f32),
                (Kind::F32, Float::F64) => self.floats(scratch.map(from, to, rows), |x: f32| f64::from(x)),
                (Kind::F64, Float::F64) => each(scratch.map(from, to, rows), |x: f64| x),
                (Kind::F32, Float::F32) => each(scratch.map(from, to, rows), |x: f32| x),
                (Kind::Bool, Float::F64) => {
                    each(
                        scratch.map(from, to, rows),
                        |x: i64| if x == 2 { f64::NAN } else { x as f64 },
                    );
                }
                (Kind::Bool, Float::F32) => {
                    each(
                        scratch.map(from, to, rows),
                        |x: i64| if x == 2 { f32::NAN } else { x as f32 },
                    );
                }
                (_, Float::F64) => {
                    each(scratch.map(from, to, rows), |x: i64| {
                        if x == i64::MIN {
                            f64::NAN
                        } else {
                            x as f64
                        }
                    });
                }
                (_, Float::F32) => {
                    each(scratch.map(from, to, rows), |x: i64| {
                        if x == i64::MIN {
                            f32::NAN
                        } else {
                            x as f32
                        }
                    });
                }
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        let to = match self.to {
            Float::F64 => "cast to f64",
            Float::F32 => "cast to f32",
        };
        over(to, self.columns.len())
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
        let columns = pairs(input, output)
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
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
        let columns = pairs(input, output)
            .into_iter()
            .zip(bounds)
            .map(|((from, to), (low, high))| (from, to, low, high));
        Clip {
            columns: columns.collect(),
        }
    }
}

impl<T: Real> Kernel for Clip<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
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

pub fn arithmetic<T: Real>(
    operation: Arithmetic,
    operand: Option<&Floats>,
    inputs: &[Columns],
    output: &[Slot],
) -> Box<dyn Kernel> {
    let Some(operand) = operand else {
        let right = &inputs[1].slots;
        let columns = inputs[0]
            .slots
            .iter()
            .zip(output)
            .enumerate()
            .map(|(column, (&left, &to))| {
                let right = if right.len() == 1 { right[0] } else { right[column] };
                ([left, right], to)
            });
        return Box::new(ByValue::<T> {
            operation,
            columns: columns.collect(),
            real: std::marker::PhantomData,
        });
    };
    let form = match operation {
        Arithmetic::Add => return Box::new(Plus::<T>::new(&inputs[0], output, operand)),
        Arithmetic::Mul => AffineForm::Mul,
        Arithmetic::Div => AffineForm::Div,
    };
    Box::new(Affine::<T>::new(&inputs[0], output, form, operand, None))
}

/// Adds a constant to each column.
struct Plus<T> {
    columns: Vec<(Slot, Slot, T)>,
}

impl<T: Real> Plus<T> {
    fn new(input: &Columns, output: &[Slot], operand: &Floats) -> Plus<T> {
        let operands = broadcast::<T>(operand, output.len());
        let columns = pairs(input, output)
            .into_iter()
            .zip(operands)
            .map(|((from, to), operand)| (from, to, operand));
        Plus {
            columns: columns.collect(),
        }
    }
}

impl<T: Real> Kernel for Plus<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(from, to, operand) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), |x| x + operand);
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("add", self.columns.len())
    }
}

/// Two values, column by column.
struct ByValue<T> {
    operation: Arithmetic,
    columns: Vec<([Slot; 2], Slot)>,
    real: std::marker::PhantomData<T>,
}

impl<T: Real> Kernel for ByValue<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
        for &(from, to) in &self.columns {
            let (left, right, output) = scratch.zip::<T>(from, to, rows);
            let cells = left.iter().zip(right).zip(output);
            match self.operation {
                Arithmetic::Add => cells.for_each(|((&x, &y), out)| *out = x + y),
                Arithmetic::Mul => cells.for_each(|((&x, &y), out)| *out = x * y),
                Arithmetic::Div => cells.for_each(|((&x, &y), out)| *out = x / y),
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("arithmetic of two values", self.columns.len())
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
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
            columns: pairs(input, output),
        }
    }
}

impl<T: Real> Kernel for Compare<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Violation> {
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
