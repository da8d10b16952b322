//! Where the entries of partitions.pack stand: one after the other, each 64-aligned, the last at the end.

use super::index_error;
use super::record::Record;
use crate::{limits, Error, ErrorCode, Result};

/// Entries start at multiples of this.
pub(crate) const ENTRY_ALIGNMENT: u64 = 64;

/// Bits that hold any record's number.
const NUMBER_BITS: u32 = usize::BITS - limits::PARTITIONS.leading_zeros();
// An entry's place in units of the alignment and a record's number share 64 bits.
const _: () = assert!((limits::FILE_BYTES / ENTRY_ALIGNMENT).leading_zeros() > NUMBER_BITS);
const _: () = assert!(limits::PARTITION_ENTRY_BYTES <= u32::MAX as u64);

/// The entries that records name, in any order.
pub(super) struct PackLayout {
    places: Vec<Place>,
}

/// Kept small, since it is sorted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The offset in units of the alignment, above the record's number.
    offset_and_number: u64,
    length: u32,
}

impl Place {
    fn offset(self) -> u64 {
        (self.offset_and_number >> NUMBER_BITS) * ENTRY_ALIGNMENT
    }

    fn number(self) -> usize {
        (self.offset_and_number & ((1 << NUMBER_BITS) - 1)) as usize
    }
}

impl PackLayout {
    pub fn with_capacity(count: usize) -> Result<PackLayout> {
        let mut places = Vec::new();
        places
            .try_reserve_exact(count)
            .map_err(|_| Error::new(ErrorCode::NoMemory, "no memory for the partitions' index"))?;
        Ok(PackLayout { places })
    }

    /// Adds an entry that lies within the file and the limits; false if it is not aligned.
    pub fn add(&mut self, record: &Record, number: usize) -> bool {
        self.places.push(Place {
            offset_and_number: (record.offset / ENTRY_ALIGNMENT) << NUMBER_BITS | number as u64,
            length: record.length as u32,
        });
        record.offset % ENTRY_ALIGNMENT == 0
    }

    /// Two records name the same entry, or different ones; these fill the member but for the gaps that alignment leaves.
    pub fn check(
        mut self,
        pack_size: u64,
        record: impl Fn(usize) -> Option<Record>,
        misplaced: impl Fn(usize) -> Error,
    ) -> Result<()> {
        self.places.sort_unstable();
        let mut end = 0;
        let mut previous: Option<Place> = None;
        for place in self.places {
            let shared = previous.filter(|previous| previous.offset() == place.offset());
            let in_place = match shared {
                Some(previous) => is_same(record(previous.number()), record(place.number())),
                None => place.offset() == aligned(end),
            };
            if !in_place {
                return Err(misplaced(place.number()));
            }
            end = place.offset() + u64::from(place.length);
            previous = Some(place);
        }
        match end == pack_size {
            true => Ok(()),
            false => Err(index_error("its entries do not fill partitions.pack")),
        }
    }
}

fn is_same(one: Option<Record>, other: Option<Record>) -> bool {
    let entry = |record: Record| (record.length, record.program, record.entry);
    one.map(entry) == other.map(entry)
}

/// Where an entry stands that follows one which ends at `end`. Entries end within a file, far from overflow.
pub(crate) fn aligned(end: u64) -> u64 {
    end.next_multiple_of(ENTRY_ALIGNMENT)
}
