//! Writing a bundle: deterministic bytes, and a file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::container::{check_unique, is_signature, member_order, parse_name, Writer, BUNDLE_JSON};
use crate::json::Json;
use crate::manifest::{members_json, model_digest_of, ListedMember, Manifest};
use crate::{Digest, Error, ErrorCode, Result};

/// A member to write.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    pub name: &'a str,
    pub data: &'a [u8],
}

/// A bundle that is ready to be written.
struct Layout<'a> {
    /// In the order of the file.
    members: Vec<NewMember<'a>>,
    bundle_json: Vec<u8>,
    identity: Digest,
}

/// Writes a bundle to `path` and answers its identity. `manifest` is bundle.json without `members` and `model_digest`.
pub fn write(path: &Path, manifest: Json, members: &[NewMember<'_>], overwrite: bool) -> Result<Digest> {
    let layout = Layout::new(manifest, members)?;
    let failed = |error: io::Error| Error::io(&format!("cannot write {}", path.display()), &error);
    if !overwrite && fs::symlink_metadata(path).is_ok() {
        return Err(exists(path));
    }
    let temporary = Temporary::create(path).map_err(failed)?;
    layout
        .write(BufWriter::with_capacity(1 << 20, &temporary.file))
        .map_err(failed)?;
    temporary.file.sync_all().map_err(failed)?;
    temporary.publish(path, overwrite).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => failed(error),
    })?;
    Ok(layout.identity)
}

/// The bytes of a bundle, and its identity.
pub fn to_bytes(manifest: Json, members: &[NewMember<'_>]) -> Result<(Vec<u8>, Digest)> {
    let layout = Layout::new(manifest, members)?;
    let bytes = layout
        .write(Vec::new())
        .map_err(|error| Error::io("cannot write a bundle", &error))?;
    Ok((bytes, layout.identity))
}

fn exists(path: &Path) -> Error {
    Error::new(ErrorCode::Io, format!("{} exists already", path.display())).with_hint("say overwrite to replace it")
}

impl<'a> Layout<'a> {
    fn new(manifest: Json, members: &[NewMember<'a>]) -> Result<Layout<'a>> {
        let mut members = members.to_vec();
        members.sort_by(|a, b| member_order(a.name).cmp(&member_order(b.name)));
        check_names(&members)?;
        let bundle_json = complete_manifest(manifest, &members)?;
        Ok(Layout {
            identity: Digest::of(&bundle_json),
            members,
            bundle_json,
        })
    }

    fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let mut writer = Writer::new(out);
        let signatures = self.members.iter().position(|member| is_signature(member.name));
        let (others, signatures) = self.members.split_at(signatures.unwrap_or(self.members.len()));
        for member in others {
            writer.member(member.name, member.data)?;
        }
        writer.member(BUNDLE_JSON, &self.bundle_json)?;
        for member in signatures {
            writer.member(member.name, member.data)?;
        }
        let mut out = writer.finish()?;
        out.flush()?;
        Ok(out)
    }
}

fn check_names(members: &[NewMember<'_>]) -> Result<()> {
    let mut names = vec![BUNDLE_JSON];
    for member in members {
        names.push(parse_name(member.name.as_bytes())?);
    }
    check_unique(&names)
}

/// bundle.json with `members` and `model_digest`, as the reader takes it.
fn complete_manifest(manifest: Json, members: &[NewMember<'_>]) -> Result<Vec<u8>> {
    let bad = |what: &str| Error::new(ErrorCode::Manifest, format!("bundle.json {what}"));
    let Json::Object(mut entries) = manifest else {
        return Err(bad("is no object"));
    };
    if entries.iter().any(|(key, _)| key == "members" || key == "model_digest") {
        return Err(bad("states members or model_digest, which are computed"));
    }
    let mut listed: Vec<ListedMember> = members
        .iter()
        .filter(|member| !is_signature(member.name))
        .map(|member| ListedMember {
            name: member.name.to_owned(),
            size: member.data.len() as u64,
            digest: Digest::of(member.data),
        })
        .collect();
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    entries.push(("members".to_owned(), members_json(&listed)));
    entries.push((
        "model_digest".to_owned(),
        Json::str(model_digest_of(&listed).to_string()),
    ));
    let bytes = Json::object(entries).to_bytes();
    Manifest::parse(&bytes)?;
    Ok(bytes)
}

/// A file beside the target that vanishes unless it is published.
struct Temporary {
    file: File,
    path: PathBuf,
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

impl Temporary {
    fn create(target: &Path) -> io::Result<Temporary> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let mut temporary = std::ffi::OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}-{number}.tmp", std::process::id()));
            let path = target.with_file_name(temporary);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Temporary { file, path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its name. Without `overwrite` an existing file stays, even one made a moment ago.
    fn publish(&self, target: &Path, overwrite: bool) -> io::Result<()> {
        if overwrite {
            fs::rename(&self.path, target)?;
        } else {
            self.link(target)?;
        }
        sync_folder(target)
    }

    fn link(&self, target: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, target) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && fs::symlink_metadata(target).is_err() => {
                // A file system without hard links.
                fs::rename(&self.path, target)
            }
            done => done,
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the new name durable.
#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_target: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
