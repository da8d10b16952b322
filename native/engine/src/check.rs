//! From untrusted bytes to a [`Program`]: a parser that trusts nothing. Whatever comes out of it holds everything that
//! `program.rs` promises, and interpreter and planner never check again.
//!
//! Errors: REQUIRES where a later version might understand what stands there (program version, `math`, an unknown operation),
//! LIMIT where a named limit is exceeded, PROGRAM for everything else, with the index, name and origin of the operation.

mod category;
mod entry;
mod field;
mod forest;
mod limit;
mod missing;
mod model;
mod numeric;
mod operation;
mod shape;
mod table;

use crate::program::{Input, Kind, Op, Program, Provenance, Value, ValueId, ValueType};
use crate::registry::OPS;
use entry::Entry;
use field::{array, fields, integer, malformed, object, text};
use modelpack_bundle::{
    quote, Error, ErrorCode, Feature, FeatureType, Json, Output, OutputType, Result, Schema, TensorFile,
};
use operation::{kind_name, Operation};
use std::collections::{HashMap, HashSet};

#[cfg(test)]
mod tests;

pub use limit::*;

/// Bytes of a value's name.
const MAX_NAME_BYTES: usize = 64;
/// The version of the program's JSON.
const PROGRAM_VERSION: i64 = 1;

/// Checks a program against the schema that it answers and the tensors that were fitted for it.
pub fn check(program: &Json, schema: &Schema, tensors: &TensorFile) -> Result<Program> {
    let [inputs, math, ops, outputs, version, uses] = fields(
        program,
        "the program",
        ["inputs", "math", "ops", "outputs", "program", "uses"],
    )?;
    versions(integer(version, "program")?, integer(math, "math")?)?;
    let uses = known_operations(uses)?;
    let mut checker = Checker::new(schema, tensors);
    for input in array(inputs, "inputs")? {
        checker.input(input)?;
    }
    let ops = array(ops, "ops")?;
    limited(ops.len(), MAX_OPS, "operations")?;
    for (index, op) in ops.iter().enumerate() {
        checker.op(index, op)?;
    }
    checker.all_used(&uses)?;
    let outputs = checker.outputs(outputs)?;
    Ok(Program {
        inputs: checker.inputs,
        values: checker.values,
        ops: checker.ops,
        outputs,
        math: modelpack_math::VERSION,
    })
}

fn versions(program: i64, math: i64) -> Result<()> {
    if program != PROGRAM_VERSION {
        return Err(requires(format!(
            "program version {program}; this version reads {PROGRAM_VERSION}"
        )));
    }
    if math == 0 {
        return Err(Error::new(
            ErrorCode::Requires,
            "the program requires math@0, the C library of the machine that packed it, whose bits differ between machines",
        )
        .with_hint("pack the model again: this version has elementary functions of its own (math@1)"));
    }
    if math != i64::from(modelpack_math::VERSION) {
        return Err(requires(format!(
            "math@{math}; this version has math@{}",
            modelpack_math::VERSION
        )));
    }
    Ok(())
}

fn requires(what: String) -> Error {
    Error::new(ErrorCode::Requires, format!("the program requires {what}"))
        .with_hint("read it with a newer modelpack, or pack the model again")
}

/// The operations that `uses` names: ascending, each known.
fn known_operations(uses: &Json) -> Result<Vec<&str>> {
    let uses = array(uses, "uses")?
        .iter()
        .map(|op| text(op, "an entry of uses"))
        .collect::<Result<Vec<_>>>()?;
    if let Some(op) = uses.iter().find(|op| OPS.iter().all(|spec| spec.name != **op)) {
        return Err(requires(format!("the operation {}", quote(op))));
    }
    if uses.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(malformed("uses is not in ascending order"));
    }
    Ok(uses)
}

/// What has been checked so far.
struct Checker<'a> {
    schema: &'a Schema,
    tensors: &'a TensorFile,
    inputs: Vec<Input>,
    values: Vec<Value>,
    ops: Vec<Op>,
    value_names: HashMap<&'a str, ValueId>,
    features_met: HashSet<usize>,
    ops_met: HashSet<&'static str>,
    tensors_met: HashSet<&'a str>,
    budget: Budget,
}

impl<'a> Checker<'a> {
    fn new(schema: &'a Schema, tensors: &'a TensorFile) -> Checker<'a> {
        Checker {
            schema,
            tensors,
            inputs: vec![],
            values: vec![],
            ops: vec![],
            value_names: HashMap::new(),
            features_met: HashSet::new(),
            ops_met: HashSet::new(),
            tensors_met: HashSet::new(),
            budget: Budget::default(),
        }
    }

    fn input(&mut self, input: &'a Json) -> Result<()> {
        let [feature, value_name] = fields(input, "an input", ["feature", "value"])?;
        let feature = text(feature, "feature of an input")?;
        let Ok(index) = self.schema.feature_index(feature) else {
            let message = format!("an input is {}, no feature of the schema", quote(feature));
            return Err(malformed(message));
        };
        if !self.features_met.insert(index) {
            return Err(malformed(format!("the feature {} is an input twice", quote(feature))));
        }
        let value_type = ValueType {
            kind: kind_of(&self.schema.features[index]),
            width: 1,
            sparse: false,
        };
        let value = Value {
            value_type,
            features: Provenance::All(Some(index)),
        };
        let value = self.define(text(value_name, "value of an input")?, value)?;
        self.inputs.push(Input { feature: index, value });
        Ok(())
    }

    fn op(&mut self, index: usize, op: &'a Json) -> Result<()> {
        let entry = Entry::parse(index, op)?;
        let place = entry.place;
        let mut inputs = Vec::with_capacity(entry.inputs.len());
        for name in &entry.inputs {
            let id = self
                .value_names
                .get(name)
                .ok_or_else(|| place.error(format!("no value {} yet", quote(name))))?;
            inputs.push(*id);
        }
        for (_, tensor) in &entry.tensors {
            if !self.tensors_met.insert(tensor) {
                return Err(place.error(format!("the tensor {} is named twice", quote(tensor))));
            }
        }
        let values: Vec<&Value> = inputs.iter().map(|&id| &self.values[id]).collect();
        self.budget.read(&values)?;
        let (spec, output) = (entry.spec, entry.output);
        let made = table::make(&Operation {
            entry,
            inputs: values,
            file: self.tensors,
        })?;
        let value = Value {
            value_type: made.value_type,
            features: made.features,
        };
        let output = self.define(output, value)?;
        self.ops_met.insert(spec.name);
        self.ops.push(Op {
            kind: made.kind,
            inputs,
            output,
            origin: place.origin.to_string(),
        });
        Ok(())
    }

    /// A value is defined once, under a plain name, and has at least one column.
    fn define(&mut self, name: &'a str, value: Value) -> Result<ValueId> {
        let plain = name.len() <= MAX_NAME_BYTES && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if name.is_empty() || !plain {
            return Err(malformed(format!("{} is no name for a value", quote(name))));
        }
        if value.value_type.width == 0 {
            return Err(malformed(format!("the value {name} has no column")));
        }
        self.budget.define(&value.value_type)?;
        let id = self.values.len();
        if self.value_names.insert(name, id).is_some() {
            return Err(malformed(format!("the value {name} is defined twice")));
        }
        self.values.push(value);
        Ok(id)
    }

    /// `uses` names the operations that stand in the program, and the operations name the tensors that stand in the file.
    fn all_used(&self, uses: &[&str]) -> Result<()> {
        if let Some(op) = uses.iter().find(|op| !self.ops_met.contains(*op)) {
            return Err(malformed(format!("uses names {op}, which does not occur")));
        }
        if let Some(op) = self.ops_met.iter().find(|op| !uses.contains(op)) {
            return Err(malformed(format!("uses does not name {op}, which occurs")));
        }
        match self.tensors.names().find(|tensor| !self.tensors_met.contains(tensor)) {
            Some(tensor) => Err(malformed(format!("no operation names the tensor {}", quote(tensor)))),
            None => Ok(()),
        }
    }

    /// The outputs that the schema states, in its order; no others.
    fn outputs(&self, outputs: &Json) -> Result<Vec<(String, ValueId)>> {
        let outputs = object(outputs, "outputs")?;
        if outputs.len() != self.schema.outputs.len() {
            return Err(malformed(format!(
                "{} outputs, {} in the schema",
                outputs.len(),
                self.schema.outputs.len()
            )));
        }
        let output = |expected: &Output| {
            let Some((_, value)) = outputs.iter().find(|(name, _)| *name == expected.name) else {
                return Err(malformed(format!(
                    "no output {}, which the schema states",
                    expected.name
                )));
            };
            let value = text(value, "an output")?;
            let Some(&id) = self.value_names.get(value) else {
                return Err(malformed(format!("the output {} is no value", quote(value))));
            };
            matches_schema(&self.values[id].value_type, expected)?;
            Ok((expected.name.clone(), id))
        };
        self.schema.outputs.iter().map(output).collect()
    }
}

fn matches_schema(value: &ValueType, expected: &Output) -> Result<()> {
    let kind = kind_of_output(expected.dtype);
    if value.kind != kind || value.width != expected.columns || value.sparse {
        let found = format!(
            "{}{}[{}]",
            if value.sparse { "sparse " } else { "" },
            kind_name(value.kind),
            value.width
        );
        let wanted = format!("{}[{}]", kind_name(kind), expected.columns);
        return Err(malformed(format!(
            "the output {} is {found}, in the schema {wanted}",
            expected.name
        )));
    }
    Ok(())
}

/// What an output is as a value.
pub(crate) fn kind_of_output(dtype: OutputType) -> Kind {
    match dtype {
        OutputType::Float64 => Kind::F64,
        OutputType::Float32 => Kind::F32,
        OutputType::Int64 => Kind::I64,
    }
}

/// What a feature is as a value.
pub(crate) fn kind_of(feature: &Feature) -> Kind {
    match feature.dtype {
        FeatureType::Float64 => Kind::F64,
        FeatureType::Float32 => Kind::F32,
        FeatureType::Int64 => Kind::I64,
        FeatureType::Bool => Kind::Bool,
        FeatureType::Timestamp => Kind::Time,
        FeatureType::String => Kind::Code {
            size: feature
                .dictionary
                .as_ref()
                .map_or(0, |dictionary| dictionary.len() as u32),
        },
    }
}
