//! What runs: one kernel per op, over columns of rows. A family of ops has a file.
//!
//! A kernel gives the bits that the reference interpreter defines, for any number of rows. It allocates nothing.

mod arithmetic;
mod cast;
mod categories;
mod checks;
mod forest;
mod linear;
mod links;
mod missing;
mod numeric;
mod real;
mod rows;
mod softmax;
mod sparse;

use std::fmt::Write;

use crate::plan::Columns;
use crate::program::{Kind, Op, OpKind, Program};
use crate::scratch::{Scratch, Slot};

use crate::requirement::Violation;

/// Why a step has no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The step is a check, which refuses a cell.
    Refused(Violation),
    /// The step does the work of many operations, and the check among them with this index refuses a cell.
    RefusedBy { op: usize, violation: Violation },
    /// An engine other than native fails; it says why.
    Engine(Box<str>),
}

pub trait Kernel: Send + Sync {
    /// What is refused is exact for one row; a block that fails is run again row by row.
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure>;

    /// Cells of temporary memory that `run` wants for blocks of `rows` rows.
    fn temporary_cells(&self, _rows: usize) -> usize {
        0
    }

    /// Memory of what grows with the fitted tensors; small lists of columns are counted elsewhere.
    fn memory_bytes(&self) -> usize {
        0
    }

    /// The step in a line; a rewrite names its proof.
    fn describe(&self) -> String;
}

/// The kernel of an op that is no gather.
pub fn build(program: &Program, op: &Op, inputs: Vec<Columns>, output: Vec<Slot>) -> Box<dyn Kernel> {
    let input = inputs.first();
    let kind = input.map_or(program.values[op.output].value_type.kind, |columns| columns.kind);
    match kind {
        Kind::F32 => build_real::<f32>(op, &inputs, &output),
        _ => build_real::<f64>(op, &inputs, &output),
    }
}

/// `T` is the precision of the first input (of the output where there is none); ops on other kinds do not look at it.
fn build_real<T: links::Functions>(op: &Op, inputs: &[Columns], output: &[Slot]) -> Box<dyn Kernel> {
    match &op.kind {
        OpKind::Columns(_) | OpKind::Concat => unreachable!("a gather only renames columns"),
        OpKind::Constant(value) => Box::new(cast::Constant::<T>::new(value, output)),
        OpKind::Cast(to) => cast::cast(*to, &inputs[0], output),
        OpKind::ToSparse => Box::new(sparse::ToSparse::<T>::new(&inputs[0], output)),
        OpKind::ToDense => Box::new(sparse::FillAbsent::<T>::new(&inputs[0], output, T::ZERO)),
        OpKind::AbsentToNan => Box::new(sparse::FillAbsent::<T>::new(&inputs[0], output, T::NAN)),
        OpKind::MissingAs { to_null } => Box::new(missing::MissingAs::new(&inputs[0], output, *to_null)),
        OpKind::Require(requirement) => checks::require(requirement, &inputs[0]),
        OpKind::Impute { missing, fill } => Box::new(missing::Impute::<T>::new(&inputs[0], output, missing, fill)),
        OpKind::ImputeCode { missing, fill } => missing::impute_code(&inputs[0], output, missing, *fill),
        OpKind::IsMissing(test) => missing::is_missing(&inputs[0], output, test),
        OpKind::Affine { form, a, b } => Box::new(numeric::Affine::<T>::new(&inputs[0], output, *form, a, b.as_ref())),
        OpKind::Clip { low, high } => Box::new(numeric::Clip::<T>::new(&inputs[0], output, low, high)),
        OpKind::Lookup { table, columns, size } => {
            Box::new(categories::Lookup::new(&inputs[0], output, table, *columns, *size))
        }
        OpKind::OneHot { column, size, .. } => Box::new(categories::OneHot::new(&inputs[0], output, column, *size)),
        OpKind::NumberCodeF64(values) => Box::new(categories::NumberCode::new(&inputs[0], output, values)),
        OpKind::NumberCodeI64(values) => Box::new(categories::IntegerCode::new(&inputs[0], output, values)),
        OpKind::Forest(forest) => forest::build(forest, &inputs[0], output),
        OpKind::Linear {
            weight,
            outputs,
            bias,
            bias_values,
            skip_nan,
            ..
        } => {
            let shape = linear::Shape {
                outputs: *outputs,
                bias: *bias,
                skip_nan: *skip_nan,
            };
            Box::new(linear::Linear::<T>::new(
                &inputs[0],
                output,
                shape,
                weight,
                bias_values.as_ref(),
            ))
        }
        OpKind::Arithmetic { operation, operand } => {
            arithmetic::arithmetic::<T>(*operation, operand.as_ref(), inputs, output)
        }
        OpKind::Math(function) => Box::new(links::Elementary::<T>::new(&inputs[0], output, *function)),
        OpKind::Sigmoid { form, scale } => links::sigmoid::<T>(&inputs[0], output, *form, *scale),
        OpKind::Softmax(form) => Box::new(softmax::Softmax::<T>::new(&inputs[0], output, *form)),
        OpKind::Complement => Box::new(numeric::Complement::<T>::new(&inputs[0], output)),
        OpKind::RowSum => Box::new(rows::RowSum::<T>::new(&inputs[0], output)),
        OpKind::NormaliseRows => Box::new(rows::NormaliseRows::<T>::new(&inputs[0], output)),
        OpKind::SortRow => Box::new(rows::SortRow::<T>::new(&inputs[0], output)),
        OpKind::Argmax => Box::new(rows::Argmax::<T>::new(&inputs[0], output)),
        OpKind::Compare { comparison, constant } => {
            Box::new(numeric::Compare::<T>::new(&inputs[0], output, *comparison, *constant))
        }
    }
}

/// `name over n columns`.
fn over(name: &str, columns: usize) -> String {
    let mut text = String::from(name);
    // Writing to a String cannot fail.
    let _ = write!(text, " over {columns} column{}", if columns == 1 { "" } else { "s" });
    text
}
