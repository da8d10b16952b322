//! What the framework refuses, refused.

use super::categories::table_row;
use super::{over, Kernel, Refusal};
use crate::plan::Columns;
use crate::program::{Kind, Requirement};
use crate::scratch::{Cell, Scratch, Slot};

/// The kernel of a requirement on columns of `input`'s kind.
pub fn require(requirement: &Requirement, input: &Columns) -> Box<dyn Kernel> {
    let columns = input.slots.clone();
    match (requirement, input.kind) {
        (Requirement::Allowed(allowed), _) => {
            let allowed = allowed.clone();
            let size = u32::try_from(allowed.len() - 3).expect("a dictionary's size is a u32");
            let accepts = move |code: i32| allowed[table_row(code, size)] == 1;
            boxed("require allowed categories", columns, accepts)
        }
        (Requirement::Present, Kind::F64) => boxed("require present", columns, |x: f64| !x.is_nan()),
        (Requirement::Present, Kind::F32) => boxed("require present", columns, |x: f32| !x.is_nan()),
        (Requirement::Present, Kind::Code { .. }) => {
            boxed("require present", columns, |code: i32| code != -1 && code != -2)
        }
        (Requirement::Present, Kind::Bool) => boxed("require present", columns, |x: i64| x != 2),
        (Requirement::Present, Kind::I64 | Kind::Time | Kind::Text) => {
            boxed("require present", columns, |x: i64| x != i64::MIN)
        }
        (Requirement::Finite, Kind::F32) => boxed("require finite", columns, |x: f32| x.is_finite()),
        (Requirement::Finite, _) => boxed("require finite", columns, |x: f64| x.is_finite()),
        (Requirement::FiniteOrNan, Kind::F32) => {
            boxed("require finite or NaN", columns, |x: f32| !x.is_infinite())
        }
        (Requirement::FiniteOrNan, _) => boxed("require finite or NaN", columns, |x: f64| !x.is_infinite()),
        (Requirement::FitsF32 { nan }, Kind::F32) => {
            let nan = *nan;
            boxed("require fits f32", columns, move |x: f32| x.is_finite() || (nan && x.is_nan()))
        }
        (Requirement::FitsF32 { nan }, _) => {
            let nan = *nan;
            let accepts = move |x: f64| (x as f32).is_finite() || (nan && x.is_nan());
            boxed("require fits f32", columns, accepts)
        }
    }
}

fn boxed<T, F>(name: &'static str, columns: Vec<Slot>, accepts: F) -> Box<dyn Kernel>
where
    T: Cell + Send + Sync + 'static,
    F: Fn(T) -> bool + Send + Sync + 'static,
{
    Box::new(Require { name, columns, accepts, cell: std::marker::PhantomData })
}

struct Require<T, F> {
    name: &'static str,
    columns: Vec<Slot>,
    accepts: F,
    cell: std::marker::PhantomData<T>,
}

impl<T, F> Kernel for Require<T, F>
where
    T: Cell + Send + Sync,
    F: Fn(T) -> bool + Send + Sync,
{
    /// The first column that refuses, and its first row: exact for one row; a block that fails is run again row by row.
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Refusal> {
        for (column, &slot) in self.columns.iter().enumerate() {
            let cells = scratch.read::<T>(slot, rows);
            // Without an early exit, so that it can run on many rows at once.
            let accepted = cells.iter().fold(true, |all, &cell| all & (self.accepts)(cell));
            if !accepted {
                let row = cells.iter().position(|&cell| !(self.accepts)(cell)).unwrap_or(0);
                return Err(Refusal { row, column });
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over(self.name, self.columns.len())
    }
}
