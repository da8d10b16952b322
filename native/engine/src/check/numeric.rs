//! Arithmetic, cell by cell.

use super::operation::{Made, Operation};
use crate::program::{AffineForm, Arithmetic, Comparison, Float, Floats, Kind, MathFunction, OpKind, Provenance};
use modelpack_bundle::Result;

pub fn affine(op: &Operation) -> Result<Made> {
    let form = match op.option("form") {
        "sub_div" => AffineForm::SubDiv,
        "mul_add" => AffineForm::MulAdd,
        "sub" => AffineForm::Sub,
        "div" => AffineForm::Div,
        _ => AffineForm::Mul,
    };
    let (input, float) = match form {
        AffineForm::Div | AffineForm::Mul => op.floats_input()?,
        _ => op.dense()?,
    };
    let width = [input.value_type.width];
    let a = op.floats("a", float, &width)?;
    let b = match form {
        AffineForm::SubDiv | AffineForm::MulAdd => Some(op.floats("b", float, &width)?),
        _ => op.without("b").map(|()| None)?,
    };
    Ok(Made::like(input, OpKind::Affine { form, a, b }))
}

pub fn clip(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    let width = [input.value_type.width];
    let (low, high) = (op.floats("low", float, &width)?, op.floats("high", float, &width)?);
    Ok(Made::like(input, OpKind::Clip { low, high }))
}

/// The second operand is a tensor or a value, of the first one's width or of one column.
pub fn arithmetic(op: &Operation, operation: Arithmetic) -> Result<Made> {
    if let [x, y] = op.inputs[..] {
        op.without("operand")?;
        let widths = (x.value_type.width, y.value_type.width);
        if op.dense_value(x)? != op.dense_value(y)? || (widths.1 != 1 && widths.1 != widths.0) {
            return Err(op.error("the second input has neither the first one's type nor one column of it"));
        }
        let mut made = Made::like(
            x,
            OpKind::Arithmetic {
                operation,
                operand: None,
            },
        );
        made.features = Provenance::All(None);
        return Ok(made);
    }
    let (input, float) = op.dense()?;
    let tensor = op.tensor("operand")?;
    let broadcast = tensor.shape == [1];
    let width = if broadcast { 1 } else { input.value_type.width };
    let operand = Some(op.read_floats("operand", tensor, float, &[width])?);
    Ok(Made::like(input, OpKind::Arithmetic { operation, operand }))
}

pub fn math(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    let function = match op.option("function") {
        "exp" => MathFunction::Exp,
        "exp2" => MathFunction::Exp2,
        "expm1" => MathFunction::Expm1,
        "log" => MathFunction::Log,
        "log1p" => MathFunction::Log1p,
        "log2" => MathFunction::Log2,
        "sqrt" => MathFunction::Sqrt,
        "tanh" => MathFunction::Tanh,
        "abs" => MathFunction::Abs,
        "neg" => MathFunction::Neg,
        _ => MathFunction::Square,
    };
    let double_only = [
        MathFunction::Exp2,
        MathFunction::Expm1,
        MathFunction::Log1p,
        MathFunction::Log2,
        MathFunction::Tanh,
    ];
    if float == Float::F32 && double_only.contains(&function) {
        return Err(op.error(format!("{} is not defined in f32", op.option("function"))));
    }
    Ok(Made::like(input, OpKind::Math(function)))
}

pub fn compare(op: &Operation) -> Result<Made> {
    let (input, float) = op.dense()?;
    let comparison = match op.option("comparison") {
        "gt" => Comparison::Gt,
        "ge" => Comparison::Ge,
        "lt" => Comparison::Lt,
        _ => Comparison::Le,
    };
    let constant = match op.floats("constant", float, &[1])? {
        Floats::F64(constant) => constant[0],
        Floats::F32(constant) => f64::from(constant[0]),
    };
    let mut made = Made::like(input, OpKind::Compare { comparison, constant });
    made.value_type.kind = Kind::I64;
    Ok(made)
}
