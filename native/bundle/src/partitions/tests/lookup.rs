use std::collections::BTreeMap;

use super::fixture::*;
use crate::partitions::{KeyValue, Reason};
use crate::{cell, Bundle};

const COUNTRIES: [&str; 7] = [
    "PL",
    "DE",
    "",
    "pl",
    "P",
    "Łódź/Zgierz",
    "a country of so long a name that its key is not short: it is",
];
const ZONES: [i64; 6] = [0, 1, -1, i64::MAX, i64::MIN + 1, 256];

fn some_key(random: &mut Random, missing: bool) -> Vec<Own> {
    let mut key = vec![
        text(COUNTRIES[random.below(COUNTRIES.len())]),
        Own::Int(ZONES[random.below(ZONES.len())]),
        Own::Bool(random.below(2) == 1),
    ];
    key.truncate(1 + random.below(3));
    for value in &mut key {
        if missing && random.below(6) == 0 {
            *value = Own::Missing;
        }
    }
    key
}

/// What the plain map of nodes answers.
fn expected(nodes: &BTreeMap<Vec<Own>, Option<f64>>, key: &[Own]) -> (f64, Reason) {
    let depth = key.iter().position(|value| *value == Own::Missing).unwrap_or(key.len());
    let answer = (1..=depth)
        .rev()
        .find_map(|length| nodes.get(&key[..length]).copied().flatten());
    let reason = match nodes.get(key) {
        _ if depth < LEVELS.len() => Reason::Missing,
        Some(Some(_)) => Reason::Exact,
        Some(None) => Reason::Pruned,
        None => Reason::Unknown,
    };
    (answer.unwrap_or(0.0), reason)
}

fn found(bundle: &Bundle, key: &[Own]) -> (f64, Reason) {
    let partitions = bundle.partitions().expect("there");
    let found = partitions.find(&lent(key));
    (value(bundle, found.node).expect("sound"), found.reason)
}

#[test]
fn random_trees_answer_as_a_plain_map_does() {
    let folder = Folder::new();
    let mut random = Random(11);
    for round in 0..12 {
        let mut nodes = BTreeMap::new();
        for number in 0..[0, 1, 3, 30, 90][round % 5] {
            let model = (random.below(5) != 0).then_some(f64::from(number) + 1.0);
            nodes.insert(some_key(&mut random, false), model);
        }
        let path = folder.file(&format!("{round}.mpk"));
        let list: Vec<Node> = nodes.clone().into_iter().collect();
        write(&path, &list).expect("written");
        let bundle = open(&path);
        bundle.check_entries().expect("sound");
        let partitions = bundle.partitions().expect("there");
        assert_eq!(partitions.node_count(), nodes.len() + 1);
        for _ in 0..300 {
            let key = some_key(&mut random, true);
            assert_eq!(found(&bundle, &key), expected(&nodes, &key), "{key:?} among {nodes:?}");
        }
        for (key, model) in &nodes {
            let node = partitions.exact(&lent(key)).expect("it was written");
            assert_eq!(
                (partitions.key(node), partitions.pruned(node)),
                (lent(key), model.is_none())
            );
        }
    }
}

#[test]
fn the_most_specific_node_answers_and_says_why() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let bundle = open(&path);
    let (pl, yes, no) = (text("PL"), Own::Bool(true), Own::Bool(false));
    for (key, answer) in [
        (vec![pl.clone(), Own::Int(3), yes.clone()], (3.0, Reason::Exact)),
        (vec![pl.clone(), Own::Int(3), no.clone()], (2.0, Reason::Unknown)),
        (vec![pl.clone(), Own::Int(4), no.clone()], (4.0, Reason::Exact)),
        (vec![pl.clone(), Own::Int(4), yes.clone()], (1.0, Reason::Unknown)),
        (vec![pl.clone(), Own::Int(3), Own::Missing], (2.0, Reason::Missing)),
        (vec![pl.clone(), Own::Int(4)], (1.0, Reason::Missing)),
        (vec![pl.clone(), Own::Missing, yes.clone()], (1.0, Reason::Missing)),
        (vec![Own::Missing, Own::Int(3), yes.clone()], (0.0, Reason::Missing)),
        (vec![text("DE"), Own::Int(3), yes.clone()], (2.0, Reason::Unknown)),
        (vec![text("FR"), Own::Int(3), yes], (0.0, Reason::Unknown)),
        (vec![], (0.0, Reason::Missing)),
    ] {
        assert_eq!(found(&bundle, &key), answer, "{key:?}");
    }
    let partitions = bundle.partitions().expect("there");
    let unknown = partitions.find(&[KeyValue::Unknown, KeyValue::Int(3), KeyValue::Bool(true)]);
    assert_eq!((unknown.node, unknown.reason), (0, Reason::Unknown));
    let wrong_type = partitions.find(&[KeyValue::Int(3), KeyValue::Int(3), KeyValue::Bool(true)]);
    assert_eq!((wrong_type.node, wrong_type.reason), (0, Reason::Unknown));
}

#[test]
fn a_pruned_node_of_the_whole_key_is_named_as_the_reason() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    let whole = vec![text("PL"), Own::Int(3), Own::Bool(true)];
    write(&path, &[(whole.clone(), None), (vec![text("PL")], None)]).expect("written");
    let bundle = open(&path);
    assert_eq!(found(&bundle, &whole), (0.0, Reason::Pruned));
    let partitions = bundle.partitions().expect("there");
    let node = partitions.exact(&lent(&whole)).expect("there");
    assert_eq!((partitions.answers_for(node), partitions.program(node)), (0, None));
    assert!(bundle.entry(node).is_err());
}

#[test]
fn the_tree_lists_parents_before_children() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let bundle = open(&path);
    let partitions = bundle.partitions().expect("there");
    let order = partitions.tree_order();
    let paths: Vec<String> = order.iter().map(|&node| partitions.path_text(node)).collect();
    assert_eq!(paths, ["/", "DE/3", "PL", "PL/3", "PL/3/true", "PL/4", "PL/4/false"]);
    let parents: Vec<Option<String>> = order
        .iter()
        .map(|&node| partitions.parent(node).map(|parent| partitions.path_text(parent)))
        .collect();
    let parents: Vec<Option<&str>> = parents.iter().map(Option::as_deref).collect();
    assert_eq!(
        parents,
        [
            None,
            Some("/"),
            Some("/"),
            Some("PL"),
            Some("PL/3"),
            Some("PL"),
            Some("PL/4")
        ]
    );
    assert_eq!(partitions.depth(order[4]), 3);
    assert_eq!(partitions.levels()[1].feature, 3);
}

#[test]
fn cells_of_key_features_become_key_values() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    write(&path, &nodes()).expect("written");
    let bundle = open(&path);
    let features = &bundle.schema().features;
    let value = |feature: usize, cell: i64| KeyValue::from_cell(&features[feature], cell as u64);
    assert_eq!(value(2, 1), KeyValue::Text("PL"));
    for (cell, wanted) in [
        (cell::CODE_NONE, KeyValue::Missing),
        (cell::CODE_NAN, KeyValue::Missing),
        (cell::CODE_UNSEEN, KeyValue::Unknown),
        (99, KeyValue::Unknown),
    ] {
        assert_eq!(value(2, cell), wanted, "{cell}");
    }
    assert_eq!(
        (value(3, -7), value(3, i64::MIN)),
        (KeyValue::Int(-7), KeyValue::Missing)
    );
    assert_eq!(
        [value(1, 0), value(1, 1), value(1, 2)],
        [KeyValue::Bool(false), KeyValue::Bool(true), KeyValue::Missing]
    );
}
