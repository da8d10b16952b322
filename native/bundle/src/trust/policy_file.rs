//! A policy's file: read with a bound, changed by way of a temporary file.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use super::policy::{VERSION, VERSION_FIELD};
use super::Policy;
use crate::json::{self, Json};
use crate::temporary::Temporary;
use crate::{limits, Error, ErrorCode, Result};

pub(super) fn read(path: &Path) -> Result<Policy> {
    Policy::from_bytes(&read_bytes(path)?, &path.display().to_string())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: &std::io::Error| Error::io(&format!("cannot read the trust policy {}", path.display()), error);
    let mut bytes = Vec::new();
    // A pipe is as good as a file here: a secret store may hand a policy out through one.
    File::open(path)
        .and_then(|file| file.take(limits::JSON_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(&error))?;
    if bytes.len() > limits::JSON_BYTES {
        return Err(Error::new(
            ErrorCode::Limit,
            format!("the trust policy {} is larger than 8 MiB", path.display()),
        ));
    }
    Ok(bytes)
}

/// Applies a change to the policy at `path`, or to one without keys and rules where there is none. What does not come out as a
/// policy is not written.
pub(super) fn change(path: &Path, apply: impl FnOnce(&mut Json) -> Result<()>) -> Result<()> {
    let source = path.display().to_string();
    let mut content = match fs::symlink_metadata(path) {
        Ok(_) => {
            let bytes = read_bytes(path)?;
            Policy::from_bytes(&bytes, &source)?;
            json::parse_any_spelling(&bytes).map_err(|_| {
                Error::new(
                    ErrorCode::TrustPolicy,
                    format!("{source} is a public key, which cannot be changed as a policy"),
                )
            })?
        }
        Err(_) => empty(),
    };
    apply(&mut content)?;
    let bytes = pretty(&content);
    Policy::from_bytes(&bytes, &source)?;
    write(path, &bytes).map_err(|error| Error::io(&format!("cannot write the trust policy {source}"), &error))
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // Behind a link stands the file that is meant.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut temporary = Temporary::create(&path)?;
    if let Ok(metadata) = fs::metadata(&path) {
        temporary.file.set_permissions(metadata.permissions())?;
    }
    temporary.file.write_all(bytes)?;
    temporary.file.sync_all()?;
    temporary.publish(&path, true)
}

fn empty() -> Json {
    Json::object([
        (VERSION_FIELD, Json::Int(VERSION)),
        ("keys", Json::Object(Vec::new())),
        ("rules", Json::Array(Vec::new())),
    ])
}

/// JSON for people: two spaces a level, an entry a line.
fn pretty(value: &Json) -> Vec<u8> {
    let mut out = Vec::new();
    push_pretty(value, 0, &mut out);
    out.push(b'\n');
    out
}

fn push_pretty(value: &Json, depth: usize, out: &mut Vec<u8>) {
    let new_line = |depth: usize, out: &mut Vec<u8>| {
        out.push(b'\n');
        out.resize(out.len() + 2 * depth, b' ');
    };
    match value {
        Json::Array(items) if !items.is_empty() => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                out.extend((index > 0).then_some(b','));
                new_line(depth + 1, out);
                push_pretty(item, depth + 1, out);
            }
            new_line(depth, out);
            out.push(b']');
        }
        Json::Object(entries) if !entries.is_empty() => {
            out.push(b'{');
            for (index, (key, item)) in entries.iter().enumerate() {
                out.extend((index > 0).then_some(b','));
                new_line(depth + 1, out);
                out.extend(Json::str(key.as_str()).to_bytes());
                out.extend_from_slice(b": ");
                push_pretty(item, depth + 1, out);
            }
            new_line(depth, out);
            out.push(b'}');
        }
        _ => out.extend(value.to_bytes()),
    }
}
