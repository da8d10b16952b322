//! Writing a bundle: deterministic bytes, and a file that appears whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::container::{check_unique, is_signature, member_order, parse_name, Writer, BUNDLE_JSON};
use crate::json::Json;
use crate::manifest::{members_json, model_digest_of, ListedMember, Manifest};
use crate::sign::{make_signatures, SignatureMember};
use crate::signer::Signer;
use crate::temporary::Temporary;
use crate::{Digest, Error, ErrorCode, Result};

/// A member to write.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    pub name: &'a str,
    pub data: &'a [u8],
}

impl NewMember<'_> {
    pub(crate) fn listed(&self) -> ListedMember {
        ListedMember {
            name: self.name.to_owned(),
            size: self.data.len() as u64,
            digest: Digest::of(self.data),
        }
    }
}

/// A bundle that is ready to be written.
struct Layout<'a> {
    /// In the order of the file.
    members: Vec<NewMember<'a>>,
    bundle_json: Vec<u8>,
    identity: Digest,
    /// Made by signers, in order; where there are any, no signature is among the members.
    signatures: Vec<SignatureMember>,
}

/// Writes a bundle to `path` and answers its identity. `manifest` is bundle.json without `members` and `model_digest`.
pub fn write(path: &Path, manifest: Json, members: &[NewMember<'_>], overwrite: bool) -> Result<Digest> {
    write_signed(path, manifest, members, &[], overwrite)
}

/// As [`write`], signed: the file appears with its signatures or not at all.
pub fn write_signed(
    path: &Path,
    manifest: Json,
    members: &[NewMember<'_>],
    signers: &[&dyn Signer],
    overwrite: bool,
) -> Result<Digest> {
    let layout = Layout::new(manifest, members, signers)?;
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
    let layout = Layout::new(manifest, members, &[])?;
    let bytes = layout
        .write(Vec::new())
        .map_err(|error| Error::io("cannot write a bundle", &error))?;
    Ok((bytes, layout.identity))
}

pub(crate) fn exists(path: &Path) -> Error {
    Error::new(ErrorCode::Io, format!("{} exists already", path.display())).with_hint("say overwrite to replace it")
}

impl<'a> Layout<'a> {
    fn new(manifest: Json, members: &[NewMember<'a>], signers: &[&dyn Signer]) -> Result<Layout<'a>> {
        let mut members = members.to_vec();
        members.sort_by(|a, b| member_order(a.name).cmp(&member_order(b.name)));
        check_names(members.iter().map(|member| member.name))?;
        let others = members.iter().filter(|member| !is_signature(member.name));
        let (bundle_json, manifest) = complete_manifest(manifest, others.map(NewMember::listed).collect())?;
        let identity = Digest::of(&bundle_json);
        let signed = members.iter().any(|member| is_signature(member.name));
        if signed && !signers.is_empty() {
            return Err(Error::new(
                ErrorCode::Usage,
                "signatures are given as members or made by signers, not both",
            ));
        }
        Ok(Layout {
            signatures: make_signatures(&manifest, identity, signers)?,
            identity,
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
        for (name, content) in &self.signatures {
            writer.member(name, content)?;
        }
        let mut out = writer.finish()?;
        out.flush()?;
        Ok(out)
    }
}

pub(crate) fn check_names<'a>(members: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let mut names = vec![BUNDLE_JSON];
    for name in members {
        names.push(parse_name(name.as_bytes())?);
    }
    check_unique(&names)
}

/// bundle.json with `members` and `model_digest`, as the reader takes it.
pub(crate) fn complete_manifest(manifest: Json, mut listed: Vec<ListedMember>) -> Result<(Vec<u8>, Manifest)> {
    let bad = |what: &str| Error::new(ErrorCode::Manifest, format!("bundle.json {what}"));
    let Json::Object(mut entries) = manifest else {
        return Err(bad("is no object"));
    };
    if entries.iter().any(|(key, _)| key == "members" || key == "model_digest") {
        return Err(bad("states members or model_digest, which are computed"));
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    entries.push(("members".to_owned(), members_json(&listed)));
    entries.push((
        "model_digest".to_owned(),
        Json::str(model_digest_of(&listed).to_string()),
    ));
    let bytes = Json::object(entries).to_bytes();
    let manifest = Manifest::parse(&bytes)?;
    Ok((bytes, manifest))
}

#[cfg(test)]
mod tests;
