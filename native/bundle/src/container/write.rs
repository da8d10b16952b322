//! The deterministic writer: the same members give the same bytes.

use std::io::{self, Write};

use super::layout::{end_records, Entry};
use super::StoredMember;
use crate::crc32::Crc32;

/// Writes members one after the other, in the order in which they are given, then the directory.
pub(crate) struct Writer<W> {
    out: W,
    position: u64,
    entries: Vec<Entry>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Self {
        Writer {
            out,
            position: 0,
            entries: Vec::new(),
        }
    }

    /// Goes on after these members, the first of a file, which were written already.
    pub fn resume(out: W, members: &[&StoredMember]) -> Self {
        let mut writer = Self::new(out);
        for member in members {
            writer.entries.push(Entry {
                name: member.name.clone(),
                size: member.size,
                crc: member.crc,
                offset: writer.position,
            });
            writer.position = member.end();
        }
        writer
    }

    pub fn member(&mut self, name: &str, data: &[u8]) -> io::Result<()> {
        let entry = Entry {
            name: name.to_owned(),
            size: data.len() as u64,
            crc: Crc32::of(data),
            offset: self.position,
        };
        self.put(&entry.local_header())?;
        self.put(data)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        let offset = self.position;
        let central: Vec<u8> = self.entries.iter().flat_map(Entry::central_header).collect();
        let too_many = || io::Error::new(io::ErrorKind::InvalidInput, "too many members");
        let count = u16::try_from(self.entries.len()).map_err(|_| too_many())?;
        let size = u32::try_from(central.len()).map_err(|_| too_many())?;
        self.put(&central)?;
        self.put(&end_records(count, size, offset))?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.position += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

/// The header of the first member of a file, which a writer that streams writes last.
pub(crate) fn first_header(member: &StoredMember) -> Vec<u8> {
    let entry = Entry {
        name: member.name.clone(),
        size: member.size,
        crc: member.crc,
        offset: 0,
    };
    entry.local_header()
}
