//! What a model refuses: where the framework raises, so do we, and name row, feature and step.

use crate::kernels::Failure;
use crate::program::{code_row, Op, OpKind, Program, Requirement};
use crate::reference::Cells;
use modelpack_bundle::{quote, Error, ErrorCode, Feature, Schema};

/// The first cell of a value that a requirement refuses.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    pub column: usize,
    pub refused: Refused,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refused {
    Number(f64),
    Missing,
    Code(i32),
}

impl Requirement {
    /// Whether a float passes, in the precision of the value (an f32 widened).
    pub fn takes_number(&self, x: f64) -> bool {
        match self {
            Requirement::Finite => x.is_finite(),
            Requirement::FiniteOrNan => !x.is_infinite(),
            Requirement::Present => !x.is_nan(),
            Requirement::FitsF32 { nan } => (x as f32).is_finite() || (*nan && x.is_nan()),
            Requirement::Allowed(_) => unreachable!("check admits codes only"),
        }
    }

    /// Whether a code passes.
    pub fn takes_code(&self, code: i32) -> bool {
        match self {
            Requirement::Present => code != -1 && code != -2,
            Requirement::Allowed(allowed) => allowed[code_row(code, allowed.len() as u32 - 3)] == 1,
            _ => unreachable!("check admits numbers only"),
        }
    }

    /// The first refused cell of a value of one row, by column. Absent cells of a sparse value pass.
    pub fn verify(&self, x: &Cells) -> Result<(), Violation> {
        let number = |column: usize, x: f64| match self {
            Requirement::Present if x.is_nan() => Some(Violation {
                column,
                refused: Refused::Missing,
            }),
            _ => (!self.takes_number(x)).then_some(Violation {
                column,
                refused: Refused::Number(x),
            }),
        };
        let code = |column: usize, code: i32| match code {
            -1 | -2 => Violation {
                column,
                refused: Refused::Missing,
            },
            _ => Violation {
                column,
                refused: Refused::Code(code),
            },
        };
        let first_none = |column: Option<usize>| {
            column.map(|column| Violation {
                column,
                refused: Refused::Missing,
            })
        };
        let violation = match x {
            Cells::F64(x) => x.iter().enumerate().find_map(|(i, &x)| number(i, x)),
            Cells::F32(x) => x.iter().enumerate().find_map(|(i, &x)| number(i, x as f64)),
            Cells::SparseF64(x) => x.cells.iter().find_map(|&(i, x)| number(i, x)),
            Cells::SparseF32(x) => x.cells.iter().find_map(|&(i, x)| number(i, x as f64)),
            Cells::I64(x) | Cells::Time(x) => first_none(x.iter().position(Option::is_none)),
            Cells::Bool(x) => first_none(x.iter().position(Option::is_none)),
            Cells::Code(x) => x
                .iter()
                .enumerate()
                .find(|(_, &x)| !self.takes_code(x))
                .map(|(i, &x)| code(i, x)),
        };
        violation.map_or(Ok(()), Err)
    }
}

/// The error of a step that has no answer. Its row is the caller's to set.
#[cold]
pub fn failure(program: &Program, schema: &Schema, step: usize, failure: &Failure) -> Error {
    let (op, violation) = match failure {
        Failure::Refused(violation) => (program.ops.get(step), violation),
        Failure::RefusedBy { op, violation } => {
            let check = program.ops.get(*op);
            (check.filter(|op| matches!(op.kind, OpKind::Require(_))), violation)
        }
        Failure::Engine(why) => return Error::new(ErrorCode::EngineFailed, &**why),
    };
    match op {
        Some(op) => error(program, schema, op, violation),
        None => Error::new(
            ErrorCode::EngineFailed,
            "the engine refuses a cell by an operation that is no check",
        ),
    }
}

/// The error of a violated requirement. Its row is the caller's to set.
#[cold]
pub fn error(program: &Program, schema: &Schema, op: &Op, violation: &Violation) -> Error {
    let provenance = &program.values[op.inputs[0]].features;
    let feature = provenance
        .feature(violation.column)
        .and_then(|index| schema.features.get(index));
    let (code, what) = match violation.refused {
        Refused::Missing => (ErrorCode::Missing, "a missing value".to_string()),
        Refused::Number(x) if x.is_nan() => (ErrorCode::NonFinite, "NaN".to_string()),
        Refused::Number(x) if x.is_infinite() => (ErrorCode::NonFinite, x.to_string()),
        Refused::Number(x) => (ErrorCode::NonFinite, format!("{x:e}, which is too large for float32")),
        Refused::Code(code) => (ErrorCode::Unseen, category(feature, code)),
    };
    let step = quote(&op.origin);
    match feature {
        Some(feature) => {
            let message = format!(
                "feature {}: the model's step {step} refuses {what}",
                quote(&feature.name)
            );
            Error::new(code, message).with_feature(&feature.name)
        }
        None => Error::new(
            code,
            format!(
                "the model's step {step} refuses {what} in its column {}",
                violation.column
            ),
        ),
    }
}

fn category(feature: Option<&Feature>, code: i32) -> String {
    let dictionary = feature.and_then(|feature| feature.dictionary.as_ref());
    match dictionary.and_then(|dictionary| dictionary.text(u32::try_from(code).ok()?)) {
        Some(text) => format!("the category {}", quote(text)),
        None => "a category that training did not see".to_string(),
    }
}
