//! One column of a model's input.

use crate::cell::{self, Raw};
use crate::fields::Fields;
use crate::json::Json;
use crate::quote::quote;
use crate::{limits, Dictionary, ErrorCode, Result};

/// What a feature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FeatureType {
    Float64,
    Float32,
    Int64,
    Bool,
    String,
    Timestamp,
}

impl FeatureType {
    pub const ALL: [FeatureType; 6] = [
        FeatureType::Float64,
        FeatureType::Float32,
        FeatureType::Int64,
        FeatureType::Bool,
        FeatureType::String,
        FeatureType::Timestamp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            FeatureType::Float64 => "float64",
            FeatureType::Float32 => "float32",
            FeatureType::Int64 => "int64",
            FeatureType::Bool => "bool",
            FeatureType::String => "string",
            FeatureType::Timestamp => "timestamp",
        }
    }

    pub fn from_name(name: &str) -> Option<FeatureType> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// How the feature's cell is to be read.
    pub fn cell_kind(self) -> CellKind {
        match self {
            FeatureType::Float64 | FeatureType::Float32 => CellKind::Number,
            FeatureType::Int64 => CellKind::Integer,
            FeatureType::Bool => CellKind::Bool,
            FeatureType::String => CellKind::Code,
            FeatureType::Timestamp => CellKind::Time,
        }
    }
}

/// The reading of an 8-byte cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellKind {
    Number,
    Integer,
    Time,
    Bool,
    Code,
}

/// What becomes of a missing value or an unseen category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// What the training pipeline does with it.
    Model,
    Reject,
    /// This cell stands in its place.
    Default(u64),
}

/// What the one null of a carrier is to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullIs {
    Nan,
    None,
}

#[derive(Clone, Debug)]
pub struct Feature {
    pub name: String,
    pub dtype: FeatureType,
    pub missing: Policy,
    pub unseen: Policy,
    pub null_is: NullIs,
    /// Absence means missing; else it is an error.
    pub optional: bool,
    /// String features have one.
    pub dictionary: Option<Dictionary>,
}

impl Feature {
    pub(crate) fn parse(value: &Json, index: usize, dictionary: Option<Dictionary>) -> Result<Feature> {
        let fields = Fields::new(value, format!("schema.json: feature {index}"), ErrorCode::Schema)?;
        let name = fields.str("name")?;
        if name.is_empty() || name.len() > limits::FEATURE_NAME_BYTES {
            return Err(fields.error(format!("the name {} is empty or longer than 1,024 bytes", quote(name))));
        }
        let null_is = match fields.str("null_is")? {
            "nan" => NullIs::Nan,
            "none" => NullIs::None,
            other => return Err(fields.error(format!("null_is {} is neither nan nor none", quote(other)))),
        };
        let mut feature = Feature {
            name: name.to_owned(),
            dtype: feature_type(&fields)?,
            missing: Policy::Model,
            unseen: Policy::Model,
            null_is,
            optional: fields.bool("optional")?,
            dictionary,
        };
        feature.missing = policy(&feature, &fields, "missing")?;
        feature.unseen = policy(&feature, &fields, "unseen")?;
        if feature.dtype != FeatureType::String && feature.unseen != Policy::Model {
            return Err(fields.error("only a string feature has categories that may be unseen"));
        }
        Ok(feature)
    }

    /// The cell of a feature that is not present, or FEATURE_ABSENT where it is required.
    pub fn absent(&self) -> Result<u64> {
        cell::absent(self)
    }
}

pub(crate) fn feature_type(fields: &Fields<'_>) -> Result<FeatureType> {
    let name = fields.str("dtype")?;
    FeatureType::from_name(name).ok_or_else(|| fields.error(format!("the dtype {} is not known", quote(name))))
}

fn policy(feature: &Feature, fields: &Fields<'_>, key: &str) -> Result<Policy> {
    let value = fields.value(key)?;
    match value.as_str() {
        Some("model") => return Ok(Policy::Model),
        Some("reject") => return Ok(Policy::Reject),
        _ => {}
    }
    match value.as_object() {
        Some([(tag, default)]) if tag == "default" => {
            let bad = || {
                fields.error(format!(
                    "the default of {key:?} is no value of the feature that is known"
                ))
            };
            default_cell(feature, default).map(Policy::Default).ok_or_else(bad)
        }
        _ => Err(fields.error(format!("{key:?} is neither model, reject nor a default"))),
    }
}

/// The cell of a default: a value of the feature's own type, neither missing nor unseen.
fn default_cell(feature: &Feature, value: &Json) -> Option<u64> {
    let raw = match feature.dtype {
        FeatureType::Float64 | FeatureType::Float32 => match value.as_f64() {
            Some(number) => Raw::F64(number),
            None => Raw::I64(value.as_i64()?),
        },
        FeatureType::Int64 => Raw::I64(value.as_i64()?),
        FeatureType::Timestamp => Raw::Time(value.as_i64()?),
        FeatureType::Bool => Raw::Bool(value.as_bool()?),
        FeatureType::String => Raw::Text(value.as_str()?.as_bytes()),
    };
    let cell = cell::normalise(feature, raw).ok()?;
    let admitted = cell::admit(feature, cell, cell::Carrier::Matrix).ok()?;
    (!admitted.missing && !admitted.unseen).then_some(cell)
}
