//! Operations on what is missing.

use super::operation::{kind_name, Made, Operation};
use crate::program::{Floats, Kind, MissingTest, OpKind, Requirement};
use modelpack_bundle::{Dtype, Result};

pub fn missing_as(op: &Operation) -> Result<Made> {
    let (input, _) = op.code()?;
    Ok(Made::like(
        input,
        OpKind::MissingAs {
            to_null: op.option("to") == "null",
        },
    ))
}

pub fn require(op: &Operation) -> Result<Made> {
    let input = op.input()?;
    let requirement = match op.option("form") {
        "allowed" => Requirement::Allowed(allowed(op)?),
        form => {
            op.without("allowed")?;
            plain(op, form)?
        }
    };
    Ok(Made::like(input, OpKind::Require(requirement)))
}

fn plain(op: &Operation, form: &str) -> Result<Requirement> {
    if form == "present" {
        return Ok(Requirement::Present);
    }
    op.floats_input()?;
    Ok(match form {
        "finite" => Requirement::Finite,
        "finite_or_nan" => Requirement::FiniteOrNan,
        form => Requirement::FitsF32 {
            nan: form == "fits_f32_or_nan",
        },
    })
}

fn allowed(op: &Operation) -> Result<Vec<u8>> {
    let allowed = op.vector("allowed", Dtype::U8)?.u8s()?;
    op.code_rows("allowed", allowed.len())?;
    if allowed.iter().any(|&flag| flag > 1) {
        return Err(op.error("the tensor allowed holds other numbers than 0 and 1"));
    }
    Ok(allowed)
}

pub fn impute(op: &Operation) -> Result<Made> {
    let input = op.input()?;
    let missing = missing_test(op)?;
    if let Kind::Code { size } = input.value_type.kind {
        let fill = code_tensor(op, "fill")?;
        if fill < -3 || fill >= i64::from(size) {
            return Err(op.error(format!("the tensor fill holds {fill}, no code of {size} categories")));
        }
        return Ok(Made::like(
            input,
            OpKind::ImputeCode {
                missing,
                fill: fill as i32,
            },
        ));
    }
    let (input, float) = op.dense()?;
    let fill = op.floats("fill", float, &[input.value_type.width])?;
    Ok(Made::like(input, OpKind::Impute { missing, fill }))
}

pub fn is_missing(op: &Operation) -> Result<Made> {
    let input = op.input()?;
    match input.value_type.kind {
        Kind::F64 | Kind::F32 => drop(op.dense()?),
        Kind::I64 | Kind::Bool | Kind::Code { .. } => {}
        kind => return Err(op.error(format!("does not take {}", kind_name(kind)))),
    }
    let mut made = Made::like(input, OpKind::IsMissing(missing_test(op)?));
    made.value_type.kind = Kind::F64;
    Ok(made)
}

/// What the only input counts as missing.
fn missing_test(op: &Operation) -> Result<MissingTest> {
    match op.option("missing") {
        "value" => return missing_value(op),
        _ => op.without("value")?,
    }
    Ok(match op.option("missing") {
        "nan" => MissingTest::Nan,
        "null" => MissingTest::Null,
        _ => MissingTest::NanOrNull,
    })
}

fn missing_value(op: &Operation) -> Result<MissingTest> {
    if let Kind::Code { size } = op.input()?.value_type.kind {
        let code = code_tensor(op, "value")?;
        return match u32::try_from(code) {
            Ok(known) if known < size => Ok(MissingTest::Code(code as i32)),
            _ => Err(op.error(format!("the tensor value holds {code}, none of {size} categories"))),
        };
    }
    let (_, float) = op.dense()?;
    let value = match op.floats("value", float, &[1])? {
        Floats::F64(value) => value[0],
        Floats::F32(value) => f64::from(value[0]),
    };
    if value.is_nan() {
        return Err(op.error("the tensor value holds NaN, which equals nothing"));
    }
    Ok(MissingTest::Value(value))
}

/// The one code that a tensor holds.
fn code_tensor(op: &Operation, name: &str) -> Result<i64> {
    let tensor = op.of_shape(name, op.tensor(name)?, Dtype::I32, &[1])?;
    Ok(i64::from(tensor.i32s()?[0]))
}
