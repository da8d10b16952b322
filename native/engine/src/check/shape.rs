//! Operations that move cells or change their type.

use super::operation::{kind_name, Made, Operation};
use crate::program::{Float, Kind, OpKind, Provenance, Value, ValueType};
use modelpack_bundle::{Dtype, Result};

pub fn columns(op: &Operation) -> Result<Made> {
    let of = one_kind(op)?;
    let index = op.vector("index", Dtype::U32)?.u32s()?;
    if let Some(column) = index.iter().find(|&&column| column as usize >= of.width) {
        return Err(op.error(format!("the index names column {column} of {}", of.width)));
    }
    let value_type = ValueType {
        width: index.len(),
        ..of
    };
    let features = provenance(op, index.iter().map(|&column| column as usize));
    Ok(Made {
        kind: OpKind::Columns(index),
        value_type,
        features,
    })
}

pub fn concat(op: &Operation) -> Result<Made> {
    let of = one_kind(op)?;
    Ok(Made {
        kind: OpKind::Concat,
        value_type: of,
        features: provenance(op, 0..of.width),
    })
}

/// The type of all inputs side by side.
fn one_kind(op: &Operation) -> Result<ValueType> {
    let Some((first, rest)) = op.inputs.split_first() else {
        return Err(op.error("takes at least one input"));
    };
    let of = first.value_type;
    if matches!(of.kind, Kind::Code { .. } | Kind::Text) {
        return Err(op.error(format!("does not take {}", kind_name(of.kind))));
    }
    if rest
        .iter()
        .any(|value| (value.value_type.kind, value.value_type.sparse) != (of.kind, of.sparse))
    {
        return Err(op.error("takes inputs of one kind and density"));
    }
    Ok(ValueType {
        width: op.inputs.iter().fold(0, |total, value| total + value.value_type.width),
        ..of
    })
}

/// Where the named columns of the inputs, side by side, come from.
fn provenance(op: &Operation, columns: impl Iterator<Item = usize>) -> Provenance {
    let first = op.inputs[0].features.feature(0);
    if op.inputs.iter().all(|value| value.features == Provenance::All(first)) {
        return Provenance::All(first);
    }
    let starts = starts(&op.inputs);
    let feature = |column: usize| {
        let input = starts.partition_point(|&start| start <= column) - 1;
        op.inputs[input]
            .features
            .feature(column - starts[input])
            .map_or(u32::MAX, |feature| feature as u32)
    };
    Provenance::Each(columns.map(feature).collect())
}

/// The first column of each input.
fn starts(inputs: &[&Value]) -> Vec<usize> {
    let mut starts = Vec::with_capacity(inputs.len());
    inputs.iter().fold(0, |start, value| {
        starts.push(start);
        start + value.value_type.width
    });
    starts
}

pub fn constant(op: &Operation) -> Result<Made> {
    op.no_input()?;
    let tensor = op.tensor("value")?;
    let float = if tensor.dtype == Dtype::F32 {
        Float::F32
    } else {
        Float::F64
    };
    let width = tensor.shape.first().copied().unwrap_or(0);
    let value = op.read_floats("value", tensor, float, &[width])?;
    Ok(Made::mixed(OpKind::Constant(value), float.into(), width))
}

pub fn cast(op: &Operation) -> Result<Made> {
    let input = op.input()?;
    if !matches!(input.value_type.kind, Kind::F64 | Kind::F32 | Kind::I64 | Kind::Bool) {
        return Err(op.error(format!("does not take {}", kind_name(input.value_type.kind))));
    }
    let to = if op.option("to") == "f64" {
        Float::F64
    } else {
        Float::F32
    };
    let mut made = Made::like(input, OpKind::Cast(to));
    made.value_type.kind = to.into();
    Ok(made)
}

pub fn to_sparse(op: &Operation) -> Result<Made> {
    let mut made = Made::like(op.dense()?.0, OpKind::ToSparse);
    made.value_type.sparse = true;
    Ok(made)
}

pub fn to_dense(op: &Operation) -> Result<Made> {
    densified(op, OpKind::ToDense)
}

pub fn absent_to_nan(op: &Operation) -> Result<Made> {
    densified(op, OpKind::AbsentToNan)
}

fn densified(op: &Operation, kind: OpKind) -> Result<Made> {
    let (input, _) = op.floats_input()?;
    if !input.value_type.sparse {
        return Err(op.error("takes a sparse value"));
    }
    let mut made = Made::like(input, kind);
    made.value_type.sparse = false;
    Ok(made)
}
