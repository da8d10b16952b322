//! Signing a bundle file: only its tail is new.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::container::{StoredMember, Writer, BUNDLE_JSON};
use crate::manifest::{ListedMember, Manifest};
use crate::signature::{self, Statement};
use crate::signer::Signer;
use crate::temporary::Temporary;
use crate::unjudged::Unjudged;
use crate::{limits, Bytes, Digest, Error, ErrorCode, Result};

/// A signature as a member: its name and its content.
pub(crate) type SignatureMember = (String, Vec<u8>);

/// Signs the bundle at `path`: every member is hashed first, signatures by other keys stay, one by the same key is replaced. The
/// file is replaced by a temporary file that is synced and renamed.
pub fn sign(path: &Path, signers: &[&dyn Signer]) -> Result<()> {
    // Behind a link stands the file that is meant.
    let path =
        &fs::canonicalize(path).map_err(|error| Error::io(&format!("cannot open {}", path.display()), &error))?;
    let bundle = Unjudged::open(path)?;
    let signatures = checked_signatures(&bundle, signers)?;
    replace(path, &bundle, &signatures)
}

/// As [`sign`], for a bundle in memory.
pub fn sign_bytes(bytes: impl Into<Bytes>, signers: &[&dyn Signer]) -> Result<Vec<u8>> {
    let bundle = Unjudged::read(Box::new(bytes.into()))?;
    let signatures = checked_signatures(&bundle, signers)?;
    let failed = |error| Error::io("cannot write a bundle", &error);
    write_signed(&bundle, &signatures, Vec::new(), failed)
}

/// The signatures that a bundle will have, once its members were found to be those of its bundle.json.
fn checked_signatures(bundle: &Unjudged, signers: &[&dyn Signer]) -> Result<Vec<SignatureMember>> {
    bundle.check_members()?;
    let new = make_signatures(&bundle.manifest, bundle.identity, signers)?;
    merged(bundle, new)
}

/// The signatures of `signers` over a bundle, in the order of their names.
pub(crate) fn make_signatures(
    manifest: &Manifest,
    identity: Digest,
    signers: &[&dyn Signer],
) -> Result<Vec<SignatureMember>> {
    let statement = statement_of(manifest, identity);
    let mut signatures: Vec<SignatureMember> = Vec::with_capacity(signers.len());
    for signer in signers {
        let name = signature::member_name(signer.public_key().hint());
        if signatures.iter().any(|other| other.0 == name) {
            return Err(Error::new(ErrorCode::Usage, "two of the signers have one key"));
        }
        signatures.push((name, signature::make(&statement, *signer)?));
    }
    signatures.sort();
    check_limits(&signatures)?;
    Ok(signatures)
}

/// What a signature of a bundle signs.
pub(crate) fn statement_of(manifest: &Manifest, identity: Digest) -> Statement {
    let listed = |member: &ListedMember| (member.name.clone(), member.digest);
    let resources = manifest.members.iter().map(listed);
    Statement::new(
        format!("{}-{}", manifest.name, manifest.version),
        resources.chain([(BUNDLE_JSON.to_owned(), identity)]).collect(),
    )
}

fn check_limits(signatures: &[SignatureMember]) -> Result<()> {
    if signatures.len() > limits::SIGNATURES {
        return Err(Error::new(
            ErrorCode::Limit,
            format!("{} signatures; at most {}", signatures.len(), limits::SIGNATURES),
        ));
    }
    match signatures
        .iter()
        .find(|signature| signature.1.len() as u64 > limits::SIGNATURE_BYTES)
    {
        Some(_) => Err(Error::new(
            ErrorCode::Limit,
            "the bundle has so many members that its signature is larger than 256 KiB",
        )),
        None => Ok(()),
    }
}

/// The signatures that the file will have.
fn merged(bundle: &Unjudged, new: Vec<SignatureMember>) -> Result<Vec<SignatureMember>> {
    let mut signatures = new;
    for stored in &bundle.signatures {
        if signatures.iter().all(|signature| signature.0 != stored.name) {
            signatures.push((stored.name.clone(), bundle.signature_bytes(stored)?.to_vec()));
        }
    }
    signatures.sort();
    check_limits(&signatures)?;
    Ok(signatures)
}

/// Writes the file anew, by way of a temporary one.
fn replace(path: &Path, bundle: &Unjudged, signatures: &[SignatureMember]) -> Result<()> {
    let failed = |error: std::io::Error| Error::io(&format!("cannot write {}", path.display()), &error);
    let temporary = Temporary::create(path).map_err(failed)?;
    let permissions = fs::metadata(path).map_err(failed)?.permissions();
    temporary.file.set_permissions(permissions).map_err(failed)?;
    write_signed(bundle, signatures, BufWriter::new(&temporary.file), failed)?;
    temporary.file.sync_all().map_err(failed)?;
    temporary.publish(path, true).map_err(failed)
}

/// The same members, byte for byte, then other signatures.
fn write_signed<W: Write>(
    bundle: &Unjudged,
    signatures: &[SignatureMember],
    mut out: W,
    failed: impl Fn(std::io::Error) -> Error,
) -> Result<W> {
    let members: Vec<&StoredMember> = bundle.stored().collect();
    let end = members.last().map_or(0, |last| last.end());
    copy(bundle, end, &mut out, &failed)?;
    let mut writer = Writer::resume(out, &members);
    for (name, content) in signatures {
        writer.member(name, content).map_err(&failed)?;
    }
    let mut out = writer.finish().map_err(&failed)?;
    out.flush().map_err(&failed)?;
    Ok(out)
}

const CHUNK: usize = 1 << 20;

/// The first `end` bytes of the file that was checked.
fn copy(bundle: &Unjudged, end: u64, out: &mut impl Write, failed: impl Fn(std::io::Error) -> Error) -> Result<()> {
    let mut buffer = vec![0; CHUNK.min(usize::try_from(end).unwrap_or(CHUNK))];
    let mut done = 0;
    while done < end {
        let chunk = &mut buffer[..CHUNK.min((end - done) as usize)];
        bundle.source.read_at(done, chunk)?;
        out.write_all(chunk).map_err(&failed)?;
        done += chunk.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
