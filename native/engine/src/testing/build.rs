//! Builds the three parts of a program – schema, JSON, tensors – as they stand in a bundle.

use crate::program::{Float, Program};
use modelpack_bundle::safetensors::{self, TensorData};
use modelpack_bundle::{Bytes, Dtype, Json, Result, Schema, TensorFile};
use std::collections::BTreeSet;

/// What is fitted: the elements of one tensor.
#[derive(Clone, Debug)]
pub struct Fitted {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

macro_rules! fitted {
    ($name:ident, $element:ty, $dtype:ident) => {
        pub fn $name(values: &[$element]) -> Fitted {
            let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            Fitted {
                dtype: Dtype::$dtype,
                shape: vec![values.len()],
                data,
            }
        }
    };
}

impl Fitted {
    fitted!(f64s, f64, F64);
    fitted!(f32s, f32, F32);
    fitted!(i64s, i64, I64);
    fitted!(i32s, i32, I32);
    fitted!(u32s, u32, U32);
    fitted!(u8s, u8, U8);

    pub fn floats(float: Float, values: &[f64]) -> Fitted {
        match float {
            Float::F64 => Fitted::f64s(values),
            Float::F32 => Fitted::f32s(&values.iter().map(|&value| value as f32).collect::<Vec<_>>()),
        }
    }

    pub fn shaped(self, shape: &[usize]) -> Fitted {
        Fitted {
            shape: shape.to_vec(),
            ..self
        }
    }
}

/// The parts of a program, and what `check` reads them as.
#[derive(Clone, Debug)]
pub struct TestProgram {
    /// schema.json
    pub schema_json: Vec<u8>,
    /// dictionaries.safetensors
    pub dictionaries: Option<Vec<u8>>,
    pub json: Json,
    /// models/main/tensors.safetensors, without metadata
    pub tensor_bytes: Vec<u8>,
    pub schema: Schema,
    pub tensors: TensorFile,
}

impl TestProgram {
    pub fn check(&self) -> Result<Program> {
        crate::check(&self.json, &self.schema, &self.tensors)
    }
}

/// Collects features, operations and outputs. Nothing is judged here: a test may well build nonsense.
#[derive(Default)]
pub struct Build {
    features: Vec<(&'static str, &'static str)>,
    dictionaries: Vec<(usize, Vec<String>)>,
    inputs: Vec<Json>,
    ops: Vec<Json>,
    uses: BTreeSet<String>,
    tensors: Vec<(String, Fitted)>,
    outputs: Vec<(&'static str, String, &'static str, usize)>,
    keys: Vec<&'static str>,
}

impl Build {
    pub fn new() -> Build {
        Build::default()
    }

    /// A feature that is no string, as a value.
    pub fn feature(&mut self, name: &'static str, dtype: &'static str) -> String {
        let value = format!("x{}", self.features.len());
        self.features.push((name, dtype));
        self.inputs.push(Json::object([
            ("feature", Json::str(name)),
            ("value", Json::str(value.as_str())),
        ]));
        value
    }

    /// A string feature with its dictionary, as a value.
    pub fn categories(&mut self, name: &'static str, categories: &[&str]) -> String {
        self.dictionaries.push((
            self.features.len(),
            categories.iter().map(|text| text.to_string()).collect(),
        ));
        self.feature(name, "string")
    }

    /// Makes features the keys of partitions, in the order of levels.
    pub fn keys(&mut self, names: &[&'static str]) {
        self.keys = names.to_vec();
    }

    /// An operation; the name of its result.
    pub fn op(&mut self, op: &str, inputs: &[&str], options: &[(&str, &str)], tensors: &[(&str, Fitted)]) -> String {
        let output = format!("v{}", self.ops.len());
        let mut fields = vec![
            ("op", Json::str(op)),
            ("in", Json::Array(inputs.iter().map(|name| Json::str(*name)).collect())),
            ("out", Json::Array(vec![Json::str(output.as_str())])),
            ("origin", Json::str(format!("step{}", self.ops.len()))),
        ];
        fields.extend(options.iter().map(|(name, value)| (*name, Json::str(*value))));
        if !tensors.is_empty() {
            let names = tensors
                .iter()
                .map(|(name, fitted)| (*name, Json::str(self.tensor(fitted))));
            fields.push(("tensors", Json::object(names.collect::<Vec<_>>())));
        }
        self.ops.push(Json::object(fields));
        self.uses.insert(op.to_string());
        output
    }

    fn tensor(&mut self, fitted: &Fitted) -> String {
        let name = format!("t{}", self.tensors.len());
        self.tensors.push((name.clone(), fitted.clone()));
        name
    }

    pub fn output(&mut self, name: &'static str, value: &str, dtype: &'static str, columns: usize) {
        self.outputs.push((name, value.to_string(), dtype, columns));
    }

    pub fn finish(self) -> TestProgram {
        let json = self.program();
        let schema_json = self.schema_json().to_bytes();
        let dictionaries = self.dictionary_bytes();
        let tensors = self.tensors.iter().map(|(name, fitted)| (name.as_str(), fitted));
        let tensor_bytes = write(tensors);
        let schema =
            Schema::parse(&schema_json, dictionaries.clone().map(Bytes::from)).expect("the schema is well formed");
        let tensors = TensorFile::parse(tensor_bytes.clone()).expect("the tensors are well formed");
        TestProgram {
            schema_json,
            dictionaries,
            json,
            tensor_bytes,
            schema,
            tensors,
        }
    }

    fn program(&self) -> Json {
        let outputs = self
            .outputs
            .iter()
            .map(|(name, value, ..)| (*name, Json::str(value.as_str())));
        Json::object([
            ("inputs", Json::Array(self.inputs.clone())),
            ("math", Json::Int(1)),
            ("ops", Json::Array(self.ops.clone())),
            ("outputs", Json::object(outputs)),
            ("program", Json::Int(1)),
            (
                "uses",
                Json::Array(self.uses.iter().map(|op| Json::str(op.as_str())).collect()),
            ),
        ])
    }

    fn schema_json(&self) -> Json {
        let feature = |(name, dtype): &(&str, &str)| {
            Json::object([
                ("dtype", Json::str(*dtype)),
                ("missing", Json::str("model")),
                ("name", Json::str(*name)),
                ("null_is", Json::str("none")),
                ("optional", Json::Bool(false)),
                ("unseen", Json::str("model")),
            ])
        };
        let output = |(name, _, dtype, columns): &(&str, String, &str, usize)| {
            Json::object([
                ("columns", Json::Int(*columns as i64)),
                ("dtype", Json::str(*dtype)),
                ("name", Json::str(*name)),
            ])
        };
        Json::object([
            ("features", Json::Array(self.features.iter().map(feature).collect())),
            (
                "keys",
                Json::Array(self.keys.iter().map(|name| Json::str(*name)).collect()),
            ),
            ("outputs", Json::Array(self.outputs.iter().map(output).collect())),
        ])
    }

    fn dictionary_bytes(&self) -> Option<Vec<u8>> {
        let mut tensors = Vec::new();
        for (feature, texts) in &self.dictionaries {
            let mut offsets = vec![0u64];
            offsets.extend(texts.iter().scan(0, |end, text| {
                *end += text.len() as u64;
                Some(*end)
            }));
            let data = offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
            tensors.push((format!("{feature}.bytes"), Fitted::u8s(texts.concat().as_bytes())));
            tensors.push((
                format!("{feature}.offsets"),
                Fitted {
                    dtype: Dtype::U64,
                    shape: vec![offsets.len()],
                    data,
                },
            ));
        }
        (!tensors.is_empty()).then(|| write(tensors.iter().map(|(name, fitted)| (name.as_str(), fitted))))
    }
}

fn write<'a>(tensors: impl Iterator<Item = (&'a str, &'a Fitted)>) -> Vec<u8> {
    let tensors: Vec<TensorData> = tensors
        .map(|(name, fitted)| TensorData {
            name,
            dtype: fitted.dtype,
            shape: &fitted.shape,
            data: &fitted.data,
        })
        .collect();
    safetensors::to_bytes(&tensors, &[]).expect("test tensors are small")
}
