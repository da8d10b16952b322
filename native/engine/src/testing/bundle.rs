//! A program as a bundle, with golden rows that the reference answers.

use std::sync::Arc;

use modelpack_bundle::safetensors::{self, TensorData};
use modelpack_bundle::write::{self, NewMember};
use modelpack_bundle::{Bundle, Digest, Dtype, Json, OpenOptions, Result};

use super::{Fitted, TestProgram};
use crate::reference::{self, OutputCells};

/// The tensors of golden.safetensors by name.
pub type Golden = Vec<(String, Fitted)>;

impl TestProgram {
    /// The reference's answers to admitted rows, none of which may be refused: as the framework's and as the engine's, bound 0.
    pub fn golden(&self, rows: &[Vec<u64>]) -> Result<Golden> {
        let program = self.check()?;
        let mut answers: Vec<Vec<OutputCells>> = Vec::new();
        for row in rows {
            answers.push(reference::run(&program, &self.schema, row)?);
        }
        let cells = rows.concat().iter().flat_map(|cell| cell.to_le_bytes()).collect();
        let shape = vec![rows.len(), self.schema.features.len()];
        let mut golden = vec![(
            "cells".to_owned(),
            Fitted {
                dtype: Dtype::U64,
                shape,
                data: cells,
            },
        )];
        for (index, output) in self.schema.outputs.iter().enumerate() {
            let shape = [rows.len(), output.columns];
            let own = fitted(answers.iter().map(|row| &row[index]), output.dtype).shaped(&shape);
            let bound = Fitted::f64s(&vec![0.0; rows.len() * output.columns]).shaped(&shape);
            golden.push((format!("bound.{}", output.name), bound));
            golden.push((format!("framework.{}", output.name), own.clone()));
            golden.push((format!("native.{}", output.name), own));
        }
        Ok(golden)
    }

    /// An open bundle of this program with these golden rows; without any the member is left out.
    pub fn bundle(&self, golden: Option<&Golden>) -> Result<Arc<Bundle>> {
        let program = self.json.to_bytes();
        let digest = Digest::of(&program).hex();
        let text = String::from_utf8(program).expect("JSON is UTF-8");
        let programs = Json::object([(digest.as_str(), Json::str(text))]).to_bytes();
        let tensors = retitled(&self.tensors, &digest)?;
        let golden = golden.map(golden_bytes).transpose()?;
        let mut members = vec![
            NewMember {
                name: "models/main/tensors.safetensors",
                data: &tensors,
            },
            NewMember {
                name: "programs.json",
                data: &programs,
            },
            NewMember {
                name: "schema.json",
                data: &self.schema_json,
            },
        ];
        members.extend(self.dictionaries.as_ref().map(|data| NewMember {
            name: "dictionaries.safetensors",
            data,
        }));
        members.extend(golden.as_ref().map(|data| NewMember {
            name: "golden.safetensors",
            data,
        }));
        let (bytes, _) = write::to_bytes(manifest([].into_iter()), &members)?;
        Bundle::open_bytes(bytes, &OpenOptions::unsigned())
    }
}

/// The answers to one output, as the tensor that its schema states.
fn fitted<'a>(answers: impl Iterator<Item = &'a OutputCells>, dtype: modelpack_bundle::OutputType) -> Fitted {
    let (mut f64s, mut f32s, mut i64s) = (vec![], vec![], vec![]);
    for answer in answers {
        match answer {
            OutputCells::F64(cells) => f64s.extend(cells),
            OutputCells::F32(cells) => f32s.extend(cells),
            OutputCells::I64(cells) => i64s.extend(cells),
        }
    }
    match dtype {
        modelpack_bundle::OutputType::Float64 => Fitted::f64s(&f64s),
        modelpack_bundle::OutputType::Float32 => Fitted::f32s(&f32s),
        modelpack_bundle::OutputType::Int64 => Fitted::i64s(&i64s),
    }
}

pub(super) fn manifest<'a>(keys: impl Iterator<Item = &'a str>) -> Json {
    let keys: Vec<Json> = keys.map(Json::str).collect();
    let requires = if keys.is_empty() {
        vec![]
    } else {
        vec![Json::str("partitions")]
    };
    let native = Json::object([("name", Json::str("native")), ("requires", Json::Array(vec![]))]);
    Json::object([
        ("created_at", Json::str("2026-01-02T03:04:05Z")),
        ("engines", Json::Array(vec![native])),
        (
            "format",
            Json::object([("major", Json::Int(1)), ("minor", Json::Int(0))]),
        ),
        ("name", Json::str("test")),
        ("partition_keys", Json::Array(keys)),
        ("requires", Json::Array(requires)),
        ("task", Json::str("other")),
        ("version", Json::str("1.0.0")),
    ])
}

/// The tensors, their metadata naming the program.
pub(super) fn retitled(tensors: &modelpack_bundle::TensorFile, digest: &str) -> Result<Vec<u8>> {
    let names: Vec<&str> = tensors.names().collect();
    let all = names
        .iter()
        .filter_map(|name| tensors.get(name).map(|tensor| (*name, tensor)));
    let data: Vec<TensorData<'_>> = all
        .map(|(name, tensor)| TensorData {
            name,
            dtype: tensor.dtype,
            shape: tensor.shape,
            data: tensor.data,
        })
        .collect();
    safetensors::to_bytes(&data, &[("program", digest)])
}

pub(super) fn golden_bytes(golden: &Golden) -> Result<Vec<u8>> {
    let mut tensors: Vec<TensorData<'_>> = golden
        .iter()
        .map(|(name, fitted)| TensorData {
            name,
            dtype: fitted.dtype,
            shape: &fitted.shape,
            data: &fitted.data,
        })
        .collect();
    tensors.sort_by(|a, b| a.name.cmp(b.name));
    safetensors::to_bytes(&tensors, &[("source", "synthetic")])
}
