//! Linear models: a sum over inputs in their order.

use super::real::Real;
use super::{Failure, Kernel};
use crate::plan::Columns;
use crate::program::{Bias, Floats};
use crate::scratch::{Scratch, Slot};

pub struct Shape {
    pub outputs: usize,
    pub bias: Bias,
    pub skip_nan: bool,
}

pub struct Linear<T> {
    input: Vec<Slot>,
    output: Vec<Slot>,
    /// For each output its weights, input by input.
    weights: Vec<Vec<T>>,
    first: Vec<T>,
    last: Option<Vec<T>>,
    sparse: bool,
    skip_nan: bool,
}

impl<T: Real> Linear<T> {
    pub fn new(input: &Columns, output: &[Slot], shape: Shape, weight: &Floats, bias: Option<&Floats>) -> Linear<T> {
        let weight = T::tensor(weight);
        let zeros = vec![T::ZERO; shape.outputs];
        let bias = bias.map_or_else(|| zeros.clone(), T::tensor);
        let (first, last) = match shape.bias {
            Bias::None => (zeros, None),
            Bias::First => (bias, None),
            Bias::Last => (zeros, Some(bias)),
        };
        let column = |index: usize| weight.iter().skip(index).step_by(shape.outputs).copied().collect();
        Linear {
            input: input.slots.clone(),
            output: output.to_vec(),
            weights: (0..shape.outputs).map(column).collect(),
            first,
            last,
            sparse: input.sparse,
            skip_nan: shape.skip_nan,
        }
    }

    /// Adds one input's products to a column of sums. A skipped cell adds -0.0, which changes no sum.
    fn accumulate(&self, (cells, sums): (&[T], &mut [T]), weight: T) {
        let rows = cells.iter().zip(sums);
        match (self.skip_nan, self.sparse) {
            (true, _) => rows.for_each(|(&x, sum)| {
                let product = if x.is_nan() { T::NEGATIVE_ZERO } else { x * weight };
                *sum = *sum + product;
            }),
            (false, true) => rows.for_each(|(&x, sum)| {
                let product = if x.is_absent() { T::NEGATIVE_ZERO } else { x * weight };
                *sum = *sum + product;
            }),
            (false, false) => rows.for_each(|(&x, sum)| *sum = *sum + x * weight),
        }
    }
}

impl<T: Real> Kernel for Linear<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for (output, &to) in self.output.iter().enumerate() {
            scratch.write::<T>(to, rows).fill(self.first[output]);
            for (&from, &weight) in self.input.iter().zip(&self.weights[output]) {
                self.accumulate(scratch.map::<T, T>(from, to, rows), weight);
            }
            if let Some(last) = &self.last {
                scratch
                    .write::<T>(to, rows)
                    .iter_mut()
                    .for_each(|sum| *sum = *sum + last[output]);
            }
        }
        Ok(())
    }

    fn memory_bytes(&self) -> usize {
        let weights = self
            .weights
            .iter()
            .map(|weights| size_of_val(&**weights) + size_of::<Vec<T>>());
        weights.fold(0, usize::saturating_add)
    }

    fn describe(&self) -> String {
        let proof = if self.sparse {
            " (proof: a skipped cell adds -0.0)"
        } else {
            ""
        };
        format!("linear {} to {}{proof}", self.input.len(), self.output.len())
    }
}
