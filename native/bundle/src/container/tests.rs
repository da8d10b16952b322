use super::layout::{end_records, Entry};
use super::*;
use crate::source::Source;
use crate::{Bytes, ErrorCode, Result};

/// A file that is zero but for some pieces, to hold more than memory does.
struct Sparse {
    size: u64,
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Source for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        assert!(offset + buffer.len() as u64 <= self.size, "read past the end");
        buffer.fill(0);
        for (start, bytes) in &self.pieces {
            for (index, byte) in bytes.iter().enumerate() {
                if let Some(at) = (start + index as u64).checked_sub(offset) {
                    if let Some(target) = buffer.get_mut(at as usize) {
                        *target = *byte;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A container of members of these sizes, filled with zeros, and headers that `change` may alter.
fn sparse(members: &[(&str, u64)], change: impl Fn(&mut Vec<u8>)) -> Sparse {
    let mut position = 0;
    let mut pieces = Vec::new();
    let mut central = Vec::new();
    for (name, size) in members {
        let entry = Entry {
            name: (*name).to_owned(),
            size: *size,
            crc: 7,
            offset: position,
        };
        let header = entry.local_header();
        let data = position + header.len() as u64;
        pieces.push((position, header));
        central.extend(entry.central_header());
        position = data + size;
    }
    let mut end = end_records(members.len() as u16, central.len() as u32, position);
    change(&mut end);
    central.extend(end);
    let size = position + central.len() as u64;
    pieces.push((position, central));
    Sparse { size, pieces }
}

fn code(source: &dyn Source) -> ErrorCode {
    read(source).expect_err("must be refused").code()
}

fn written(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (name, data) in members {
        writer.member(name, data).expect("memory");
    }
    writer.finish().expect("memory")
}

#[test]
fn members_come_back_where_they_were_written_and_aligned() {
    for name_bytes in 1..80 {
        let name = "a".repeat(name_bytes);
        let bytes = Bytes::from(written(&[
            ("partitions.pack", b"p"),
            (&name, b"xyz"),
            (BUNDLE_JSON, b"{}"),
        ]));
        let members = read(&bytes).expect("canonical");
        assert_eq!(members[0].offset, 4096);
        assert_eq!(members[1].offset % 64, 0);
        let start = members[1].offset as usize;
        assert_eq!(&bytes[start..start + 3], b"xyz");
        assert_eq!((members[1].size, members[1].crc), (3, 0xEB8E_BA67));
    }
}

#[test]
fn sizes_and_offsets_beyond_4_gib_have_one_form() {
    const MAX: u64 = u32::MAX as u64;
    for size in [MAX - 1, MAX, MAX + 1, 5 << 30] {
        let source = sparse(&[("a", size), ("b", 3), (BUNDLE_JSON, 2)], |_| {});
        let members = read(&source).expect("canonical");
        assert_eq!(members[0].size, size);
        assert!(members.iter().all(|member| member.offset % 64 == 0));
    }
    // bundle.json starts 64 bytes below 4 GiB, so the directory's offset meets the bound before, at and after it.
    for size in [62, 63, 64] {
        let source = sparse(&[("a", MAX + 1 - 192), (BUNDLE_JSON, size)], |_| {});
        assert_eq!(read(&source).expect("canonical")[1].offset, MAX + 1 - 64);
    }
}

fn signature() -> String {
    format!("signatures/{}.sigstore.json", "0a".repeat(32))
}

#[test]
fn long_end_records_are_compared_byte_for_byte() {
    let members = [("a", 5u64 << 30), (BUNDLE_JSON, 2)];
    let length = end_records(2, 1, 5 << 30).len();
    for at in 0..length {
        for bit in 0..8 {
            let source = sparse(&members, |end| end[at] ^= 1 << bit);
            assert!(read(&source).is_err(), "bit {bit} of byte {at}");
        }
    }
    // The same file with short end records only.
    let short = sparse(&members, |end| drop(end.drain(..76)));
    assert_eq!(code(&short), ErrorCode::Container);
}

#[test]
fn zip64_where_it_is_not_needed_is_refused() {
    let source = sparse(&[(BUNDLE_JSON, 2)], |end| {
        let mut long = end_records(
            1,
            u32::from_le_bytes(end[12..16].try_into().expect("4 bytes")),
            u64::from(u32::MAX),
        );
        let offset = u64::from(u32::from_le_bytes(end[16..20].try_into().expect("4 bytes")));
        long[48..56].copy_from_slice(&offset.to_le_bytes());
        *end = long;
    });
    assert_eq!(code(&source), ErrorCode::Container);
}

#[test]
fn counts_and_sizes_are_limited() {
    let names: Vec<String> = (0..300).map(|index| format!("a{index:03}")).collect();
    let members = |count: usize| {
        let mut members: Vec<(&str, u64)> = names[..count - 1].iter().map(|name| (name.as_str(), 0)).collect();
        members.push((BUNDLE_JSON, 2));
        members
    };
    assert!(read(&sparse(&members(256), |_| {})).is_ok());
    assert_eq!(code(&sparse(&members(257), |_| {})), ErrorCode::Limit);
    let signatures: Vec<String> = (0..17)
        .map(|index| format!("signatures/{index:064x}.sigstore.json"))
        .collect();
    let signed = |count: usize, size: u64| {
        let mut members = vec![(BUNDLE_JSON, 2)];
        members.extend(signatures[..count].iter().map(|name| (name.as_str(), size)));
        sparse(&members, |_| {})
    };
    assert!(read(&signed(16, 256 << 10)).is_ok());
    assert_eq!(code(&signed(17, 1)), ErrorCode::Limit);
    assert_eq!(code(&signed(1, (256 << 10) + 1)), ErrorCode::Limit);
    assert_eq!(code(&sparse(&[(BUNDLE_JSON, (8 << 20) + 1)], |_| {})), ErrorCode::Limit);
    assert_eq!(
        code(&sparse(&[("a", 1 << 41), (BUNDLE_JSON, 2)], |_| {})),
        ErrorCode::Limit
    );
}

#[test]
fn members_stand_in_the_order_of_a_streaming_writer() {
    let signature = signature();
    let ordered = [
        ("partitions.pack", 1),
        ("partitions.idx", 1),
        ("a", 1),
        ("b", 1),
        (BUNDLE_JSON, 2),
        (&*signature, 1),
    ];
    assert!(read(&sparse(&ordered, |_| {})).is_ok());
    for at in 1..ordered.len() {
        let mut swapped = ordered;
        swapped.swap(at - 1, at);
        assert_eq!(code(&sparse(&swapped, |_| {})), ErrorCode::Container, "{swapped:?}");
    }
}

#[test]
fn what_is_no_bundle_is_called_so() {
    let bytes = written(&[(BUNDLE_JSON, b"{}")]);
    let code = |bytes: &[u8]| read(&Bytes::from(bytes)).expect_err("must be refused").code();
    assert_eq!(code(b""), ErrorCode::NotABundle);
    assert_eq!(code(b"PK"), ErrorCode::Truncated);
    assert_eq!(code(b"#!/bin/sh\n"), ErrorCode::NotABundle);
    assert_eq!(code(&[0; 1000]), ErrorCode::NotABundle);
    assert_eq!(code(&written(&[])), ErrorCode::NotABundle);
    assert_eq!(code(&written(&[("a", b"")])), ErrorCode::NotABundle);
    for missing in 1..bytes.len() - 4 {
        assert_eq!(
            code(&bytes[..bytes.len() - missing]),
            ErrorCode::Truncated,
            "{missing} bytes missing"
        );
    }
    assert_eq!(code(&[&bytes[..], b"\0"].concat()), ErrorCode::Container);
    assert_eq!(code(&[b"\0", &bytes[..]].concat()), ErrorCode::Container);
    assert_eq!(code(&[&bytes[..], &bytes[..]].concat()), ErrorCode::Container);
}
