//! Reading one member: into private memory, hashed whole, before anything else sees its bytes.

use sha2::{Digest as _, Sha256};

use crate::container::StoredMember;
use crate::crc32::Crc32;
use crate::quote::quote;
use crate::source::Source;
use crate::{Bytes, Digest, Error, ErrorCode, Result};

/// Bytes read, hashed and checked while they are in the processor's cache.
const CHUNK: usize = 128 << 10;

struct Checksums {
    sha256: Sha256,
    crc: Crc32,
}

impl Checksums {
    fn new() -> Self {
        Checksums {
            sha256: Sha256::new(),
            crc: Crc32::new(),
        }
    }

    fn update(&mut self, chunk: &[u8]) {
        self.sha256.update(chunk);
        self.crc.update(chunk);
    }

    /// The digest, if it is the one expected and the CRC-32 is the one that the headers state.
    fn finish(self, member: &StoredMember, expected: Option<Digest>) -> Result<Digest> {
        let digest = Digest(self.sha256.finalize().into());
        if expected.is_some_and(|expected| expected != digest) {
            let message = format!(
                "the bytes of {} do not have the digest that bundle.json states",
                quote(&member.name)
            );
            let error = Error::new(ErrorCode::Digest, message);
            return Err(error.with_hint("the file was changed or damaged: copy or download it again"));
        }
        if self.crc.finish() != member.crc {
            let message = format!("the CRC-32 of {} is not that of its bytes", quote(&member.name));
            return Err(Error::new(ErrorCode::Container, message));
        }
        Ok(digest)
    }
}

/// The member's bytes and their digest, which is `expected` (None: bundle.json, which states the digests of all others).
pub(crate) fn read_member(
    source: &dyn Source,
    member: &StoredMember,
    expected: Option<Digest>,
) -> Result<(Bytes, Digest)> {
    let size = usize::try_from(member.size).map_err(|_| no_memory(member))?;
    let mut checksums = Checksums::new();
    if let Some(bytes) = source.shared(member.offset, size) {
        bytes.chunks(CHUNK).for_each(|chunk| checksums.update(chunk));
        return Ok((bytes, checksums.finish(member, expected)?));
    }
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(size).map_err(|_| no_memory(member))?;
    while buffer.len() < size {
        let start = buffer.len();
        buffer.resize(size.min(start + CHUNK), 0);
        source.read_at(member.offset + start as u64, &mut buffer[start..])?;
        checksums.update(&buffer[start..]);
    }
    Ok((buffer.into(), checksums.finish(member, expected)?))
}

/// Checks a member that nobody needs in memory.
pub(crate) fn check_member(source: &dyn Source, member: &StoredMember, expected: Digest) -> Result<()> {
    let mut checksums = Checksums::new();
    let mut buffer = vec![0; CHUNK.min(usize::try_from(member.size).unwrap_or(CHUNK))];
    let mut done = 0;
    while done < member.size {
        let chunk = &mut buffer[..CHUNK.min((member.size - done) as usize)];
        source.read_at(member.offset + done, chunk)?;
        checksums.update(chunk);
        done += chunk.len() as u64;
    }
    checksums.finish(member, Some(expected)).map(|_| ())
}

fn no_memory(member: &StoredMember) -> Error {
    Error::new(
        ErrorCode::NoMemory,
        format!("no memory for {} of {} bytes", quote(&member.name), member.size),
    )
}
