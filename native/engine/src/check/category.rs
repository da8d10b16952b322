//! Operations that read or make category codes.

use super::operation::{Made, Operation};
use crate::program::{Kind, OpKind, ValueType};
use modelpack_bundle::{Dtype, Result};
use std::collections::HashSet;

/// Rows of a per-code tensor after those of the categories: null, NaN, unseen.
const SPECIAL_ROWS: usize = 3;

impl Operation<'_> {
    /// The categories that a tensor of so many rows knows: no more than the input's dictionary has.
    pub fn code_rows(&self, name: &str, rows: usize) -> Result<u32> {
        let (_, size) = self.code()?;
        match rows.checked_sub(SPECIAL_ROWS) {
            Some(known) if known <= size as usize => Ok(known as u32),
            _ => Err(self.error(format!(
                "the tensor {name} has {rows} rows for {size} categories and {SPECIAL_ROWS}"
            ))),
        }
    }
}

pub fn lookup(op: &Operation) -> Result<Made> {
    let (input, _) = op.code()?;
    let tensor = op.tensor("table")?;
    let [rows, columns] = *tensor.shape else {
        return Err(op.error("the tensor table has not two dimensions"));
    };
    let table = op.of_shape("table", tensor, Dtype::F64, &[rows, columns])?.f64s()?;
    let size = op.code_rows("table", rows)?;
    let value_type = ValueType {
        kind: Kind::F64,
        width: columns,
        sparse: false,
    };
    Ok(Made {
        kind: OpKind::Lookup { table, columns, size },
        value_type,
        features: input.features.clone(),
    })
}

pub fn one_hot(op: &Operation) -> Result<Made> {
    let (input, _) = op.code()?;
    let column = op.vector("column", Dtype::I32)?.i32s()?;
    let size = op.code_rows("column", column.len())?;
    let width = op.of_shape("width", op.tensor("width")?, Dtype::U32, &[1])?.u32s()?[0] as usize;
    if width > column.len() {
        return Err(op.error(format!(
            "{width} columns for {} rows of the tensor column",
            column.len()
        )));
    }
    if let Some(bad) = column
        .iter()
        .find(|&&column| column < -1 || i64::from(column) >= width as i64)
    {
        return Err(op.error(format!("the tensor column holds {bad}, no column of {width}")));
    }
    let value_type = ValueType {
        kind: Kind::F64,
        width,
        sparse: true,
    };
    Ok(Made {
        kind: OpKind::OneHot { column, size, width },
        value_type,
        features: input.features.clone(),
    })
}

pub fn number_code(op: &Operation) -> Result<Made> {
    let input = op.input()?;
    if input.value_type.width != 1 || input.value_type.sparse {
        return Err(op.error("takes one dense column"));
    }
    let (kind, count) = match input.value_type.kind {
        Kind::F64 => {
            let values = op.vector("values", Dtype::F64)?.f64s()?;
            // -0.0 + 0.0 is 0.0, so that equal numbers have equal bits
            distinct(op, values.iter().map(|value| (value + 0.0).to_bits()), values.len())?;
            if values.iter().any(|value| value.is_nan()) {
                return Err(op.error("the tensor values holds NaN"));
            }
            (OpKind::NumberCodeF64(values.clone()), values.len())
        }
        Kind::I64 => {
            let values = op.vector("values", Dtype::I64)?.i64s()?;
            distinct(op, values.iter().map(|&value| value as u64), values.len())?;
            (OpKind::NumberCodeI64(values.clone()), values.len())
        }
        _ => return Err(op.error("takes f64 or i64")),
    };
    let size = i32::try_from(count).map_err(|_| op.error("too many values"))? as u32;
    let value_type = ValueType {
        kind: Kind::Code { size },
        width: 1,
        sparse: false,
    };
    Ok(Made {
        kind,
        value_type,
        features: input.features.clone(),
    })
}

fn distinct(op: &Operation, values: impl Iterator<Item = u64>, count: usize) -> Result<()> {
    if values.collect::<HashSet<_>>().len() == count {
        return Ok(());
    }
    Err(op.error("the tensor values holds a number twice"))
}
