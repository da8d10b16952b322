//! Sums, products and quotients with a fitted number or another value.

use std::marker::PhantomData;

use super::numeric::{broadcast, Affine};
use super::real::{each, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::{AffineForm, Arithmetic, Floats};
use crate::scratch::{Scratch, Slot};

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
            real: PhantomData,
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
        let columns = input
            .to(output)
            .into_iter()
            .zip(operands)
            .map(|((from, to), operand)| (from, to, operand));
        Plus {
            columns: columns.collect(),
        }
    }
}

impl<T: Real> Kernel for Plus<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
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
    real: PhantomData<T>,
}

impl<T: Real> Kernel for ByValue<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
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
