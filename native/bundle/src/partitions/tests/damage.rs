use std::fs;
use std::path::Path;

use super::fixture::*;
use crate::partitions::{KeyValue, Partitions};
use crate::{verify, Bundle, ErrorCode, OpenOptions};

const FULL: [KeyValue<'static>; 3] = [KeyValue::Text("PL"), KeyValue::Int(3), KeyValue::Bool(true)];

fn partitions(bundle: &Bundle) -> &Partitions {
    bundle.partitions().expect("there")
}

/// The bundle's file with one byte of what the entry of PL/3/true states changed.
fn damaged(path: &Path) {
    write(path, &nodes()).expect("written");
    let mut bytes = fs::read(path).expect("there");
    let entry = tensors(3.0, PROGRAM);
    let at = bytes
        .windows(entry.len())
        .position(|window| window == entry)
        .expect("there");
    bytes[at + entry.len() - 1] ^= 1;
    fs::write(path, bytes).expect("writable");
}

#[test]
fn a_damaged_entry_fails_alone_and_by_name() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    damaged(&path);
    let in_memory = Bundle::open_bytes(fs::read(&path).expect("there"), &OpenOptions::unsigned()).expect("opens");
    for bundle in [open(&path), in_memory] {
        let found = partitions(&bundle).find(&FULL);
        let error = value(&bundle, found.node).expect_err("damaged");
        assert_eq!((error.code(), error.node()), (ErrorCode::Digest, Some("PL/3/true")));
        assert!(
            error.hint().is_some_and(|hint| hint.contains("other nodes answer")),
            "{error}"
        );
        assert_eq!(
            bundle.entry_bytes(found.node).expect_err("damaged").code(),
            ErrorCode::Digest
        );
        let others = (0..partitions(&bundle).node_count() as u32)
            .filter(|&node| node != found.node && !partitions(&bundle).pruned(node));
        for node in others {
            value(&bundle, node).expect("sound");
        }
        let error = bundle.check_entries().expect_err("damaged");
        assert_eq!(error.node(), Some("PL/3/true"));
    }
    let options = OpenOptions::unsigned();
    assert!(verify(&path, &options, false).is_ok());
    assert_eq!(
        verify(&path, &options, true).expect_err("damaged").code(),
        ErrorCode::Digest
    );
}

#[test]
fn a_file_cut_while_it_is_open_fails_by_name() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let bundle = open(&path);
    let file = fs::OpenOptions::new().write(true).open(&path).expect("writable");
    file.set_len(4096 + 64).expect("cut");
    let node = partitions(&bundle).find(&FULL).node;
    let error = bundle.entry(node).expect_err("cut");
    assert_eq!((error.code(), error.node()), (ErrorCode::Truncated, Some("PL/3/true")));
}

#[test]
fn nodes_that_have_no_entry_are_said_so() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let bundle = open(&path);
    let pruned = partitions(&bundle)
        .exact(&[KeyValue::Text("PL"), KeyValue::Int(4)])
        .expect("there");
    let beyond = partitions(&bundle).node_count() as u32;
    for node in [pruned, beyond, u32::MAX] {
        assert_eq!(bundle.entry(node).expect_err("no entry").code(), ErrorCode::Usage);
    }
    assert_eq!(value(&bundle, 0), Ok(0.0));
}
