//! A bundle with three levels of keys, and a folder for it that vanishes with the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use crate::json::{self, Json};
use crate::partitions::{KeyType, KeyValue, PartitionWriter};
use crate::safetensors::{to_bytes, Dtype, TensorData};
use crate::write::NewMember;
use crate::{Bundle, Digest, OpenOptions, Result};

pub const LEVELS: [KeyType; 3] = [KeyType::String, KeyType::Int64, KeyType::Bool];
pub const PROGRAM: &str = r#"{"program":1}"#;
pub const OTHER_PROGRAM: &str = r#"{"program":1,"uses":[]}"#;
pub const SCHEMA: &str = concat!(
    r#"{"features":["#,
    r#"{"dtype":"float64","missing":"model","name":"distance","null_is":"nan","optional":false,"unseen":"model"},"#,
    r#"{"dtype":"bool","missing":"model","name":"express","null_is":"none","optional":false,"unseen":"model"},"#,
    r#"{"dtype":"string","missing":"model","name":"country","null_is":"none","optional":false,"unseen":"model"},"#,
    r#"{"dtype":"int64","missing":"model","name":"zone","null_is":"none","optional":false,"unseen":"model"}],"#,
    r#""keys":["country","zone","express"],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#
);

pub fn manifest(version: &str) -> Json {
    let text = format!(
        concat!(
            r#"{{"created_at":"2026-11-24T00:00:00Z","engines":[{{"name":"native","requires":[]}}],"#,
            r#""format":{{"major":1,"minor":0}},"name":"eta","partition_keys":["country","zone","express"],"#,
            r#""requires":["partitions"],"task":"regression","version":"{}"}}"#
        ),
        version
    );
    json::parse(text.as_bytes()).expect("canonical")
}

pub fn dictionaries(texts: &[&str]) -> Vec<u8> {
    let mut offsets = vec![0];
    for text in texts {
        offsets.push(offsets.last().expect("one is there") + text.len() as u64);
    }
    let data: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
    let all = texts.concat();
    let tensors = [
        TensorData {
            name: "2.bytes",
            dtype: Dtype::U8,
            shape: &[all.len()],
            data: all.as_bytes(),
        },
        TensorData {
            name: "2.offsets",
            dtype: Dtype::U64,
            shape: &[offsets.len()],
            data: &data,
        },
    ];
    to_bytes(&tensors, &[]).expect("canonical")
}

/// The tensors of a node whose model is one number.
pub fn tensors(value: f64, program: &str) -> Vec<u8> {
    let tensor = TensorData {
        name: "t0",
        dtype: Dtype::F64,
        shape: &[],
        data: &value.to_le_bytes(),
    };
    let digest = Digest::of(program.as_bytes()).hex();
    to_bytes(&[tensor], &[("program", &digest)]).expect("canonical")
}

/// The number of a node's model.
pub fn value(bundle: &Bundle, node: u32) -> Result<f64> {
    let file = bundle.entry(node)?;
    Ok(file.get("t0").expect("there").f64s()?[0])
}

/// A key that owns its texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Own {
    Missing,
    Text(String),
    Int(i64),
    Bool(bool),
}

impl Own {
    pub fn lent(&self) -> KeyValue<'_> {
        match self {
            Own::Missing => KeyValue::Missing,
            Own::Text(text) => KeyValue::Text(text),
            Own::Int(value) => KeyValue::Int(*value),
            Own::Bool(value) => KeyValue::Bool(*value),
        }
    }
}

pub fn lent(key: &[Own]) -> Vec<KeyValue<'_>> {
    key.iter().map(Own::lent).collect()
}

pub fn text(text: &str) -> Own {
    Own::Text(text.to_owned())
}

/// A node: its key, and its number or None where it is pruned.
pub type Node = (Vec<Own>, Option<f64>);

/// Warsaw's zones: the root 0, PL 1, PL/3 2, PL/3/true 3, PL/4 pruned, PL/4/false 4, DE/3 as PL/3.
pub fn nodes() -> Vec<Node> {
    let (pl, de) = (text("PL"), text("DE"));
    vec![
        (vec![pl.clone()], Some(1.0)),
        (vec![pl.clone(), Own::Int(3)], Some(2.0)),
        (vec![pl.clone(), Own::Int(3), Own::Bool(true)], Some(3.0)),
        (vec![pl.clone(), Own::Int(4)], None),
        (vec![pl, Own::Int(4), Own::Bool(false)], Some(4.0)),
        (vec![de, Own::Int(3)], Some(2.0)),
    ]
}

/// The texts of the nodes' keys, each once.
pub fn texts_of(nodes: &[Node]) -> Vec<&str> {
    let all = nodes.iter().flat_map(|(key, _)| key);
    let texts: BTreeSet<&str> = all
        .filter_map(|value| match value {
            Own::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    texts.into_iter().collect()
}

pub fn add(writer: &mut PartitionWriter, (key, number): &Node) -> Result<()> {
    match number {
        Some(number) => writer.add(&lent(key), PROGRAM, &tensors(*number, PROGRAM), None),
        None => writer.add_pruned(&lent(key), None),
    }
}

pub fn finish(writer: PartitionWriter, texts: &[&str], version: &str) -> Result<Digest> {
    let (dictionaries, root) = (dictionaries(texts), tensors(0.0, PROGRAM));
    let programs = Json::object([(Digest::of(PROGRAM.as_bytes()).hex(), Json::str(PROGRAM))]).to_bytes();
    let member = |name, data| NewMember { name, data };
    let members = [
        member("schema.json", SCHEMA.as_bytes()),
        member("dictionaries.safetensors", &dictionaries),
        member("models/main/tensors.safetensors", &root),
        member("programs.json", &programs),
    ];
    writer.finish(manifest(version), &members, &[])
}

pub fn write(path: &Path, nodes: &[Node]) -> Result<Digest> {
    let mut writer = PartitionWriter::new(path, &LEVELS, false)?;
    nodes.iter().try_for_each(|node| add(&mut writer, node))?;
    finish(writer, &texts_of(nodes), "1.0.0")
}

pub fn open(path: &Path) -> Arc<Bundle> {
    Bundle::open(path, &OpenOptions::unsigned()).expect("opens")
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A folder that vanishes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("modelpack-partitions-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a fresh folder");
        Folder(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("there");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A small generator, so that every run tries the same keys.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}
