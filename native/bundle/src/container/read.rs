//! The strict reader: whatever the writer would not have written byte for byte is refused.

use super::layout::{self, Entry};
use super::{names, StoredMember, BUNDLE_JSON};
use crate::quote::quote;
use crate::source::Source;
use crate::{limits, Error, ErrorCode, Result};

/// How far from the end a foreign end record is looked for, to tell a cut file from one with something after it.
const END_SEARCH: u64 = (1 << 16) + layout::LONG_END_BYTES as u64;
const CENTRAL_LIMIT: usize =
    (limits::MEMBERS + limits::SIGNATURES) * (layout::CENTRAL_BYTES + limits::MEMBER_NAME_BYTES + 28);

fn error(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Container, message)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

/// Checks the structure of the whole file and lists its members in their order. Reads headers only.
pub(crate) fn read(source: &dyn Source) -> Result<Vec<StoredMember>> {
    if source.size() > limits::FILE_BYTES {
        return Err(Error::new(ErrorCode::Limit, "a bundle of more than 1 TiB"));
    }
    let directory = find_directory(source)?;
    let central = source.read(directory.offset, directory.size)?;
    let entries = parse_central(&central, directory.count)?;
    check_names(&entries)?;
    check_limits(&entries)?;
    check_order(&entries)?;
    check_locals(source, entries, directory.offset)
}

struct Directory {
    count: u16,
    size: usize,
    offset: u64,
}

/// Reads the end records, which must be the last bytes and the canonical ones.
fn find_directory(source: &dyn Source) -> Result<Directory> {
    let tail_size = source.size().min(layout::LONG_END_BYTES as u64) as usize;
    let tail = source.read(source.size() - tail_size as u64, tail_size)?;
    let end = tail.len().checked_sub(layout::END_BYTES).map(|start| &tail[start..]);
    let Some(end) = end.filter(|end| end.starts_with(layout::END_SIGNATURE)) else {
        return Err(no_end_record(source)?);
    };
    let fields = || {
        let offset = match u32_at(end, 16)? {
            layout::SATURATED if tail.len() == layout::LONG_END_BYTES => u64_at(&tail, layout::LONG_END_OFFSET)?,
            offset => u64::from(offset),
        };
        Some((u16_at(end, 10)?, u32_at(end, 12)?, offset))
    };
    let (count, size, offset) = fields().ok_or_else(|| error("the end record is cut"))?;
    if offset > limits::FILE_BYTES {
        return Err(error("the central directory lies outside the file"));
    }
    let expected = layout::end_records(count, size, offset);
    if !tail.ends_with(&expected) {
        return Err(error("the end record is not the canonical one"));
    }
    if offset + u64::from(size) + expected.len() as u64 != source.size() {
        return Err(error(
            "the central directory does not stand between members and end record",
        ));
    }
    if size as usize > CENTRAL_LIMIT {
        return Err(Error::new(
            ErrorCode::Limit,
            format!("a central directory of {size} bytes"),
        ));
    }
    if count == 0 {
        return Err(Error::new(
            ErrorCode::NotABundle,
            "a ZIP file without members is no bundle",
        ));
    }
    Ok(Directory {
        count,
        size: size as usize,
        offset,
    })
}

/// Why the file does not end as a bundle does.
fn no_end_record(source: &dyn Source) -> Result<Error> {
    let head = source.read(0, source.size().min(4) as usize)?;
    if head.is_empty() || !layout::LOCAL_SIGNATURE.starts_with(&head) {
        let what = if head.is_empty() {
            "the file is empty"
        } else {
            "the bytes are no modelpack bundle"
        };
        return Ok(Error::new(ErrorCode::NotABundle, what));
    }
    let size = source.size().min(END_SEARCH) as usize;
    let tail = source.read(source.size() - size as u64, size)?;
    let last = tail.windows(4).rposition(|window| window == layout::END_SIGNATURE);
    if last.is_some_and(|at| tail.len() - at > layout::END_BYTES) {
        return Ok(error("something stands after the end record"));
    }
    let cut = Error::new(ErrorCode::Truncated, "the file ends before its structure does");
    Ok(cut.with_hint("copy or download it again"))
}

fn parse_central(central: &[u8], count: u16) -> Result<Vec<Entry>> {
    let mut entries = Vec::with_capacity(usize::from(count));
    let mut rest = central;
    for _ in 0..count {
        let name_size = u16_at(rest, 28).ok_or_else(|| error("the central directory is cut"))?;
        let name = rest.get(layout::CENTRAL_BYTES..layout::CENTRAL_BYTES + usize::from(name_size));
        let name = names::parse_name(name.ok_or_else(|| error("the central directory is cut"))?)?;
        let entry = parse_entry(rest, name).ok_or_else(|| error("the central directory is cut"))?;
        let expected = entry.central_header();
        rest = rest.strip_prefix(&expected[..]).ok_or_else(|| {
            error(format!(
                "the central header of {} is not the canonical one",
                quote(&entry.name)
            ))
        })?;
        entries.push(entry);
    }
    if !rest.is_empty() {
        return Err(error("the central directory holds more than its members"));
    }
    Ok(entries)
}

/// The numbers of a central header; that they stand in canonical form is for the caller to compare.
fn parse_entry(header: &[u8], name: &str) -> Option<Entry> {
    let mut large = layout::CENTRAL_BYTES + name.len() + 4;
    let mut size = u64::from(u32_at(header, 24)?);
    if size == u64::from(layout::SATURATED) {
        size = u64_at(header, large)?;
        large += 16;
    }
    let mut offset = u64::from(u32_at(header, 42)?);
    if offset == u64::from(layout::SATURATED) {
        offset = u64_at(header, large)?;
    }
    Some(Entry {
        name: name.to_owned(),
        size,
        crc: u32_at(header, 16)?,
        offset,
    })
}

fn check_names(entries: &[Entry]) -> Result<()> {
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    names::check_unique(&names)
}

fn check_limits(entries: &[Entry]) -> Result<()> {
    let limit = |what: String| Err(Error::new(ErrorCode::Limit, what));
    let (signatures, members): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| names::is_signature(&entry.name));
    if members.len() > limits::MEMBERS {
        return limit(format!("{} members; at most {}", members.len(), limits::MEMBERS));
    }
    if signatures.len() > limits::SIGNATURES {
        return limit(format!(
            "{} signatures; at most {}",
            signatures.len(),
            limits::SIGNATURES
        ));
    }
    if let Some(large) = signatures.iter().find(|entry| entry.size > limits::SIGNATURE_BYTES) {
        return limit(format!("{} is larger than 256 KiB", quote(&large.name)));
    }
    match entries.iter().find(|entry| entry.name == BUNDLE_JSON) {
        None => Err(Error::new(
            ErrorCode::NotABundle,
            "a ZIP file without bundle.json is no bundle",
        )),
        Some(entry) if entry.size > limits::JSON_BYTES as u64 => limit("bundle.json is larger than 8 MiB".to_owned()),
        Some(_) => Ok(()),
    }
}

fn check_order(entries: &[Entry]) -> Result<()> {
    match entries
        .windows(2)
        .find(|pair| names::order(&pair[0].name) >= names::order(&pair[1].name))
    {
        Some(pair) => Err(error(format!("the member {} is out of order", quote(&pair[1].name)))),
        None => Ok(()),
    }
}

/// Members stand one after the other from the first byte to the directory, each behind the header that its entry implies.
fn check_locals(source: &dyn Source, entries: Vec<Entry>, directory: u64) -> Result<Vec<StoredMember>> {
    let mut members = Vec::with_capacity(entries.len());
    let mut position = 0u64;
    for entry in entries {
        let at = quote(&entry.name);
        if entry.offset != position {
            return Err(error(format!("the member {at} does not follow the one before it")));
        }
        let header = entry.local_header();
        let offset = position + header.len() as u64;
        let end = offset.checked_add(entry.size).filter(|&end| end <= directory);
        position = end.ok_or_else(|| error(format!("the member {at} runs into the central directory")))?;
        if source.read(entry.offset, header.len())? != header {
            return Err(error(format!(
                "the local header of {at} is not the one that the central header implies"
            )));
        }
        members.push(StoredMember {
            name: entry.name,
            offset,
            size: entry.size,
            crc: entry.crc,
        });
    }
    if position != directory {
        return Err(error(
            "something stands between the last member and the central directory",
        ));
    }
    Ok(members)
}
