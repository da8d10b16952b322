//! Where the entries of partitions.pack stand: one after the other, each 64-aligned, the last at the end.

use super::index_error;
use super::record::Record;
use crate::{Digest, Error, ErrorCode, Result};

/// Entries start at multiples of this.
pub(crate) const ENTRY_ALIGNMENT: u64 = 64;

/// The entries that records name, in any order.
pub(super) struct PackLayout {
    entries: Vec<Placed>,
}

struct Placed {
    offset: u64,
    length: u64,
    entry: Digest,
    program: u32,
    /// Number of the record.
    record: u32,
}

impl PackLayout {
    pub fn with_capacity(count: usize) -> Result<PackLayout> {
        let mut entries = Vec::new();
        entries
            .try_reserve_exact(count)
            .map_err(|_| Error::new(ErrorCode::NoMemory, "no memory for the partitions' index"))?;
        Ok(PackLayout { entries })
    }

    pub fn add(&mut self, record: &Record, number: usize) {
        self.entries.push(Placed {
            offset: record.offset,
            length: record.length,
            entry: record.entry,
            program: record.program,
            record: number as u32,
        });
    }

    /// Two records name the same entry, or different ones; these fill the member but for the gaps that alignment leaves.
    pub fn check(mut self, pack_size: u64, misplaced: impl Fn(usize) -> Error) -> Result<()> {
        self.entries.sort_unstable_by_key(|placed| placed.offset);
        let mut end = 0;
        let mut previous: Option<&Placed> = None;
        for placed in &self.entries {
            let shared = previous.filter(|previous| previous.offset == placed.offset);
            let in_place = match shared {
                Some(previous) => previous.is_same(placed),
                None => placed.offset == aligned(end),
            };
            if !in_place {
                return Err(misplaced(placed.record as usize));
            }
            end = placed.offset + placed.length;
            previous = Some(placed);
        }
        match end == pack_size {
            true => Ok(()),
            false => Err(index_error("its entries do not fill partitions.pack")),
        }
    }
}

impl Placed {
    fn is_same(&self, other: &Placed) -> bool {
        (self.length, self.program, self.entry) == (other.length, other.program, other.entry)
    }
}

/// Where an entry stands that follows one which ends at `end`. Entries end within a file, far from overflow.
pub(crate) fn aligned(end: u64) -> u64 {
    end.next_multiple_of(ENTRY_ALIGNMENT)
}
