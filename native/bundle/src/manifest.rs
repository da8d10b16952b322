//! bundle.json: what the bundle is, and the digest of every other member.

use crate::fields::Fields;
use crate::json::{self, Json};
use crate::partitions::REQUIRED;
use crate::quote::quote;
use crate::semver::Version;
use crate::utc_time::is_utc_time;
use crate::{Digest, Error, ErrorCode, Result};

/// The format that this version reads and writes.
pub const FORMAT_MAJOR: u64 = 1;
const TASKS: [&str; 6] = ["regression", "binary", "multiclass", "multioutput", "ranking", "other"];
const NAME_BYTES: usize = 64;
const NATIVE: &str = "native";

/// The checked content of bundle.json.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub name: String,
    /// semver 2.0, without build metadata.
    pub version: String,
    pub created_at: String,
    pub task: String,
    pub engines: Vec<Engine>,
    /// Names of the features that are partition keys, in order of levels.
    pub partition_keys: Vec<String>,
    pub model_digest: Digest,
    /// In ascending order of names.
    pub members: Vec<ListedMember>,
}

/// One way to run the model, and what a reader must know for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    pub name: String,
    pub requires: Vec<String>,
}

/// A member as bundle.json states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMember {
    pub name: String,
    pub size: u64,
    pub digest: Digest,
}

impl Manifest {
    /// The format's major version is judged first, since a newer one may change everything else.
    pub fn parse(bytes: &[u8]) -> Result<Manifest> {
        let content = json::parse(bytes).map_err(|error| error.within("bundle.json"))?;
        let fields = Fields::new(&content, "bundle.json", ErrorCode::Manifest)?;
        check_format(&fields)?;
        check_requires(&fields)?;
        let partition_keys = parse_partition_keys(&fields)?;
        let name = fields.str("name")?;
        if !is_bundle_name(name) {
            return Err(fields.error(format!(
                "the name {} is not of the form [a-z0-9][a-z0-9._-]{{0,63}}",
                quote(name)
            )));
        }
        let version = fields.str("version")?;
        if Version::parse(version).is_none() {
            return Err(fields.error(format!(
                "the version {} is not semver without build metadata",
                quote(version)
            )));
        }
        let created_at = fields.str("created_at")?;
        if !is_utc_time(created_at) {
            return Err(fields.error("\"created_at\" is not of the form YYYY-MM-DDTHH:MM:SSZ"));
        }
        let task = fields.str("task")?;
        if !TASKS.contains(&task) {
            return Err(fields.error(format!("the task {} is not known", quote(task))));
        }
        let model_digest = Digest::from_text(fields.str("model_digest")?);
        let manifest = Manifest {
            name: name.to_owned(),
            version: version.to_owned(),
            created_at: created_at.to_owned(),
            task: task.to_owned(),
            engines: parse_engines(&fields, !partition_keys.is_empty())?,
            partition_keys,
            model_digest: model_digest.ok_or_else(|| fields.error("\"model_digest\" is not sha256:<64 hex digits>"))?,
            members: parse_members(&fields)?,
        };
        if manifest.model_digest != model_digest_of(&manifest.members) {
            return Err(fields.error("\"model_digest\" is not that of the members"));
        }
        Ok(manifest)
    }

    pub fn member(&self, name: &str) -> Option<&ListedMember> {
        let index = self
            .members
            .binary_search_by(|member| member.name.as_str().cmp(name))
            .ok()?;
        self.members.get(index)
    }
}

fn is_bundle_name(name: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let rest = |byte: u8| first(byte) || matches!(byte, b'.' | b'_' | b'-');
    name.len() <= NAME_BYTES && name.bytes().next().is_some_and(first) && name.bytes().all(rest)
}

fn check_format(fields: &Fields<'_>) -> Result<()> {
    let format = Fields::new(fields.value("format")?, "bundle.json: format", ErrorCode::Manifest)?;
    let (major, minor) = (format.count("major")?, format.count("minor")?);
    if major > FORMAT_MAJOR {
        let message = format!("the bundle has format {major}.{minor}; this version reads {FORMAT_MAJOR}.x");
        return Err(Error::new(ErrorCode::NewerFormat, message).with_hint("update modelpack"));
    }
    if major < FORMAT_MAJOR {
        return Err(format.error(format!("there is no format {major}")));
    }
    Ok(())
}

/// What every reader must know: this one knows partitions.
fn check_requires(fields: &Fields<'_>) -> Result<()> {
    match fields.strings("requires")?.iter().find(|name| *name != REQUIRED) {
        None => Ok(()),
        Some(unknown) => {
            let message = format!(
                "the bundle requires {}, which this version does not know",
                quote(unknown)
            );
            Err(Error::new(ErrorCode::Requires, message).with_hint("update modelpack"))
        }
    }
}

/// Exactly the bundles that have keys require partitions.
fn parse_partition_keys(fields: &Fields<'_>) -> Result<Vec<String>> {
    let keys = fields.strings("partition_keys")?;
    let required = fields.array("requires")?.len();
    if required != usize::from(!keys.is_empty()) {
        return Err(fields.error("\"requires\" names partitions once if there are partition keys, else not"));
    }
    Ok(keys)
}

/// Partitions are for the native engine alone.
fn parse_engines(fields: &Fields<'_>, partitioned: bool) -> Result<Vec<Engine>> {
    let mut engines: Vec<Engine> = Vec::new();
    for item in fields.array("engines")? {
        let engine = Fields::new(item, "bundle.json: engines", ErrorCode::Manifest)?;
        let name = engine.str("name")?;
        if !is_bundle_name(name) || engines.iter().any(|other| other.name == name) {
            return Err(engine.error(format!("the name {} is not allowed, or stands twice", quote(name))));
        }
        if partitioned && name != NATIVE {
            return Err(engine.error(format!("the engine {} does not run partitions", quote(name))));
        }
        engines.push(Engine {
            name: name.to_owned(),
            requires: engine.strings("requires")?,
        });
    }
    if engines.is_empty() {
        return Err(fields.error("there is no engine"));
    }
    Ok(engines)
}

fn parse_members(fields: &Fields<'_>) -> Result<Vec<ListedMember>> {
    let Some(entries) = fields.value("members")?.as_object() else {
        return Err(fields.error("\"members\" is no object"));
    };
    let mut members = Vec::with_capacity(entries.len());
    for (name, value) in entries {
        let member = Fields::new(
            value,
            format!("bundle.json: member {}", quote(name)),
            ErrorCode::Manifest,
        )?;
        let digest = Digest::from_hex(member.str("sha256")?);
        members.push(ListedMember {
            name: name.clone(),
            size: member.count("size")?,
            digest: digest.ok_or_else(|| member.error("\"sha256\" is not 64 hex digits"))?,
        });
    }
    Ok(members)
}

/// The object that stands under `members`.
pub(crate) fn members_json(members: &[ListedMember]) -> Json {
    Json::object(members.iter().map(|member| {
        let entry = [
            ("sha256", Json::str(member.digest.hex())),
            ("size", Json::Int(member.size as i64)),
        ];
        (member.name.clone(), Json::object(entry))
    }))
}

const MODEL_DIGEST_START: &str = "mpk-model-1\n";
const MODEL_MEMBERS: [&str; 6] = [
    "dictionaries.safetensors",
    "models/main/tensors.safetensors",
    "partitions.idx",
    "partitions.pack",
    "programs.json",
    "schema.json",
];
/// What decides where there is no program.
const ONNX_MEMBERS: [&str; 2] = ["models/main/model.onnx", "models/main/onnx.json"];

/// The digest of what decides the native answers: equal for two packagings of one model.
pub(crate) fn model_digest_of(members: &[ListedMember]) -> Digest {
    let has_program = members.iter().any(|member| member.name == "programs.json");
    let decides = |name: &str| MODEL_MEMBERS.contains(&name) || (!has_program && ONNX_MEMBERS.contains(&name));
    let mut lines: Vec<String> = members
        .iter()
        .filter(|member| decides(&member.name))
        .map(|member| format!("{} {}\n", member.name, member.digest.hex()))
        .collect();
    lines.sort_unstable();
    Digest::of_parts(
        std::iter::once(MODEL_DIGEST_START)
            .chain(lines.iter().map(String::as_str))
            .map(str::as_bytes),
    )
}

#[cfg(test)]
mod tests;
