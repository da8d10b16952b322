//! One named answer of a model.

use crate::fields::Fields;
use crate::json::Json;
use crate::quote::quote;
use crate::{limits, Error, ErrorCode, Result};

/// Element type of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputType {
    Float64,
    Float32,
    /// A class index.
    Int64,
}

impl OutputType {
    pub fn name(self) -> &'static str {
        match self {
            OutputType::Float64 => "float64",
            OutputType::Float32 => "float32",
            OutputType::Int64 => "int64",
        }
    }
}

/// A class as the framework's `predict` names it.
#[derive(Clone, Debug, PartialEq)]
pub enum Class {
    Int64(i64),
    Float64(f64),
    Bool(bool),
    Text(String),
}

/// The classes of one label column, in the order of the class indices.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    /// dtype string of what the framework's `predict` gives, such as `<i8` or `|O`.
    pub numpy: String,
    pub values: Vec<Class>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub name: String,
    pub dtype: OutputType,
    /// Width.
    pub columns: usize,
    /// One entry per label column; empty for outputs without classes.
    pub classes: Vec<Classes>,
}

const NAME_CHARACTERS: usize = 64;

impl Output {
    pub(crate) fn parse(value: &Json, index: usize) -> Result<Output> {
        let fields = Fields::new(value, format!("schema.json: output {index}"), ErrorCode::Schema)?;
        let name = fields.str("name")?;
        if !is_output_name(name) {
            return Err(fields.error(format!("the name {} is not of the form [a-z][a-z0-9_]*", quote(name))));
        }
        let dtype = match fields.str("dtype")? {
            "float64" => OutputType::Float64,
            "float32" => OutputType::Float32,
            "int64" => OutputType::Int64,
            other => return Err(fields.error(format!("the dtype {} is not that of an output", quote(other)))),
        };
        let columns = fields.count("columns")?;
        if columns == 0 || columns > limits::OUTPUT_COLUMNS as u64 {
            return Err(fields.error(format!("{columns} columns")));
        }
        let classes = match fields.optional("classes") {
            None => Vec::new(),
            Some(Json::Array(entries)) if entries.len() >= 2 => entries
                .iter()
                .map(|entry| classes(entry, &fields))
                .collect::<Result<_>>()?,
            Some(Json::Array(_)) => return Err(fields.error("a list of classes is for two label columns or more")),
            Some(entry) => vec![classes(entry, &fields)?],
        };
        let output = Output {
            name: name.to_owned(),
            dtype,
            columns: columns as usize,
            classes,
        };
        output.check().map_err(|what| fields.error(what))?;
        Ok(output)
    }

    fn check(&self) -> std::result::Result<(), &'static str> {
        let class_count = self.classes.iter().flat_map(|classes| &classes.values).count();
        match self.name.as_str() {
            "label" if self.dtype != OutputType::Int64 => Err("a label is an int64 class index"),
            "label" if self.classes.len() != self.columns => Err("a label has classes for each of its columns"),
            // Without classes: a column for each of several labels.
            "probability" if class_count != self.columns && (class_count != 0 || self.columns < 2) => {
                Err("a probability has a column for each class")
            }
            "probability" | "value" | "margin" if self.dtype == OutputType::Int64 => Err("int64 is for indices"),
            "value" | "margin" if !self.classes.is_empty() => Err("classes are for labels and probabilities"),
            _ => Ok(()),
        }
    }
}

fn is_output_name(name: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= NAME_CHARACTERS && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(rest)
}

fn classes(value: &Json, output: &Fields<'_>) -> Result<Classes> {
    let fields = Fields::new(value, "schema.json: classes of an output", ErrorCode::Schema)?;
    let numpy = fields.str("numpy")?;
    if numpy.is_empty() || numpy.len() > 32 || !numpy.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(fields.error("\"numpy\" is no dtype string"));
    }
    let dtype = fields.str("dtype")?;
    let class = |item: &Json| match dtype {
        "int64" => item.as_i64().map(Class::Int64),
        "float64" => item.as_f64().filter(|number| !number.is_nan()).map(Class::Float64),
        "bool" => item.as_bool().map(Class::Bool),
        "string" => item.as_str().map(|text| Class::Text(text.to_owned())),
        _ => None,
    };
    let values: Option<Vec<Class>> = fields.array("values")?.iter().map(class).collect();
    let values = values.ok_or_else(|| fields.error(format!("a value is not of the dtype {}", quote(dtype))))?;
    if values.is_empty() || values.len() > limits::OUTPUT_COLUMNS {
        return Err(output.error(format!("{} classes", values.len())));
    }
    if has_duplicate(&values) {
        return Err(output.error("a class stands twice"));
    }
    Ok(Classes {
        numpy: numpy.to_owned(),
        values,
    })
}

fn has_duplicate(values: &[Class]) -> bool {
    let key = |class: &Class| match class {
        Class::Int64(value) => value.to_string(),
        // Adding zero makes -0.0 and 0.0 the same class.
        Class::Float64(value) => (value + 0.0).to_bits().to_string(),
        Class::Bool(value) => value.to_string(),
        Class::Text(text) => text.clone(),
    };
    let mut keys: Vec<String> = values.iter().map(key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

pub(crate) fn parse_outputs(items: &[Json]) -> Result<Vec<Output>> {
    let bad = |what: String| Error::new(ErrorCode::Schema, format!("schema.json: {what}"));
    if items.is_empty() || items.len() > limits::OUTPUTS {
        return Err(bad(format!("{} outputs", items.len())));
    }
    let mut outputs: Vec<Output> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let output = Output::parse(item, index)?;
        if outputs.iter().any(|other| other.name == output.name) {
            return Err(bad(format!("the output {} stands twice", quote(&output.name))));
        }
        outputs.push(output);
    }
    Ok(outputs)
}
