//! Every bundle of tests/vectors/hostile/nodes.tsv opens; its one damaged entry is refused by name, and all others are sound.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use modelpack_bundle::{json, Bundle, Json, KeyValue, OpenOptions, Partitions, Reason};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/hostile")
}

fn open(name: &str) -> [Arc<Bundle>; 2] {
    let path = folder().join(name);
    let bytes = fs::read(&path).expect("the vector is there");
    let options = OpenOptions::unsigned();
    [Bundle::open(&path, &options), Bundle::open_bytes(bytes, &options)].map(|opened| opened.expect(name))
}

fn partitions(bundle: &Bundle) -> &Partitions {
    bundle.partitions().expect("it has partitions")
}

fn key(list: &Json) -> Vec<KeyValue<'_>> {
    let value = |item| match item {
        &Json::Int(value) => KeyValue::Int(value),
        item => KeyValue::Text(item.as_str().expect("a text or an integer")),
    };
    list.as_array().expect("a list").iter().map(value).collect()
}

/// Every node that has an entry, but this one.
fn check_others(bundle: &Bundle, but: u32) {
    let nodes = 0..partitions(bundle).node_count() as u32;
    for node in nodes.filter(|&node| node != but && !partitions(bundle).pruned(node)) {
        bundle.entry(node).expect("another node is sound");
    }
}

#[test]
fn a_damaged_node_is_refused_by_name_and_alone() {
    let index = fs::read_to_string(folder().join("nodes.tsv")).expect("the index is there");
    for line in index.lines() {
        let [id, file, phase, key_text, error, _comment] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a line of the index has not six fields: {line}");
        };
        let list = json::parse(key_text.as_bytes()).expect("a key");
        for bundle in open(file) {
            let found = partitions(&bundle).find(&key(&list));
            // A level is missing, and what stands before it is looked up.
            assert_eq!(
                (found.reason, partitions(&bundle).depth(found.node)),
                (Reason::Missing, 2),
                "{id}"
            );
            match bundle.entry(found.node) {
                Ok(_) => assert_eq!(phase, "model", "{id}: accepted, expected {error}"),
                Err(refused) => {
                    assert_eq!((phase, refused.code().name()), ("entry", error), "{id}: {refused:?}");
                    assert_eq!(refused.node(), Some("UA/7"), "{id}");
                    assert!(bundle.check_entries().is_err(), "{id}");
                }
            }
            check_others(&bundle, found.node);
        }
    }
    assert!(index.lines().count() > 10, "the index is cut");
}

#[test]
fn the_bundle_that_the_attacks_alter_is_sound() {
    for bundle in open("partitions.mpk") {
        check_others(&bundle, u32::MAX);
        bundle.check_entries().expect("sound");
        assert_eq!(partitions(&bundle).node_count(), 7);
    }
}
