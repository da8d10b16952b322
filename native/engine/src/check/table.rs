//! From an operation's name to what checks it.

use super::operation::{Made, Operation};
use super::{category, forest, missing, model, numeric, shape};
use crate::program::Arithmetic;
use modelpack_bundle::{Error, ErrorCode, Result};

/// The operation's kind and the type of what it makes, from its fields.
pub fn make(op: &Operation) -> Result<Made> {
    match op.entry.spec.name {
        "columns@1" => shape::columns(op),
        "concat@1" => shape::concat(op),
        "constant@1" => shape::constant(op),
        "cast@1" => shape::cast(op),
        "to_sparse@1" => shape::to_sparse(op),
        "to_dense@1" => shape::to_dense(op),
        "absent_to_nan@1" => shape::absent_to_nan(op),
        "missing_as@1" => missing::missing_as(op),
        "require@1" => missing::require(op),
        "impute@1" => missing::impute(op),
        "is_missing@1" => missing::is_missing(op),
        "affine@1" => numeric::affine(op),
        "clip@1" => numeric::clip(op),
        "add@1" => numeric::arithmetic(op, Arithmetic::Add),
        "mul@1" => numeric::arithmetic(op, Arithmetic::Mul),
        "div@1" => numeric::arithmetic(op, Arithmetic::Div),
        "math@1" => numeric::math(op),
        "compare@1" => numeric::compare(op),
        "lookup@1" => category::lookup(op),
        "one_hot@1" => category::one_hot(op),
        "number_code@1" => category::number_code(op),
        "forest@1" => forest::forest(op),
        "linear@1" => model::linear(op),
        "sigmoid@1" => model::sigmoid(op),
        "softmax@1" => model::softmax(op),
        "complement@1" => model::complement(op),
        "row_sum@1" => model::row_sum(op),
        "normalise_rows@1" => model::normalise_rows(op),
        "sort_row@1" => model::sort_row(op),
        "argmax@1" => model::argmax(op),
        name => Err(Error::new(
            ErrorCode::Internal,
            format!("{name} is in the registry but not in the checker"),
        )),
    }
}
