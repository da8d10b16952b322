//! One operation as it stands in the program: its fields, and access to its inputs, options and tensors that refuses whatever
//! the registry or the caller does not expect.

use super::field::{array, malformed, object, text};
use super::{category, forest, missing, model, numeric, shape};
use crate::program::{Arithmetic, Float, Floats, Kind, OpKind, Provenance, Value, ValueType};
use crate::registry::{OpSpec, OPS};
use modelpack_bundle::{quote, Dtype, Error, ErrorCode, Json, Result, Tensor, TensorFile};

/// Bytes of an operation's origin.
const MAX_ORIGIN_BYTES: usize = 1024;

/// The fields that every operation has; all others are options.
const COMMON: [&str; 5] = ["in", "op", "origin", "out", "tensors"];

/// The operation's kind and the type of what it makes, from its fields.
pub fn make(op: &Operation) -> Result<Made> {
    match op.fields.spec.name {
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
        "argmax@1" => model::argmax(op),
        name => Err(Error::new(
            ErrorCode::Internal,
            format!("{name} is in the registry but not in the checker"),
        )),
    }
}

/// What an operation makes.
pub struct Made {
    pub kind: OpKind,
    pub value_type: ValueType,
    pub features: Provenance,
}

/// Where an error lies.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub index: usize,
    pub op: &'a str,
    pub origin: &'a str,
}

impl Place<'_> {
    pub fn error(&self, message: impl std::fmt::Display) -> Error {
        let origin = if self.origin.is_empty() {
            String::new()
        } else {
            format!(", from {}", quote(self.origin))
        };
        malformed(format!("operation {} ({}{origin}): {message}", self.index, self.op))
    }
}

/// An operation's fields, checked against the registry; inputs and output are still names.
pub struct Fields<'a> {
    pub place: Place<'a>,
    pub spec: &'static OpSpec,
    pub inputs: Vec<&'a str>,
    pub output: &'a str,
    options: Vec<(&'static str, &'static str)>,
    /// The registry's name, the file's name.
    pub tensors: Vec<(&'static str, &'a str)>,
}

impl<'a> Fields<'a> {
    pub fn parse(index: usize, json: &'a Json) -> Result<Fields<'a>> {
        let what = format!("operation {index}");
        let entries = object(json, &what)?;
        let field = |key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, value)| value);
        let required = |key: &str| field(key).ok_or_else(|| malformed(format!("{what} has no field {key}")));
        let op = text(required("op")?, &format!("op of {what}"))?;
        let Some(spec) = OPS.iter().find(|spec| spec.name == op) else {
            return Err(malformed(format!("{what} is {}, which uses does not name", quote(op))));
        };
        let origin = text(required("origin")?, &format!("origin of {what}"))?;
        if origin.len() > MAX_ORIGIN_BYTES {
            return Err(malformed(format!(
                "origin of {what} is longer than {MAX_ORIGIN_BYTES} bytes"
            )));
        }
        let place = Place {
            index,
            op: spec.name,
            origin,
        };
        let inputs = array(required("in")?, "in")?
            .iter()
            .map(|name| text(name, "an input"))
            .collect::<Result<_>>()?;
        let [output] = array(required("out")?, "out")? else {
            return Err(place.error("out does not hold one name"));
        };
        let options = options(place, spec, entries)?;
        let tensors = field("tensors").map_or(Ok(vec![]), |json| tensors(place, spec, json))?;
        if let Some((name, _)) = spec
            .tensors
            .iter()
            .find(|(name, must)| *must && tensors.iter().all(|(n, _)| n != name))
        {
            return Err(place.error(format!("the tensor {name} is not there")));
        }
        Ok(Fields {
            place,
            spec,
            inputs,
            output: text(output, "out")?,
            options,
            tensors,
        })
    }
}

/// Every option of the registry, with one of its values, and nothing else beside the common fields.
fn options(
    place: Place,
    spec: &'static OpSpec,
    entries: &[(String, Json)],
) -> Result<Vec<(&'static str, &'static str)>> {
    let own = || entries.iter().filter(|(key, _)| !COMMON.contains(&key.as_str()));
    if let Some((key, _)) = own().find(|(key, _)| spec.options.iter().all(|(name, _)| name != key)) {
        return Err(place.error(format!("unknown field {}", quote(key))));
    }
    let option = |(name, values): &(&'static str, &'static [&'static str])| {
        let Some((_, value)) = own().find(|(key, _)| key == name) else {
            return Err(place.error(format!("the option {name} is not there")));
        };
        let value = text(value, name)?;
        match values.iter().find(|known| **known == value) {
            Some(known) => Ok((*name, *known)),
            None => Err(place.error(format!("the option {name} has the unknown value {}", quote(value)))),
        }
    };
    spec.options.iter().map(option).collect()
}

fn tensors<'a>(place: Place, spec: &'static OpSpec, json: &'a Json) -> Result<Vec<(&'static str, &'a str)>> {
    let entries = object(json, "tensors")?;
    if entries.is_empty() {
        return Err(place.error("tensors is empty; it is left out then"));
    }
    let tensor = |(key, value): &'a (String, Json)| match spec.tensors.iter().find(|(name, _)| name == key) {
        Some((name, _)) => Ok((*name, text(value, name)?)),
        None => Err(place.error(format!("unknown tensor {}", quote(key)))),
    };
    entries.iter().map(tensor).collect()
}

/// An operation with its input values and the file of its tensors.
pub struct Operation<'a> {
    pub fields: Fields<'a>,
    pub inputs: Vec<&'a Value>,
    pub file: &'a TensorFile,
}

impl<'a> Operation<'a> {
    pub fn error(&self, message: impl std::fmt::Display) -> Error {
        self.fields.place.error(message)
    }

    /// The value of an option; the registry has it, so it is there.
    pub fn option(&self, name: &str) -> &'static str {
        let option = self.fields.options.iter().find(|(key, _)| *key == name);
        option.expect("only options of the registry are asked for").1
    }

    pub fn no_input(&self) -> Result<()> {
        self.inputs
            .is_empty()
            .then_some(())
            .ok_or_else(|| self.error("takes no input"))
    }

    pub fn input(&self) -> Result<&'a Value> {
        match self.inputs[..] {
            [input] => Ok(input),
            _ => Err(self.error(format!("takes one input, not {}", self.inputs.len()))),
        }
    }

    /// The only input, with its precision: floats, each cell there.
    pub fn dense(&self) -> Result<(&'a Value, Float)> {
        let input = self.input()?;
        Ok((input, self.dense_value(input)?))
    }

    pub fn dense_value(&self, value: &Value) -> Result<Float> {
        if value.value_type.sparse {
            return Err(self.error("takes dense values only"));
        }
        self.float_value(value)
    }

    /// The only input, with its precision: floats, sparse or dense.
    pub fn floats_input(&self) -> Result<(&'a Value, Float)> {
        let input = self.input()?;
        Ok((input, self.float_value(input)?))
    }

    fn float_value(&self, value: &Value) -> Result<Float> {
        match value.value_type.kind {
            Kind::F64 => Ok(Float::F64),
            Kind::F32 => Ok(Float::F32),
            kind => Err(self.error(format!("takes floats, not {}", kind_name(kind)))),
        }
    }

    /// The only input, one code, with the size of its dictionary.
    pub fn code(&self) -> Result<(&'a Value, u32)> {
        let input = self.input()?;
        match input.value_type.kind {
            Kind::Code { size } => Ok((input, size)),
            kind => Err(self.error(format!("takes a code, not {}", kind_name(kind)))),
        }
    }

    fn has_tensor(&self, name: &str) -> Option<&'a str> {
        debug_assert!(self.fields.spec.tensors.iter().any(|(known, _)| *known == name));
        self.fields
            .tensors
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, tensor)| *tensor)
    }

    /// A tensor, if the operation names one so; it must be in the file.
    pub fn optional(&self, name: &str) -> Result<Option<Tensor<'a>>> {
        let Some(file_name) = self.has_tensor(name) else {
            return Ok(None);
        };
        match self.file.get(file_name) {
            Some(tensor) => Ok(Some(tensor)),
            None => Err(self.error(format!("the tensor {} ({name}) is not in the file", quote(file_name)))),
        }
    }

    pub fn tensor(&self, name: &str) -> Result<Tensor<'a>> {
        self.optional(name)?
            .ok_or_else(|| self.error(format!("the tensor {name} is not there")))
    }

    /// Refuses a tensor that the other options leave no use for.
    pub fn without(&self, name: &str) -> Result<()> {
        match self.has_tensor(name) {
            None => Ok(()),
            Some(_) => Err(self.error(format!("has no use for the tensor {name}"))),
        }
    }

    pub fn of_shape(&self, name: &str, tensor: Tensor<'a>, dtype: Dtype, shape: &[usize]) -> Result<Tensor<'a>> {
        if tensor.dtype != dtype || tensor.shape != shape {
            let found = format!("{}{:?}", tensor.dtype.name(), tensor.shape);
            return Err(self.error(format!("the tensor {name} is {found}, not {}{shape:?}", dtype.name())));
        }
        Ok(tensor)
    }

    /// A tensor of rank 1 of any length.
    pub fn vector(&self, name: &str, dtype: Dtype) -> Result<Tensor<'a>> {
        let tensor = self.tensor(name)?;
        let length = tensor.shape.first().copied().unwrap_or(0);
        self.of_shape(name, tensor, dtype, &[length])
    }

    /// A tensor of the value's precision, to the shape.
    pub fn floats(&self, name: &str, float: Float, shape: &[usize]) -> Result<Floats> {
        let tensor = self.tensor(name)?;
        self.read_floats(name, tensor, float, shape)
    }

    pub fn read_floats(&self, name: &str, tensor: Tensor<'a>, float: Float, shape: &[usize]) -> Result<Floats> {
        match float {
            Float::F64 => Ok(Floats::F64(self.of_shape(name, tensor, Dtype::F64, shape)?.f64s()?)),
            Float::F32 => Ok(Floats::F32(self.of_shape(name, tensor, Dtype::F32, shape)?.f32s()?)),
        }
    }
}

pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::F64 => "f64",
        Kind::F32 => "f32",
        Kind::I64 => "i64",
        Kind::Bool => "bool",
        Kind::Time => "time",
        Kind::Code { .. } => "a code",
        Kind::Text => "text",
    }
}

impl Made {
    /// The result has the input's type and each column comes from the same feature.
    pub fn like(input: &Value, kind: OpKind) -> Made {
        Made {
            kind,
            value_type: input.value_type,
            features: input.features.clone(),
        }
    }

    /// Dense columns that each mix several columns of the input.
    pub fn mixed(kind: OpKind, cell: Kind, width: usize) -> Made {
        Made {
            kind,
            value_type: ValueType {
                kind: cell,
                width,
                sparse: false,
            },
            features: Provenance::All(None),
        }
    }
}

impl From<Float> for Kind {
    fn from(float: Float) -> Kind {
        match float {
            Float::F64 => Kind::F64,
            Float::F32 => Kind::F32,
        }
    }
}
