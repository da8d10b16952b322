//! What the framework refuses, refused.

use super::real::Real;
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::{code_row, Kind, Requirement};
use crate::requirement::{Refused, Violation};
use crate::scratch::{Cell, Scratch, Slot};

/// The kernel of a requirement on columns of `input`'s kind.
pub fn require(requirement: &Requirement, input: &Columns) -> Box<dyn Kernel> {
    match input.kind {
        Kind::F64 => real::<f64>(requirement, input),
        Kind::F32 => real::<f32>(requirement, input),
        Kind::Code { .. } => code(requirement, input),
        Kind::Bool => boxed("require present", input, |x: i64| x != 2, |_| Refused::Missing),
        Kind::I64 | Kind::Time | Kind::Text => {
            boxed("require present", input, |x: i64| x != i64::MIN, |_| Refused::Missing)
        }
    }
}

fn real<T: Real>(requirement: &Requirement, input: &Columns) -> Box<dyn Kernel> {
    let number = |x: T| Refused::Number(x.widen());
    // An absent cell of a sparse column passes every check; to most of them it is a NaN.
    let sparse = input.sparse;
    match requirement {
        Requirement::Finite => boxed(
            "require finite",
            input,
            move |x: T| x.widen().is_finite() || (sparse && x.is_absent()),
            number,
        ),
        Requirement::FiniteOrNan => boxed("require finite or NaN", input, |x: T| !x.widen().is_infinite(), number),
        Requirement::Present => {
            let present = move |x: T| !x.is_nan() || (sparse && x.is_absent());
            boxed("require present", input, present, |_| Refused::Missing)
        }
        Requirement::FitsF32 { nan } => {
            let nan = *nan;
            let fits = move |x: T| (x.widen() as f32).is_finite() || (nan && x.is_nan()) || (sparse && x.is_absent());
            boxed("require fits f32", input, fits, number)
        }
        Requirement::Allowed(_) => unreachable!("check admits codes only"),
    }
}

fn code(requirement: &Requirement, input: &Columns) -> Box<dyn Kernel> {
    let refused = |code: i32| match code {
        -1 | -2 => Refused::Missing,
        _ => Refused::Code(code),
    };
    let Requirement::Allowed(allowed) = requirement else {
        return boxed("require present", input, |code: i32| code != -1 && code != -2, refused);
    };
    let allowed = allowed.clone();
    let size = allowed.len() as u32 - 3;
    boxed(
        "require allowed categories",
        input,
        move |code: i32| allowed[code_row(code, size)] == 1,
        refused,
    )
}

fn boxed<T, A, R>(name: &'static str, input: &Columns, accepts: A, refused: R) -> Box<dyn Kernel>
where
    T: Cell + Send + Sync + 'static,
    A: Fn(T) -> bool + Send + Sync + 'static,
    R: Fn(T) -> Refused + Send + Sync + 'static,
{
    Box::new(Require {
        name,
        columns: input.slots.clone(),
        accepts,
        refused,
        cell: std::marker::PhantomData,
    })
}

struct Require<T, A, R> {
    name: &'static str,
    columns: Vec<Slot>,
    accepts: A,
    refused: R,
    cell: std::marker::PhantomData<T>,
}

impl<T, A, R> Kernel for Require<T, A, R>
where
    T: Cell + Send + Sync,
    A: Fn(T) -> bool + Send + Sync,
    R: Fn(T) -> Refused + Send + Sync,
{
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for (column, &slot) in self.columns.iter().enumerate() {
            let cells = scratch.read::<T>(slot, rows);
            // Without an early exit, so that it can run on many rows at once.
            let accepted = cells.iter().fold(true, |all, &cell| all & (self.accepts)(cell));
            if accepted {
                continue;
            }
            if let Some(&cell) = cells.iter().find(|&&cell| !(self.accepts)(cell)) {
                return Err(Failure::Refused(Violation {
                    column,
                    refused: (self.refused)(cell),
                }));
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over(self.name, self.columns.len())
    }
}
