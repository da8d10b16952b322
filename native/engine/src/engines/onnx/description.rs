//! models/main/onnx.json: how features become the inputs of an ONNX model, and its outputs answers.

use std::ffi::CString;

use modelpack_bundle::{json, quote, Error, ErrorCode, FeatureType, Json, OutputType, Result, Schema};

/// The version that this reader knows.
const VERSION: i64 = 1;
pub const MEMBER: &str = "models/main/onnx.json";

/// Element type of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Float64,
    Float32,
    Int64,
    Int32,
    Bool,
    Text,
}

const ELEMENTS: [(&str, Element); 6] = [
    ("float64", Element::Float64),
    ("float32", Element::Float32),
    ("int64", Element::Int64),
    ("int32", Element::Int32),
    ("bool", Element::Bool),
    ("string", Element::Text),
];

/// What stands for a text that is none.
#[derive(Debug)]
pub struct Sentinels {
    pub null: CString,
    pub nan: CString,
    pub unseen: CString,
}

#[derive(Debug)]
pub struct Input {
    pub name: CString,
    pub element: Element,
    /// Indices of the schema's features, a column each.
    pub features: Vec<usize>,
    /// Of an input of texts.
    pub sentinels: Option<Sentinels>,
}

#[derive(Debug)]
pub struct Description {
    pub inputs: Vec<Input>,
    /// Names in the order of the schema's outputs.
    pub outputs: Vec<CString>,
}

impl Description {
    pub fn parse(bytes: &[u8], schema: &Schema) -> Result<Description> {
        let content = json::parse(bytes).map_err(|error| error.within(MEMBER))?;
        let [inputs, version, outputs] = fields(&content, "it", ["inputs", "onnx", "outputs"])?;
        if version.as_int() != Some(VERSION) {
            return Err(malformed(format!("\"onnx\" is not {VERSION}")));
        }
        let inputs: Vec<Input> = array(inputs, "inputs")?
            .iter()
            .map(|one| Input::parse(one, schema))
            .collect::<Result<_>>()?;
        if inputs.is_empty() {
            return Err(malformed("there is no input"));
        }
        Ok(Description {
            inputs,
            outputs: parse_outputs(array(outputs, "outputs")?, schema)?,
        })
    }
}

impl Input {
    fn parse(content: &Json, schema: &Schema) -> Result<Input> {
        let optional = content.get("missing");
        let rest = Json::Object(match content {
            Json::Object(entries) => entries.iter().filter(|(key, _)| key != "missing").cloned().collect(),
            _ => return Err(malformed("an input is not an object")),
        });
        let [dtype, features, name, shape] = fields(&rest, "an input", ["dtype", "features", "name", "shape"])?;
        let dtype = text(dtype, "dtype")?;
        let element = ELEMENTS.iter().find(|one| one.0 == dtype).map(|one| one.1);
        let element = element.ok_or_else(|| malformed(format!("the dtype {} is not known", quote(dtype))))?;
        let features: Vec<usize> = array(features, "features")?
            .iter()
            .map(|one| feature_index(text(one, "a feature")?, schema))
            .collect::<Result<_>>()?;
        match text(shape, "shape")? {
            "column" if features.len() == 1 => {}
            "matrix" if !features.is_empty() && element != Element::Text => {}
            shape => {
                return Err(malformed(format!(
                    "the shape {} does not fit {} features of {dtype}",
                    quote(shape),
                    features.len()
                )))
            }
        }
        if let Some(&feature) = features.iter().find(|&&one| !fits(schema.features[one].dtype, element)) {
            let feature = &schema.features[feature];
            return Err(malformed(format!(
                "the feature {} is {}, which no input of {dtype} takes",
                quote(&feature.name),
                feature.dtype.name()
            )));
        }
        Ok(Input {
            name: c_text(text(name, "name")?)?,
            element,
            features,
            sentinels: parse_sentinels(optional, element)?,
        })
    }
}

/// Whether every value of the feature, or its missing value, can be told in the element type.
fn fits(feature: FeatureType, element: Element) -> bool {
    match feature {
        FeatureType::Float64 | FeatureType::Float32 => matches!(element, Element::Float64 | Element::Float32),
        FeatureType::Int64 => !matches!(element, Element::Bool | Element::Text),
        FeatureType::Timestamp => matches!(element, Element::Float64 | Element::Int64),
        FeatureType::Bool => element != Element::Text,
        FeatureType::String => element == Element::Text,
    }
}

fn parse_sentinels(content: Option<&Json>, element: Element) -> Result<Option<Sentinels>> {
    let Some(content) = content else {
        return match element {
            Element::Text => Err(malformed("an input of strings has no \"missing\"")),
            _ => Ok(None),
        };
    };
    if element != Element::Text {
        let [null] = fields(content, "missing", ["null"])?;
        let expected = i64::MIN.to_string();
        return match text(null, "null")? {
            told if told == expected && element == Element::Int64 => Ok(None),
            told => Err(malformed(format!("{} stands for a missing number", quote(told)))),
        };
    }
    let [nan, null, unseen] = fields(content, "missing", ["nan", "null", "unseen"])?;
    Ok(Some(Sentinels {
        null: c_text(text(null, "null")?)?,
        nan: c_text(text(nan, "nan")?)?,
        unseen: c_text(text(unseen, "unseen")?)?,
    }))
}

/// Each output of the schema once, in its order.
fn parse_outputs(outputs: &[Json], schema: &Schema) -> Result<Vec<CString>> {
    if outputs.len() != schema.outputs.len() {
        return Err(malformed(format!(
            "{} outputs, the schema has {}",
            outputs.len(),
            schema.outputs.len()
        )));
    }
    let mut names = Vec::with_capacity(outputs.len());
    for (content, output) in outputs.iter().zip(&schema.outputs) {
        let [dtype, name, of] = fields(content, "an output", ["dtype", "name", "output"])?;
        let (dtype, of) = (text(dtype, "dtype")?, text(of, "output")?);
        if of != output.name || dtype != output.dtype.name() {
            return Err(malformed(format!(
                "the output {} of {dtype} where the schema has {} of {}",
                quote(of),
                quote(&output.name),
                output.dtype.name()
            )));
        }
        names.push(c_text(text(name, "name")?)?);
    }
    Ok(names)
}

/// ONNX's number for the element type of an output.
pub fn element_of(output: OutputType) -> Element {
    match output {
        OutputType::Float64 => Element::Float64,
        OutputType::Float32 => Element::Float32,
        OutputType::Int64 => Element::Int64,
    }
}

fn feature_index(name: &str, schema: &Schema) -> Result<usize> {
    let found = schema.features.iter().position(|feature| feature.name == name);
    found.ok_or_else(|| malformed(format!("the schema has no feature {}", quote(name))))
}

fn malformed(what: impl Into<String>) -> Error {
    Error::new(ErrorCode::Program, format!("{MEMBER}: {}", what.into()))
}

pub fn c_text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| malformed(format!("the text {} holds a NUL, which ONNX texts do not", quote(text))))
}

fn array<'a>(content: &'a Json, what: &str) -> Result<&'a [Json]> {
    match content {
        Json::Array(items) => Ok(items),
        _ => Err(malformed(format!("{what} is not an array"))),
    }
}

fn text<'a>(content: &'a Json, what: &str) -> Result<&'a str> {
    match content {
        Json::Str(text) => Ok(text),
        _ => Err(malformed(format!("{what} is not a string"))),
    }
}

/// The values of exactly these keys.
fn fields<'a, const N: usize>(content: &'a Json, what: &str, keys: [&str; N]) -> Result<[&'a Json; N]> {
    let Json::Object(entries) = content else {
        return Err(malformed(format!("{what} is not an object")));
    };
    if let Some((key, _)) = entries.iter().find(|(key, _)| !keys.contains(&key.as_str())) {
        return Err(malformed(format!("{what} has the unknown field {}", quote(key))));
    }
    let mut found = [content; N];
    for (slot, key) in found.iter_mut().zip(keys) {
        *slot = content
            .get(key)
            .ok_or_else(|| malformed(format!("{what} has no field {key}")))?;
    }
    Ok(found)
}
