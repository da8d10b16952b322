//! The engine `onnx`: the model as an ONNX file, answered by ONNX Runtime's shared library, which is found at run time.
//!
//! The library is a large parser of C++. So it reads only what a verified bundle holds, where the policy permits it, and what a
//! walk over the file has found to reach for nothing else.

mod description;
mod feed;
mod guard;
mod kernel;
mod places;
mod runtime;
mod session;

use modelpack_bundle::{quote, Bundle, Error, ErrorCode, Result, Schema};

use crate::check::{kind_of, kind_of_output};
use crate::plan::Plan;
use crate::program::{Input, Kind, Program, Provenance, Value, ValueType};
use crate::scratch::Slot;
use description::Description;
use feed::{Column, Feed};
use kernel::{Answer, OnnxKernel};
use session::Session;

pub use places::Places;

/// The name in bundle.json and in trust policies.
pub const ONNX: &str = "onnx";

const MODEL: &str = "models/main/model.onnx";
/// What this version knows of what bundles ask of a reader that runs the engine.
const KNOWN: &str = "onnx@1";

/// The plan that asks ONNX Runtime after the program's own checks. The engine must be permitted: `Predictor::new` asks.
pub fn plan(bundle: &Bundle, program: &Program, places: &Places) -> Result<Plan> {
    check_requires(bundle)?;
    let schema = bundle.schema();
    let model = bundle.read_member(MODEL)?;
    let description = judged(&model, &bundle.read_member(description::MEMBER)?, schema)?;
    let runtime = runtime::find(places)?;
    let session = Session::new(&runtime, &model).map_err(|why| {
        let message = format!("ONNX Runtime {} refuses the model: {why}", runtime.version);
        Error::new(ErrorCode::Engine, message).with_hint("use a newer ONNX Runtime, or another engine")
    })?;
    Plan::after_checks(program, |inputs, outputs| {
        let kernel = kernel_of(session, description, program, schema, inputs, outputs)?;
        Ok(Box::new(kernel))
    })
}

/// Whether ONNX Runtime may read the model, and whether the description fits the schema.
pub fn check(model: &[u8], description: &[u8], schema: &Schema) -> Result<()> {
    judged(model, description, schema).map(|_| ())
}

fn judged(model: &[u8], description: &[u8], schema: &Schema) -> Result<Description> {
    let description = Description::parse(description, schema)?;
    guard::check(model)?;
    Ok(description)
}

/// Of a bundle that has no program: what stands around one, with no operation in it.
pub fn bare_program(schema: &Schema) -> Program {
    let value = |kind, width, feature| Value {
        value_type: ValueType {
            kind,
            width,
            sparse: false,
        },
        features: Provenance::All(feature),
    };
    let mut values = Vec::new();
    let mut inputs = Vec::new();
    for (index, feature) in schema.features.iter().enumerate() {
        inputs.push(Input {
            feature: index,
            value: values.len(),
        });
        values.push(value(kind_of(feature), 1, Some(index)));
    }
    let mut outputs = Vec::new();
    for output in &schema.outputs {
        outputs.push((output.name.clone(), values.len()));
        values.push(value(kind_of_output(output.dtype), output.columns, None));
    }
    Program {
        inputs,
        values,
        ops: Vec::new(),
        outputs,
        math: 1,
    }
}

fn check_requires(bundle: &Bundle) -> Result<()> {
    let engine = bundle.engines().iter().find(|engine| engine.name == ONNX);
    match engine.and_then(|engine| engine.requires.iter().find(|name| *name != KNOWN)) {
        None => Ok(()),
        Some(unknown) => {
            let message = format!(
                "the engine onnx requires {}, which this version does not know",
                quote(unknown)
            );
            Err(Error::new(ErrorCode::Requires, message).with_hint("update modelpack"))
        }
    }
}

/// `inputs`: slots of the program's inputs; `outputs`: of each output's columns, one after the other.
fn kernel_of(
    session: Session,
    description: Description,
    program: &Program,
    schema: &Schema,
    inputs: &[Slot],
    outputs: &[Slot],
) -> Result<OnnxKernel> {
    let mut columns: Vec<Option<Column>> = vec![None; schema.features.len()];
    for (input, &slot) in program.inputs.iter().zip(inputs) {
        let kind: Kind = program.values[input.value].value_type.kind;
        columns[input.feature] = Some(Column { kind, slot });
    }
    let mut feeds = Vec::with_capacity(description.inputs.len());
    let mut input_names = Vec::with_capacity(description.inputs.len());
    for input in description.inputs {
        let own: Option<Vec<Column>> = input.features.iter().map(|&feature| columns[feature]).collect();
        let own = own.ok_or_else(|| {
            Error::new(
                ErrorCode::Program,
                "the ONNX model reads a feature that the program does not read",
            )
        })?;
        input_names.push(input.name.clone());
        feeds.push(Feed::new(input, own, schema)?);
    }
    let mut rest = outputs.iter().copied();
    let answers = schema
        .outputs
        .iter()
        .map(|output| Answer {
            dtype: output.dtype,
            slots: rest.by_ref().take(output.columns).collect(),
        })
        .collect();
    Ok(OnnxKernel {
        session,
        feeds,
        input_names,
        answers,
        output_names: description.outputs,
    })
}
