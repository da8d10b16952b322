//! The reference interpreter: one row at a time, scalar, unfused. It defines every bit of every answer; planner and kernels are
//! tested against it and define nothing.
//!
//! It runs every operation, in the program's order, so a requirement fails whatever outputs the caller wants. It trusts the
//! program (only `check` makes one) and the cells (only admitted ones come here), and nothing else.

mod category;
mod cells;
mod forest;
mod linear;
mod link;
mod missing;
mod numeric;
mod shape;
#[cfg(test)]
mod tests;

use crate::program::{OpKind, Program};
use crate::requirement::{self, Violation};
use modelpack_bundle::{Error, ErrorCode, Result, Schema};

pub use cells::{Cells, OutputCells, Sparse, NAN_F32, NAN_F64};

/// Every output of one row, in the order of the schema's outputs. `cells` holds one admitted cell for each feature of the schema.
/// An error carries feature and origin; its row is the caller's to set.
pub fn run(program: &Program, schema: &Schema, cells: &[u64]) -> Result<Vec<OutputCells>> {
    let mut values: Vec<Option<Cells>> = vec![None; program.values.len()];
    for input in &program.inputs {
        let Some(&cell) = cells.get(input.feature) else {
            return Err(Error::new(
                ErrorCode::WrongShape,
                format!("{} cells for {} features", cells.len(), schema.features.len()),
            ));
        };
        values[input.value] = Some(Cells::input(program.values[input.value].value_type.kind, cell));
    }
    for op in &program.ops {
        let inputs: Vec<&Cells> = op.inputs.iter().map(|&id| defined(&values, id)).collect();
        let output =
            apply(&op.kind, &inputs).map_err(|violation| requirement::error(program, schema, op, &violation))?;
        values[op.output] = Some(output);
    }
    Ok(program
        .outputs
        .iter()
        .map(|(_, id)| defined(&values, *id).output())
        .collect())
}

fn defined(values: &[Option<Cells>], id: usize) -> &Cells {
    values[id]
        .as_ref()
        .expect("a checked program defines each value before its use")
}

/// One operation on one row.
pub fn apply(kind: &OpKind, inputs: &[&Cells]) -> std::result::Result<Cells, Violation> {
    let x = inputs.first().copied();
    let x = || x.expect("a checked operation has its inputs");
    Ok(match kind {
        OpKind::Columns(index) => shape::columns(index, inputs),
        OpKind::Concat => shape::concat(inputs),
        OpKind::Constant(value) => Cells::from(value),
        OpKind::Cast(to) => shape::cast(*to, x()),
        OpKind::ToSparse => shape::to_sparse(x()),
        OpKind::ToDense => shape::to_dense(x()),
        OpKind::AbsentToNan => shape::absent_to_nan(x()),
        OpKind::MissingAs { to_null } => missing::missing_as(*to_null, x()),
        OpKind::Require(requirement) => {
            requirement.verify(x())?;
            x().clone()
        }
        OpKind::Impute { missing, fill } => missing::impute(missing, fill, x()),
        OpKind::ImputeCode { missing, fill } => missing::impute_code(missing, *fill, x()),
        OpKind::IsMissing(missing) => missing::is_missing(missing, x()),
        OpKind::Affine { form, a, b } => numeric::affine(*form, a, b.as_ref(), x()),
        OpKind::Clip { low, high } => numeric::clip(low, high, x()),
        OpKind::Lookup { table, columns, size } => category::lookup(table, *columns, *size, x()),
        OpKind::OneHot { column, size, width } => category::one_hot(column, *size, *width, x()),
        OpKind::NumberCodeF64(values) => category::number_code_f64(values, x()),
        OpKind::NumberCodeI64(values) => category::number_code_i64(values, x()),
        OpKind::Forest(forest) => forest::forest(forest, x()),
        OpKind::Linear {
            weight,
            outputs,
            bias,
            bias_values,
            skip_nan,
            ..
        } => linear::linear(weight, *outputs, *bias, bias_values.as_ref(), *skip_nan, x()),
        OpKind::Arithmetic { operation, operand } => numeric::arithmetic(*operation, operand.as_ref(), inputs),
        OpKind::Math(function) => numeric::math(*function, x()),
        OpKind::Sigmoid { form, scale } => link::sigmoid(*form, *scale, x()),
        OpKind::Softmax(form) => link::softmax(*form, x()),
        OpKind::Complement => link::complement(x()),
        OpKind::RowSum => link::row_sum(x()),
        OpKind::NormaliseRows => link::normalise_rows(x()),
        OpKind::SortRow => link::sort_row(x()),
        OpKind::Argmax => link::argmax(x()),
        OpKind::Compare { comparison, constant } => numeric::compare(*comparison, *constant, x()),
    })
}
