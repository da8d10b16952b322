//! Softmax, column by column so that the exponentials are taken of whole columns.

use std::marker::PhantomData;
use std::ops::Range;

use super::links::Functions;
use super::real::Real;
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::SoftmaxForm;
use crate::scratch::{Scratch, Slot};

/// So many rows are worked on at once: their greatest cells and sums stay on the stack.
const GROUP: usize = 64;

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

    /// The rows from `start` on, at most a group of them.
    fn group(&self, scratch: &mut Scratch<'_>, start: usize, rows: usize) {
        let range = start..rows.min(start + GROUP);
        let greatest = self.greatest(scratch, range.clone(), rows);
        for (&from, &to) in self.from.iter().zip(&self.to) {
            let (input, output) = scratch.map::<T, T>(from, to, rows);
            let (input, output) = (&input[range.clone()], &mut output[range.clone()]);
            for ((output, &input), &greatest) in output.iter_mut().zip(input).zip(&greatest) {
                *output = input - greatest;
            }
            T::exp_block(output);
        }
        let sums = self.sums(scratch, range.clone(), rows);
        for &to in &self.to {
            for (power, &sum) in scratch.write::<T>(to, rows)[range.clone()].iter_mut().zip(&sums) {
                *power = *power / sum;
            }
        }
    }

    /// Of each row the first cell, or a later one that is greater.
    fn greatest(&self, scratch: &Scratch<'_>, range: Range<usize>, rows: usize) -> [T; GROUP] {
        let mut greatest = [T::ZERO; GROUP];
        greatest[..range.len()].copy_from_slice(&scratch.read::<T>(self.from[0], rows)[range.clone()]);
        for &slot in &self.from[1..] {
            for (greatest, &x) in greatest.iter_mut().zip(&scratch.read::<T>(slot, rows)[range.clone()]) {
                if x > *greatest {
                    *greatest = x;
                }
            }
        }
        greatest
    }

    /// Of each row the sum of its powers, in the order of the form.
    fn sums(&self, scratch: &Scratch<'_>, range: Range<usize>, rows: usize) -> [T; GROUP] {
        let mut sums = [T::ZERO; GROUP];
        for (sum, row) in sums.iter_mut().zip(range) {
            let power = |column: usize| scratch.read::<T>(self.to[column], rows)[row];
            *sum = match self.form {
                SoftmaxForm::XgboostF32 | SoftmaxForm::Lightgbm => {
                    T::narrow_sum((0..self.to.len()).fold(0.0, |sum, column| sum + power(column).widen()))
                }
                SoftmaxForm::Numpy => numpy_sum(0, self.to.len(), &power),
            };
        }
        sums
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for start in (0..rows).step_by(GROUP) {
            self.group(scratch, start, rows);
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("softmax", self.from.len())
    }
}
