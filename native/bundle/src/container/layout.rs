//! The one form of every ZIP header. The writer writes it; the reader makes it again and compares.

pub(super) const LOCAL_SIGNATURE: &[u8; 4] = b"PK\x03\x04";
pub(super) const CENTRAL_SIGNATURE: &[u8; 4] = b"PK\x01\x02";
pub(super) const END_SIGNATURE: &[u8; 4] = b"PK\x05\x06";
const END64_SIGNATURE: &[u8; 4] = b"PK\x06\x06";
const LOCATOR_SIGNATURE: &[u8; 4] = b"PK\x06\x07";

pub(super) const LOCAL_BYTES: usize = 30;
pub(super) const CENTRAL_BYTES: usize = 46;
pub(super) const END_BYTES: usize = 22;
const END64_BYTES: usize = 56;
const LOCATOR_BYTES: usize = 20;
/// End records of a file whose central directory lies beyond 4 GiB.
pub(super) const LONG_END_BYTES: usize = END64_BYTES + LOCATOR_BYTES + END_BYTES;
/// Where the directory's offset stands in them.
pub(super) const LONG_END_OFFSET: usize = 48;

const VERSION_PLAIN: u16 = 10;
const VERSION_ZIP64: u16 = 45;
/// Unix, version 3.0 of the format's description.
const MADE_BY: u16 = 0x031E;
/// 1980-01-01, the first day that DOS knows.
const DOS_DATE: u16 = 0x0021;
/// A regular file, rw-r--r--.
const EXTERNAL_ATTRIBUTES: u32 = 0o100_644 << 16;
const ZIP64_FIELD: u16 = 0x0001;
const PADDING_FIELD: u16 = 0xD935;
const FIELD_HEADER_BYTES: usize = 4;
/// What a 32-bit field says when the number stands in 64 bits elsewhere.
pub(super) const SATURATED: u32 = u32::MAX;

/// Data of every member starts at a multiple of this …
const ALIGNMENT: u64 = 64;
/// … and that of the partitions at a multiple of this.
const PARTITIONS_ALIGNMENT: u64 = 4096;

/// What the headers of a member say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub name: String,
    pub size: u64,
    pub crc: u32,
    /// Of the local header.
    pub offset: u64,
}

/// The number in 32 bits, saturated where it stands in 64 elsewhere.
fn low(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(SATURATED)
}

fn is_large(value: u64) -> bool {
    value >= u64::from(SATURATED)
}

fn alignment(name: &str) -> u64 {
    if name == super::PARTITIONS_PACK {
        PARTITIONS_ALIGNMENT
    } else {
        ALIGNMENT
    }
}

fn push16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn push32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn push64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// A ZIP64 field of these numbers, or nothing.
fn zip64_field(numbers: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    if !numbers.is_empty() {
        push16(&mut out, ZIP64_FIELD);
        push16(&mut out, 8 * numbers.len() as u16);
        numbers.iter().for_each(|&number| push64(&mut out, number));
    }
    out
}

/// The smallest field of zeros after which data at `offset` is aligned, or nothing where it is already.
fn padding_field(offset: u64, alignment: u64) -> Vec<u8> {
    let gap = offset.next_multiple_of(alignment) - offset;
    if gap == 0 {
        return Vec::new();
    }
    let size = if gap < FIELD_HEADER_BYTES as u64 {
        gap + alignment
    } else {
        gap
    };
    let mut out = Vec::new();
    push16(&mut out, PADDING_FIELD);
    push16(&mut out, (size - FIELD_HEADER_BYTES as u64) as u16);
    out.resize(size as usize, 0);
    out
}

impl Entry {
    /// What both headers hold between their versions and the lengths of their tails.
    fn push_shared(&self, out: &mut Vec<u8>) {
        let needed = if is_large(self.size) || is_large(self.offset) {
            VERSION_ZIP64
        } else {
            VERSION_PLAIN
        };
        push16(out, needed);
        push16(out, 0); // flags
        push16(out, 0); // method: stored
        push16(out, 0); // time: 00:00
        push16(out, DOS_DATE);
        push32(out, self.crc);
        push32(out, low(self.size));
        push32(out, low(self.size));
        push16(out, self.name.len() as u16);
    }

    /// The local header, padding included: the data follows it.
    pub fn local_header(&self) -> Vec<u8> {
        let sizes = [self.size; 2];
        let mut extra = zip64_field(if is_large(self.size) { &sizes } else { &[] });
        let data = self
            .offset
            .saturating_add((LOCAL_BYTES + self.name.len() + extra.len()) as u64);
        extra.extend(padding_field(data, alignment(&self.name)));
        let mut out = LOCAL_SIGNATURE.to_vec();
        self.push_shared(&mut out);
        push16(&mut out, extra.len() as u16);
        out.extend_from_slice(self.name.as_bytes());
        out.extend(extra);
        out
    }

    pub fn central_header(&self) -> Vec<u8> {
        let mut large = Vec::new();
        if is_large(self.size) {
            large.extend([self.size; 2]);
        }
        if is_large(self.offset) {
            large.push(self.offset);
        }
        let extra = zip64_field(&large);
        let mut out = CENTRAL_SIGNATURE.to_vec();
        push16(&mut out, MADE_BY);
        self.push_shared(&mut out);
        push16(&mut out, extra.len() as u16);
        push16(&mut out, 0); // comment
        push16(&mut out, 0); // disk
        push16(&mut out, 0); // internal attributes
        push32(&mut out, EXTERNAL_ATTRIBUTES);
        push32(&mut out, low(self.offset));
        out.extend_from_slice(self.name.as_bytes());
        out.extend(extra);
        out
    }
}

/// The end of the file, after a central directory of `count` entries in `size` bytes at `offset`.
pub(super) fn end_records(count: u16, size: u32, offset: u64) -> Vec<u8> {
    let mut out = Vec::new();
    if is_large(offset) {
        out.extend_from_slice(END64_SIGNATURE);
        push64(&mut out, (END64_BYTES - 12) as u64);
        push16(&mut out, MADE_BY);
        push16(&mut out, VERSION_ZIP64);
        push32(&mut out, 0); // this disk
        push32(&mut out, 0); // the directory's disk
        push64(&mut out, u64::from(count));
        push64(&mut out, u64::from(count));
        push64(&mut out, u64::from(size));
        push64(&mut out, offset);
        out.extend_from_slice(LOCATOR_SIGNATURE);
        push32(&mut out, 0); // disk of the record
        push64(&mut out, offset + u64::from(size));
        push32(&mut out, 1); // disks
    }
    out.extend_from_slice(END_SIGNATURE);
    push16(&mut out, 0); // this disk
    push16(&mut out, 0); // the directory's disk
    push16(&mut out, count);
    push16(&mut out, count);
    push32(&mut out, size);
    push32(&mut out, low(offset));
    push16(&mut out, 0); // comment
    out
}
