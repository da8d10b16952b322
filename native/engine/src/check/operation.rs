//! Access to an operation's inputs, options and tensors that refuses whatever the caller does not expect.

use super::entry::Entry;
use crate::program::{Float, Floats, Kind, OpKind, Provenance, Value, ValueType};
use modelpack_bundle::{quote, Dtype, Error, Result, Tensor, TensorFile};

/// What an operation makes.
pub struct Made {
    pub kind: OpKind,
    pub value_type: ValueType,
    pub features: Provenance,
}

/// An operation with its input values and the file of its tensors.
pub struct Operation<'a> {
    pub entry: Entry<'a>,
    pub inputs: Vec<&'a Value>,
    pub file: &'a TensorFile,
}

impl<'a> Operation<'a> {
    pub fn error(&self, message: impl std::fmt::Display) -> Error {
        self.entry.place.error(message)
    }

    /// The value of an option; the registry has it, so it is there.
    pub fn option(&self, name: &str) -> &'static str {
        let option = self.entry.options.iter().find(|(key, _)| *key == name);
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
        debug_assert!(self.entry.spec.tensors.iter().any(|(known, _)| *known == name));
        self.entry
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
