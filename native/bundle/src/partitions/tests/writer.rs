use std::fs;

use super::fixture::*;
use crate::partitions::{KeyValue, PartitionWriter};
use crate::{Bundle, ErrorCode, OpenOptions, Result, Signer, TrustPolicy};

fn code<T>(result: Result<T>) -> ErrorCode {
    match result {
        Ok(_) => panic!("must be refused"),
        Err(error) => error.code(),
    }
}

#[test]
fn the_file_appears_whole_and_holds_equal_entries_once() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    let identity = write(&path, &nodes()).expect("written");
    assert_eq!(folder.names(), ["eta.mpk"]);
    let bundle = Bundle::inspect(&path).expect("every digest fits");
    bundle.check_entries().expect("sound");
    assert_eq!(bundle.identity(), identity.to_string());
    let partitions = bundle.partitions().expect("there");
    let node = |key: &[KeyValue<'_>]| partitions.exact(key).expect("there");
    let [pl, de] = ["PL", "DE"].map(|country| node(&[KeyValue::Text(country), KeyValue::Int(3)]));
    assert_eq!(partitions.entry_digest(pl), partitions.entry_digest(de));
    assert_eq!(partitions.program_text(pl), Some(PROGRAM));
    let size = tensors(0.0, PROGRAM).len() as u64;
    assert_eq!([partitions.size_bytes(pl), partitions.size_bytes(0)], [size, size]);
    let pack = bundle.manifest().member("partitions.pack").expect("listed");
    assert_eq!(
        pack.size,
        3 * size.next_multiple_of(64) + size,
        "four entries for five nodes"
    );
    let again = folder.file("again.mpk");
    write(&again, &nodes()).expect("written");
    assert_eq!(fs::read(&path).expect("there"), fs::read(&again).expect("there"));
}

#[test]
fn programs_of_all_nodes_are_kept_and_numbered_by_digest() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    let mut writer = PartitionWriter::new(&path, &LEVELS, false).expect("begun");
    let key = |zone: i64| [KeyValue::Text("PL"), KeyValue::Int(zone)];
    writer
        .add(&key(1), OTHER_PROGRAM, &tensors(1.0, OTHER_PROGRAM), None)
        .expect("added");
    writer
        .add(&key(2), PROGRAM, &tensors(1.0, PROGRAM), None)
        .expect("added");
    assert_eq!(writer.count(), 2);
    finish(writer, &["PL"], "1.0.0").expect("written");
    let bundle = open(&path);
    bundle.check_entries().expect("sound");
    let partitions = bundle.partitions().expect("there");
    assert_eq!(partitions.programs().len(), 2);
    for (zone, program) in [(1, OTHER_PROGRAM), (2, PROGRAM)] {
        let node = partitions.exact(&key(zone)).expect("there");
        assert_eq!(partitions.program_text(node), Some(program));
        assert_eq!(
            bundle.entry(node).expect("sound").metadata("program"),
            partitions.program(node)
        );
    }
}

#[test]
fn what_a_reader_refuses_is_not_added() {
    let folder = Folder::new();
    let mut writer = PartitionWriter::new(&folder.file("eta.mpk"), &LEVELS, false).expect("begun");
    let mut add = |key: &[KeyValue<'_>], program: &str, tensors: &[u8]| writer.add(key, program, tensors, None);
    let good = tensors(1.0, PROGRAM);
    let pl = [KeyValue::Text("PL"), KeyValue::Int(1)];
    add(&pl, PROGRAM, &good).expect("added");
    let twice = add(&pl, PROGRAM, &good).expect_err("twice");
    assert_eq!((twice.code(), twice.node()), (ErrorCode::Usage, Some("PL/1")));
    let too_deep = [pl[0], pl[1], KeyValue::Bool(true), KeyValue::Bool(true)];
    assert_eq!(code(add(&too_deep, PROGRAM, &good)), ErrorCode::Usage);
    assert_eq!(code(add(&[], PROGRAM, &good)), ErrorCode::Usage);
    for value in [
        KeyValue::Missing,
        KeyValue::Unknown,
        KeyValue::Int(1),
        KeyValue::Bool(true),
    ] {
        assert_eq!(code(add(&[value], PROGRAM, &good)), ErrorCode::WrongType, "{value:?}");
    }
    assert_eq!(code(add(&pl[..1], OTHER_PROGRAM, &good)), ErrorCode::Tensors);
    assert_eq!(code(add(&pl[..1], PROGRAM, b"short")), ErrorCode::Tensors);
    drop(writer);
    assert!(folder.names().is_empty());
}

#[test]
fn a_bundle_that_could_not_be_opened_does_not_appear() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    let begin = || {
        let mut writer = PartitionWriter::new(&path, &LEVELS, false).expect("begun");
        add(&mut writer, &(vec![text("PL")], Some(1.0))).expect("added");
        writer
    };
    let unreachable = finish(begin(), &["DE"], "1.0.0").expect_err("no row reaches it");
    assert_eq!(
        (unreachable.code(), unreachable.node()),
        (ErrorCode::Partitions, Some("PL"))
    );
    assert_eq!(code(begin().finish(manifest("1.0.0"), &[], &[])), ErrorCode::Members);
    assert_eq!(code(finish(begin(), &["PL"], "1.0")), ErrorCode::Manifest);
    assert_eq!(code(PartitionWriter::new(&path, &[], false)), ErrorCode::Usage);
    assert!(folder.names().is_empty());
    fs::write(&path, b"precious").expect("writable");
    assert_eq!(code(PartitionWriter::new(&path, &LEVELS, false)), ErrorCode::Io);
    let mut over = PartitionWriter::new(&path, &LEVELS, true).expect("begun");
    add(&mut over, &(vec![text("PL")], Some(1.0))).expect("added");
    finish(over, &["PL"], "1.0.0").expect("overwritten");
    open(&path);
    assert_eq!(folder.names(), ["eta.mpk"]);
}

#[test]
fn a_bundle_with_partitions_is_signed_like_any_other() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let key = crate::fixture::p256();
    crate::sign(&path, &[&key as &dyn Signer]).expect("signed");
    let options = OpenOptions {
        trust: Some(TrustPolicy::of_key(key.public().clone(), "a test").into()),
        ..OpenOptions::default()
    };
    let bundle = Bundle::open(&path, &options).expect("trusted");
    assert!(bundle.verified());
    bundle.check_entries().expect("sound");
    crate::verify(&path, &options, true).expect("sound");
}
