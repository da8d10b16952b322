//! Numbers of one type from those of another, and from none.

use super::real::{each, each_present, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::{Float, Floats, Kind};
use crate::scratch::{Scratch, Slot};

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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
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
        columns: input.to(output),
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
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
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
