//! partitions.pack while it is written: the first member of a file, its length known last.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use sha2::{Digest as _, Sha256};

use super::pack_layout::{aligned, ENTRY_ALIGNMENT};
use crate::container::{first_header, StoredMember, PARTITIONS_PACK};
use crate::crc32::Crc32;
use crate::manifest::ListedMember;
use crate::Digest;

/// The data follows a header of this length, whatever its size: padding aligns it.
const DATA_START: u64 = 4096;

/// An entry that was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub digest: Digest,
    pub offset: u64,
    pub length: u64,
}

/// The member under way; equal entries are written once.
pub(super) struct Pack {
    out: BufWriter<File>,
    size: u64,
    sha256: Sha256,
    crc: Crc32,
    entries: Vec<Placed>,
    by_digest: HashMap<Digest, u32>,
}

impl Pack {
    /// Begins the file with room for the header.
    pub fn begin(file: File) -> io::Result<Pack> {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        out.write_all(&[0; DATA_START as usize])?;
        Ok(Pack {
            out,
            size: 0,
            sha256: Sha256::new(),
            crc: Crc32::new(),
            entries: Vec::new(),
            by_digest: HashMap::new(),
        })
    }

    /// The number of the entry with these bytes, which is written unless it was before.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<u32> {
        let digest = Digest::of(bytes);
        if let Some(&number) = self.by_digest.get(&digest) {
            return Ok(number);
        }
        let number = self.entries.len() as u32;
        let out_of_memory = |_| io::Error::from(io::ErrorKind::OutOfMemory);
        self.entries.try_reserve(1).map_err(out_of_memory)?;
        self.by_digest.try_reserve(1).map_err(out_of_memory)?;
        let gap = aligned(self.size) - self.size;
        self.put(&[0; ENTRY_ALIGNMENT as usize][..gap as usize])?;
        let offset = self.size;
        self.put(bytes)?;
        self.entries.push(Placed {
            digest,
            offset,
            length: bytes.len() as u64,
        });
        self.by_digest.insert(digest, number);
        Ok(number)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        self.sha256.update(bytes);
        self.crc.update(bytes);
        self.out.write_all(bytes)
    }

    /// Writes the header, and leaves the file where the next member goes.
    pub fn finish(self) -> io::Result<Finished> {
        let stored = StoredMember {
            name: PARTITIONS_PACK.to_owned(),
            offset: DATA_START,
            size: self.size,
            crc: self.crc.finish(),
        };
        let listed = ListedMember {
            name: stored.name.clone(),
            size: self.size,
            digest: Digest(self.sha256.finalize().into()),
        };
        let mut out = self.out;
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&first_header(&stored))?;
        out.seek(SeekFrom::Start(stored.end()))?;
        Ok(Finished {
            out,
            stored,
            listed,
            entries: self.entries,
        })
    }
}

/// The written member.
pub(super) struct Finished {
    pub out: BufWriter<File>,
    pub stored: StoredMember,
    pub listed: ListedMember,
    pub entries: Vec<Placed>,
}
