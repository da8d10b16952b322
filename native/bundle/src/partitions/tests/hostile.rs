//! Indexes that a forger wrote who can repair every digest: none is accepted that the writer would not have written.

use std::sync::Arc;

use super::fixture::*;
use crate::partitions::header::{Header, HEADER_BYTES};
use crate::partitions::record::{Record, RECORD_BYTES};
use crate::write::{to_bytes, NewMember};
use crate::{Bundle, ErrorCode, OpenOptions, Result};

const INDEX: &str = "partitions.idx";

/// The members of a good bundle.
fn members() -> Vec<(String, Vec<u8>)> {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let bundle = open(&path);
    let names = bundle.member_names().filter(|name| *name != "bundle.json");
    names
        .map(|name| (name.to_owned(), bundle.member(name).expect("sound").to_vec()))
        .collect()
}

fn open_with(members: &[(String, Vec<u8>)]) -> Result<Arc<Bundle>> {
    let members: Vec<NewMember<'_>> = members.iter().map(|(name, data)| NewMember { name, data }).collect();
    let (bytes, _) = to_bytes(manifest("1.0.0"), &members).expect("can be written");
    Bundle::open_bytes(bytes, &OpenOptions::unsigned())
}

fn changed(change: impl Fn(&mut Vec<u8>)) -> Vec<(String, Vec<u8>)> {
    let mut members = members();
    let index = members.iter_mut().find(|member| member.0 == INDEX).expect("there");
    change(&mut index.1);
    members
}

fn code(change: impl Fn(&mut Vec<u8>)) -> ErrorCode {
    open_with(&changed(change)).expect_err("refused").code()
}

fn record_of(index: &[u8], number: usize) -> Record {
    let at = HEADER_BYTES + number * RECORD_BYTES;
    Record::parse(index[at..].first_chunk().expect("there")).expect("good")
}

fn set_record(index: &mut [u8], number: usize, record: Record) {
    let at = HEADER_BYTES + number * RECORD_BYTES;
    index[at..at + RECORD_BYTES].copy_from_slice(&record.to_bytes());
}

/// The first record that is pruned or not.
fn number_of(index: &[u8], pruned: bool) -> usize {
    (0..6)
        .find(|&number| record_of(index, number).pruned == pruned)
        .expect("there")
}

#[test]
fn any_changed_bit_of_the_index_is_refused_at_the_latest_by_its_entry() {
    let good = members();
    let index = good.iter().position(|member| member.0 == INDEX).expect("there");
    let mut opened = 0;
    for at in 0..good[index].1.len() {
        for bit in [0, 3, 7] {
            let mut members = good.clone();
            members[index].1[at] ^= 1 << bit;
            if let Ok(bundle) = open_with(&members) {
                let error = bundle.check_entries().expect_err("an entry has another digest");
                assert!(error.node().is_some(), "{error}");
                opened += 1;
            }
        }
    }
    assert!(
        opened >= 3 * 32 * 3,
        "the digest of an entry that one node has is believed until it is read"
    );
}

#[test]
fn records_are_checked_field_by_field() {
    let with = |pruned: bool, change: fn(&mut Record)| {
        code(|index| {
            let number = number_of(index, pruned);
            let mut record = record_of(index, number);
            change(&mut record);
            set_record(index, number, record);
        })
    };
    type Change = (bool, fn(&mut Record), ErrorCode);
    let changes: [Change; 12] = [
        (false, |record| record.program = 1, ErrorCode::Partitions),
        (false, |record| record.program = u32::MAX, ErrorCode::Partitions),
        (false, |record| record.offset = u64::MAX - 63, ErrorCode::Partitions),
        (false, |record| record.offset += 64, ErrorCode::Partitions),
        (false, |record| record.length = 0, ErrorCode::Partitions),
        (false, |record| record.length += 1, ErrorCode::Partitions),
        (false, |record| record.length = u64::MAX, ErrorCode::Limit),
        (false, |record| record.length = (256 << 20) + 1, ErrorCode::Limit),
        (false, |record| record.pruned = true, ErrorCode::Partitions),
        (true, |record| record.pruned = false, ErrorCode::Partitions),
        (true, |record| record.offset = 64, ErrorCode::Partitions),
        (true, |record| record.entry.0[31] = 1, ErrorCode::Partitions),
    ];
    for (number, (pruned, change, expected)) in changes.into_iter().enumerate() {
        assert_eq!(with(pruned, change), expected, "change {number}");
    }
    assert_eq!(
        with(false, |record| record.key_offset = u64::MAX),
        ErrorCode::Partitions
    );
    assert_eq!(
        with(false, |record| record.key_length = u32::MAX),
        ErrorCode::Partitions
    );
}

#[test]
fn records_ascend_and_none_stands_twice() {
    assert_eq!(
        code(|index| {
            let (first, second) = (record_of(index, 0), record_of(index, 1));
            set_record(index, 0, second);
            set_record(index, 1, first);
        }),
        ErrorCode::Partitions
    );
    assert_eq!(
        code(|index| {
            let second = record_of(index, 1);
            set_record(index, 0, second);
        }),
        ErrorCode::Partitions
    );
}

#[test]
fn counts_that_lie_are_refused() {
    let with_header = |change: fn(&mut Header)| {
        code(move |index| {
            let mut header = Header::parse(index).expect("good");
            change(&mut header);
            index[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        })
    };
    assert_eq!(with_header(|header| header.count = 5), ErrorCode::Partitions);
    assert_eq!(with_header(|header| header.count = 7), ErrorCode::Partitions);
    assert_eq!(with_header(|header| header.levels = 2), ErrorCode::Partitions);
    assert_eq!(
        with_header(|header| header.blob_length = u64::MAX),
        ErrorCode::Partitions
    );
    assert_eq!(
        code(|index| index[16..24].copy_from_slice(&u64::MAX.to_le_bytes())),
        ErrorCode::Limit
    );
    assert_eq!(code(|index| index.truncate(63)), ErrorCode::Partitions);
    assert_eq!(code(|index| index.push(0)), ErrorCode::Partitions);
    assert_eq!(code(Vec::clear), ErrorCode::Partitions);
}

#[test]
fn members_that_partitions_need_are_there_and_agree() {
    for name in [
        INDEX,
        "partitions.pack",
        "programs.json",
        "models/main/tensors.safetensors",
    ] {
        let mut members = members();
        members.retain(|member| member.0 != name);
        assert_eq!(
            open_with(&members).expect_err("refused").code(),
            ErrorCode::Members,
            "{name}"
        );
    }
    for change in [|pack: &mut Vec<u8>| pack.truncate(9), |pack: &mut Vec<u8>| pack.push(0)] {
        let mut members = members();
        let pack = members
            .iter_mut()
            .find(|member| member.0 == "partitions.pack")
            .expect("there");
        change(&mut pack.1);
        assert_eq!(open_with(&members).expect_err("refused").code(), ErrorCode::Partitions);
    }
    let mut members = members();
    let schema = members
        .iter_mut()
        .find(|member| member.0 == "schema.json")
        .expect("there");
    schema.1 = SCHEMA.replace(r#""zone","express"]"#, r#""zone"]"#).into_bytes();
    assert_eq!(open_with(&members).expect_err("refused").code(), ErrorCode::Manifest);
}
