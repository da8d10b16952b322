//! Ops that look along a row.

use std::marker::PhantomData;

use super::real::Real;
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::scratch::{Scratch, Slot};

/// Sums each row of `from` into `to`, from the first column on, in order.
pub fn sum_rows<T: Real>(scratch: &mut Scratch<'_>, from: &[Slot], to: Slot, rows: usize) {
    let Some((&first, others)) = from.split_first() else {
        scratch.write::<T>(to, rows).fill(T::ZERO);
        return;
    };
    let (cells, sums) = scratch.map::<T, T>(first, to, rows);
    sums.copy_from_slice(cells);
    for &slot in others {
        let (cells, sums) = scratch.map::<T, T>(slot, to, rows);
        cells.iter().zip(sums).for_each(|(&x, sum)| *sum = *sum + x);
    }
}

pub struct RowSum<T> {
    from: Vec<Slot>,
    to: Slot,
    real: PhantomData<T>,
}

impl<T: Real> RowSum<T> {
    pub fn new(input: &Columns, output: &[Slot]) -> RowSum<T> {
        RowSum {
            from: input.slots.clone(),
            to: output[0],
            real: PhantomData,
        }
    }
}

impl<T: Real> Kernel for RowSum<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        sum_rows::<T>(scratch, &self.from, self.to, rows);
        Ok(())
    }

    fn describe(&self) -> String {
        over("row sum", self.from.len())
    }
}

pub struct NormaliseRows<T> {
    from: Vec<Slot>,
    to: Vec<Slot>,
    real: PhantomData<T>,
}

impl<T: Real> NormaliseRows<T> {
    pub fn new(input: &Columns, output: &[Slot]) -> NormaliseRows<T> {
        NormaliseRows {
            from: input.slots.clone(),
            to: output.to_vec(),
            real: PhantomData,
        }
    }
}

impl<T: Real> Kernel for NormaliseRows<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        // The last column holds the sums until its own quotients, which come last, take their place.
        let Some(&sums) = self.to.last() else { return Ok(()) };
        sum_rows::<T>(scratch, &self.from, sums, rows);
        for (&from, &to) in self.from.iter().zip(&self.to).take(self.to.len() - 1) {
            let (cells, sum, quotients) = scratch.zip::<T>([from, sums], to, rows);
            cells
                .iter()
                .zip(sum)
                .zip(quotients)
                .for_each(|((&x, &sum), quotient)| *quotient = x / sum);
        }
        let last = self.from[self.from.len() - 1];
        let (cells, sum) = scratch.map::<T, T>(last, sums, rows);
        cells.iter().zip(sum).for_each(|(&x, sum)| *sum = x / *sum);
        Ok(())
    }

    fn describe(&self) -> String {
        over("normalise rows", self.from.len())
    }
}

pub struct SortRow<T> {
    from: Vec<Slot>,
    to: Vec<Slot>,
    real: PhantomData<T>,
}

impl<T: Real> SortRow<T> {
    pub fn new(input: &Columns, output: &[Slot]) -> SortRow<T> {
        SortRow {
            from: input.slots.clone(),
            to: output.to_vec(),
            real: PhantomData,
        }
    }
}

impl<T: Real> Kernel for SortRow<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        // By insertion: each column finds its place among those before it, which stand in order already.
        for row in 0..rows {
            for (column, &slot) in self.from.iter().enumerate() {
                let x = scratch.read::<T>(slot, rows)[row];
                let mut place = column;
                while place > 0 {
                    let before = scratch.read::<T>(self.to[place - 1], rows)[row];
                    if !(before > x || (before.is_nan() && !x.is_nan())) {
                        break;
                    }
                    scratch.write::<T>(self.to[place], rows)[row] = before;
                    place -= 1;
                }
                scratch.write::<T>(self.to[place], rows)[row] = x;
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("sort each row", self.from.len())
    }
}

pub struct Argmax<T> {
    from: Vec<Slot>,
    to: Slot,
    real: PhantomData<T>,
}

impl<T: Real> Argmax<T> {
    pub fn new(input: &Columns, output: &[Slot]) -> Argmax<T> {
        Argmax {
            from: input.slots.clone(),
            to: output[0],
            real: PhantomData,
        }
    }

    fn best(&self, scratch: &Scratch<'_>, row: usize, rows: usize) -> i64 {
        let mut best = (0, scratch.read::<T>(self.from[0], rows)[row]);
        for (column, &slot) in self.from.iter().enumerate().skip(1) {
            if best.1.is_nan() {
                break;
            }
            let x = scratch.read::<T>(slot, rows)[row];
            if x > best.1 || x.is_nan() {
                best = (column, x);
            }
        }
        best.0 as i64
    }
}

impl<T: Real> Kernel for Argmax<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for row in 0..rows {
            let best = self.best(scratch, row, rows);
            scratch.write::<i64>(self.to, rows)[row] = best;
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("argmax", self.from.len())
    }
}
