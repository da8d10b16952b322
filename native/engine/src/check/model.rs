//! Weighted sums and the functions that turn a score into an answer.

use super::operation::{Made, Operation};
use crate::program::{Bias, Float, Kind, OpKind, SigmoidForm, SoftmaxForm};
use modelpack_bundle::{Dtype, Result};

pub fn linear(op: &Operation) -> Result<Made> {
    let (input, float) = op.floats_input()?;
    let weight = op.tensor("weight")?;
    let inputs = input.value_type.width;
    let outputs = weight.shape.get(1).copied().unwrap_or(0);
    let weight = op.read_floats("weight", weight, float, &[inputs, outputs])?;
    let bias = match op.option("bias") {
        "none" => Bias::None,
        "first" => Bias::First,
        _ => Bias::Last,
    };
    let bias_values = match bias {
        Bias::None => op.without("bias").map(|()| None)?,
        _ => Some(op.floats("bias", float, &[outputs])?),
    };
    let skip_nan = op.option("nan") == "skip";
    let kind = OpKind::Linear {
        weight,
        inputs,
        outputs,
        bias,
        bias_values,
        skip_nan,
    };
    Ok(Made::mixed(kind, float.into(), outputs))
}

pub fn sigmoid(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    let form = match op.option("form") {
        "xgboost_f32" => SigmoidForm::XgboostF32,
        "lightgbm" => SigmoidForm::Lightgbm,
        _ => SigmoidForm::Expit,
    };
    let scale = match form {
        SigmoidForm::Lightgbm => {
            let scale = op.of_shape("scale", op.tensor("scale")?, Dtype::F64, &[1])?;
            scale.f64s()?.first().copied()
        }
        _ => op.without("scale").map(|()| None)?,
    };
    match form {
        SigmoidForm::XgboostF32 => of_precision(op, float, Float::F32)?,
        SigmoidForm::Lightgbm => of_precision(op, float, Float::F64)?,
        SigmoidForm::Expit => {}
    }
    Ok(Made::like(input, OpKind::Sigmoid { form, scale }))
}

fn of_precision(op: &Operation, found: Float, needed: Float) -> Result<()> {
    if found == needed {
        return Ok(());
    }
    let needed = if needed == Float::F64 { "f64" } else { "f32" };
    Err(op.error(format!("the form {} takes {needed}", op.option("form"))))
}

pub fn softmax(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    let form = match op.option("form") {
        "xgboost_f32" => SoftmaxForm::XgboostF32,
        "lightgbm" => SoftmaxForm::Lightgbm,
        _ => SoftmaxForm::Numpy,
    };
    match form {
        SoftmaxForm::XgboostF32 => of_precision(op, float, Float::F32)?,
        SoftmaxForm::Lightgbm => of_precision(op, float, Float::F64)?,
        SoftmaxForm::Numpy => {}
    }
    Ok(Made::mixed(OpKind::Softmax(form), float.into(), input.value_type.width))
}

pub fn complement(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    if input.value_type.width != 1 {
        return Err(op.error("takes one column"));
    }
    Ok(Made::mixed(OpKind::Complement, float.into(), 2))
}

pub fn row_sum(op: &Operation) -> Result<Made> {
    let (_, float) = op.dense()?;
    Ok(Made::mixed(OpKind::RowSum, float.into(), 1))
}

pub fn normalise_rows(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    Ok(Made::mixed(OpKind::NormaliseRows, float.into(), input.value_type.width))
}

pub fn sort_row(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    Ok(Made::mixed(OpKind::SortRow, float.into(), input.value_type.width))
}

pub fn argmax(op: &Operation) -> Result<Made> {
    op.dense()?;
    Ok(Made::mixed(OpKind::Argmax, Kind::I64, 1))
}
