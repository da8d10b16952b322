//! Into and out of sparse columns.

use std::marker::PhantomData;

use super::real::{each, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::scratch::{Scratch, Slot};

pub struct ToSparse<T> {
    columns: Vec<(Slot, Slot)>,
    real: PhantomData<T>,
}

impl<T: Real> ToSparse<T> {
    pub fn new(input: &Columns, output: &[Slot]) -> ToSparse<T> {
        ToSparse {
            columns: input.to(output),
            real: PhantomData,
        }
    }
}

impl<T: Real> Kernel for ToSparse<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), |x| {
                if x == T::ZERO {
                    T::ABSENT
                } else if x.is_nan() {
                    T::NAN
                } else {
                    x
                }
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("to sparse", self.columns.len())
    }
}

/// Gives absent cells a value.
pub struct FillAbsent<T> {
    columns: Vec<(Slot, Slot)>,
    fill: T,
}

impl<T: Real> FillAbsent<T> {
    pub fn new(input: &Columns, output: &[Slot], fill: T) -> FillAbsent<T> {
        FillAbsent {
            columns: input.to(output),
            fill,
        }
    }
}

impl<T: Real> Kernel for FillAbsent<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        let fill = self.fill;
        for &(from, to) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), |x| {
                if x.is_absent() {
                    fill
                } else {
                    x
                }
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over(
            if self.fill.is_nan() {
                "absent to NaN"
            } else {
                "to dense"
            },
            self.columns.len(),
        )
    }
}
