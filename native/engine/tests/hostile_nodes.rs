//! Every bundle of tests/vectors/hostile/nodes.tsv becomes a predictor; its one bad node is refused by name, and all others load.

use std::fs;
use std::path::PathBuf;

use modelpack_bundle::{json, Bundle, Json, KeyValue, OpenOptions, Partitions};
use modelpack_engine::{Predictor, PredictorOptions};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/hostile")
}

fn predictor(name: &str) -> Predictor {
    let bundle = Bundle::open(&folder().join(name), &OpenOptions::unsigned()).expect(name);
    Predictor::new(&bundle, &PredictorOptions::default()).expect(name)
}

fn partitions(predictor: &Predictor) -> &Partitions {
    predictor.bundle().partitions().expect("it has partitions")
}

fn node_of(predictor: &Predictor, list: &Json) -> u32 {
    let value = |item| match item {
        &Json::Int(value) => KeyValue::Int(value),
        item => KeyValue::Text(item.as_str().expect("a text or an integer")),
    };
    let key: Vec<KeyValue<'_>> = list.as_array().expect("a list").iter().map(value).collect();
    partitions(predictor).exact(&key).expect("the node is there")
}

/// Every node that has an entry, but this one.
fn load_others(predictor: &Predictor, but: u32) {
    let nodes = 1..partitions(predictor).node_count() as u32;
    for node in nodes.filter(|&node| node != but && !partitions(predictor).pruned(node)) {
        predictor.preload(&[node]).expect("another node is sound");
    }
}

#[test]
fn a_bad_node_is_refused_by_name_and_alone() {
    let index = fs::read_to_string(folder().join("nodes.tsv")).expect("the index is there");
    for line in index.lines() {
        let [id, file, _phase, key, error, _comment] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a line of the index has not six fields: {line}");
        };
        let predictor = predictor(file);
        let node = node_of(&predictor, &json::parse(key.as_bytes()).expect("a key"));
        for _ in 0..2 {
            let refused = predictor.preload(&[node]).expect_err(id);
            assert_eq!(refused.code().name(), error, "{id}: {refused:?}");
            assert_eq!(refused.node(), Some("UA/7"), "{id}");
        }
        load_others(&predictor, node);
    }
}

#[test]
fn the_bundle_that_the_attacks_alter_loads_every_node() {
    load_others(&predictor("partitions.mpk"), u32::MAX);
}
