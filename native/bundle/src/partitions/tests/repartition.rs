use std::fs;
use std::sync::Arc;

use super::fixture::*;
use crate::json::{self, Json};
use crate::partitions::{Fact, KeyValue, Metric, NodeReason, Reason, Repartition};
use crate::write::NewMember;
use crate::{Bundle, ErrorCode, Result};

const ZONE: [KeyValue<'static>; 2] = [KeyValue::Text("PL"), KeyValue::Int(3)];
const FULL: [KeyValue<'static>; 3] = [KeyValue::Text("PL"), KeyValue::Int(3), KeyValue::Bool(true)];

fn changes() -> Json {
    json::parse(br#"{"created_at":"2026-11-25T00:00:00Z"}"#).expect("canonical")
}

fn old(folder: &Folder) -> Arc<Bundle> {
    let path = folder.file("old.mpk");
    write(&path, &nodes()).expect("written");
    open(&path)
}

fn begin(folder: &Folder, bundle: &Arc<Bundle>) -> Repartition {
    Repartition::new(bundle, &folder.file("new.mpk"), "1.1.0", false).expect("begun")
}

fn code<T>(result: Result<T>) -> ErrorCode {
    match result {
        Ok(_) => panic!("must be refused"),
        Err(error) => error.code(),
    }
}

#[test]
fn untouched_entries_keep_their_bytes() {
    let folder = Folder::new();
    let before = old(&folder);
    let mut update = begin(&folder, &before);
    update
        .replace(&ZONE, OTHER_PROGRAM, &tensors(20.0, OTHER_PROGRAM), None)
        .expect("replaced");
    update.prune(&FULL, None).expect("pruned");
    update
        .remove(&[KeyValue::Text("PL"), KeyValue::Int(4)])
        .expect("removed");
    let new_key = [KeyValue::Text("FR")];
    update
        .replace(&new_key, PROGRAM, &tensors(30.0, PROGRAM), None)
        .expect("added");
    let grown = dictionaries(&["DE", "PL", "FR"]);
    let members = [NewMember {
        name: "dictionaries.safetensors",
        data: &grown,
    }];
    update.finish(changes(), &members, &[]).expect("written");
    let after = open(&folder.file("new.mpk"));
    after.check_entries().expect("sound");
    assert_eq!((after.name(), after.version()), ("eta", "1.1.0"));
    assert_eq!(after.manifest().created_at, "2026-11-25T00:00:00Z");
    let find = |key: &[KeyValue<'_>]| {
        let found = after.partitions().expect("there").find(key);
        (value(&after, found.node).expect("sound"), found.reason)
    };
    assert_eq!(find(&FULL), (20.0, Reason::Pruned));
    assert_eq!(
        find(&[new_key[0], KeyValue::Int(1), KeyValue::Bool(true)]),
        (30.0, Reason::Unknown)
    );
    let (old, new) = (before.partitions().expect("there"), after.partitions().expect("there"));
    assert_eq!(new.node_count(), old.node_count());
    for key in [&[KeyValue::Text("PL")][..], &[KeyValue::Text("DE"), KeyValue::Int(3)]] {
        let (old, new) = (old.exact(key).expect("there"), new.exact(key).expect("there"));
        let bytes = |bundle: &Bundle, node| bundle.entry_bytes(node).expect("sound").to_vec();
        assert_eq!(bytes(&before, old), bytes(&after, new));
    }
    assert_eq!(value(&after, 0), Ok(0.0));
}

#[test]
fn nothing_changed_gives_the_same_model() {
    let folder = Folder::new();
    let before = old(&folder);
    begin(&folder, &before).finish(changes(), &[], &[]).expect("written");
    assert_eq!(open(&folder.file("new.mpk")).model_digest(), before.model_digest());
}

#[test]
fn facts_move_with_their_nodes() {
    let folder = Folder::new();
    let before = old(&folder);
    let metric = Metric {
        name: "auc".to_owned(),
        greater_is_better: true,
    };
    let fact = Fact {
        rows: 7,
        reason: NodeReason::NotBetter,
        metric: 0.5,
        parent_metric: 0.75,
    };
    let mut update = begin(&folder, &before);
    update.set_metric(metric.clone());
    update.prune(&ZONE, Some(fact)).expect("pruned");
    update.finish(changes(), &[], &[]).expect("written");
    let middle = open(&folder.file("new.mpk"));
    let last = folder.file("last.mpk");
    let update = Repartition::new(&middle, &last, "1.2.0", false).expect("begun");
    update.finish(changes(), &[], &[]).expect("written");
    let after = open(&last);
    let facts = after.node_facts().expect("sound").expect("there");
    let node = after.partitions().expect("there").exact(&ZONE).expect("there");
    assert_eq!((&facts.metric, facts.get(node)), (&metric, Some(fact)));
    assert_eq!(facts.get(0).map(|fact| fact.rows), Some(-1));
    let mut update = Repartition::new(&after, &folder.file("other.mpk"), "2.0.0", false).expect("begun");
    update.set_metric(Metric {
        name: "log_loss".to_owned(),
        greater_is_better: false,
    });
    assert_eq!(code(update.finish(changes(), &[], &[])), ErrorCode::Usage);
}

#[test]
fn a_lower_or_equal_version_and_a_bundle_without_trust_are_refused() {
    let folder = Folder::new();
    let before = old(&folder);
    let path = folder.file("new.mpk");
    for version in ["1.0.0", "0.9.0", "1.0.0-rc.1", "next", "1.1"] {
        let refused = Repartition::new(&before, &path, version, false);
        assert_eq!(code(refused), ErrorCode::Usage, "{version}");
    }
    let inspected = Bundle::inspect(&folder.file("old.mpk")).expect("sound");
    assert_eq!(
        code(Repartition::new(&inspected, &path, "1.1.0", false)),
        ErrorCode::Usage
    );
    assert_eq!(folder.names(), ["old.mpk"]);
}

#[test]
fn a_change_that_would_alter_what_stays_is_refused() {
    let folder = Folder::new();
    let before = old(&folder);
    let begin = || begin(&folder, &before);
    let mut twice = begin();
    twice.remove(&ZONE).expect("removed");
    assert_eq!(code(twice.prune(&ZONE, None)), ErrorCode::Usage);
    drop(twice);
    assert_eq!(code(begin().remove(&[KeyValue::Text("FR")])), ErrorCode::Usage);
    let member = |name, data| [NewMember { name, data }];
    let shuffled = dictionaries(&["PL", "DE"]);
    let cut = dictionaries(&["DE"]);
    let schema = SCHEMA.replace("distance", "length");
    for members in [
        member("dictionaries.safetensors", &shuffled),
        member("dictionaries.safetensors", &cut),
        member("schema.json", schema.as_bytes()),
        member("partitions.idx", b""),
    ] {
        let refused = begin().finish(changes(), &members, &[]);
        assert_eq!(code(refused), ErrorCode::Usage, "{}", members[0].name);
    }
    for change in [r#"{}"#, r#"{"created_at":"2026-11-25T00:00:00Z","name":"other"}"#, "[]"] {
        let refused = begin().finish(json::parse(change.as_bytes()).expect("JSON"), &[], &[]);
        assert_eq!(code(refused), ErrorCode::Usage, "{change}");
    }
    assert_eq!(folder.names(), ["old.mpk"]);
}

#[test]
fn a_damaged_entry_is_not_carried_over_unless_it_is_replaced() {
    let folder = Folder::new();
    let path = folder.file("old.mpk");
    write(&path, &nodes()).expect("written");
    let mut bytes = fs::read(&path).expect("there");
    let entry = tensors(3.0, PROGRAM);
    let at = bytes
        .windows(entry.len())
        .position(|window| window == entry)
        .expect("there");
    bytes[at + 8] ^= 1;
    fs::write(&path, bytes).expect("writable");
    let before = open(&path);
    let error = begin(&folder, &before)
        .finish(changes(), &[], &[])
        .expect_err("damaged");
    assert_eq!((error.code(), error.node()), (ErrorCode::Digest, Some("PL/3/true")));
    let mut update = begin(&folder, &before);
    update
        .replace(&FULL, PROGRAM, &tensors(3.0, PROGRAM), None)
        .expect("replaced");
    update.finish(changes(), &[], &[]).expect("written");
    open(&folder.file("new.mpk")).check_entries().expect("sound");
}
