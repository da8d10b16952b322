use super::fixture::*;
use crate::partitions::{Fact, Facts, KeyValue, Metric, NodeReason, PartitionWriter};
use crate::safetensors::{to_bytes, Dtype, TensorData};
use crate::ErrorCode;

fn fact(rows: i64, reason: NodeReason) -> Fact {
    Fact {
        rows,
        metric: rows as f64 / 2.0,
        parent_metric: 0.25,
        reason,
    }
}

#[test]
fn facts_follow_their_nodes() {
    let folder = Folder::new();
    let path = folder.file("eta.mpk");
    let mut writer = PartitionWriter::new(&path, &LEVELS, false).expect("begun");
    let metric = Metric {
        name: "mean_absolute_error".to_owned(),
        greater_is_better: false,
    };
    writer.set_metric(metric.clone());
    writer.set_root_fact(fact(100, NodeReason::Kept));
    let key = |zone: i64| [KeyValue::Text("PL"), KeyValue::Int(zone)];
    for zone in 0..20 {
        let entry = tensors(zone as f64, PROGRAM);
        match zone % 2 {
            0 => writer.add(&key(zone), PROGRAM, &entry, Some(fact(zone, NodeReason::Kept))),
            _ => writer.add_pruned(&key(zone), Some(fact(zone, NodeReason::TooFewRows))),
        }
        .expect("added");
    }
    finish(writer, &["PL"], "1.0.0").expect("written");
    let bundle = open(&path);
    bundle.check_entries().expect("sound");
    let facts = bundle.node_facts().expect("sound").expect("there");
    assert_eq!(facts.metric, metric);
    assert_eq!(facts.get(0), Some(fact(100, NodeReason::Kept)));
    let partitions = bundle.partitions().expect("there");
    for zone in 0..20 {
        let node = partitions.exact(&key(zone)).expect("there");
        let reason = [NodeReason::Kept, NodeReason::TooFewRows][zone as usize % 2];
        assert_eq!(facts.get(node), Some(fact(zone, reason)));
    }
    assert_eq!(facts.get(21), None);
}

#[test]
fn malformed_facts_are_refused() {
    let zeros = [0; 16];
    let member = |reasons: &[u8], metadata: &[(&str, &str)]| {
        let tensor = |name, dtype, data| TensorData {
            name,
            dtype,
            shape: &[2],
            data,
        };
        let tensors = [
            tensor("rows", Dtype::I64, &zeros),
            tensor("metric", Dtype::F64, &zeros),
            tensor("parent_metric", Dtype::F64, &zeros),
            tensor("reason", Dtype::U8, reasons),
        ];
        to_bytes(&tensors, metadata).expect("canonical")
    };
    let good = [("metric", "auc"), ("greater_is_better", "1")];
    assert!(Facts::parse(member(&[0, 3], &good), 2).is_ok());
    for (bytes, nodes) in [
        (member(&[0, 3], &good), 3),
        (member(&[0, 4], &good), 2),
        (member(&[0, 3], &good[..1]), 2),
        (member(&[0, 3], &good[1..]), 2),
        (member(&[0, 3], &[good[0], ("greater_is_better", "yes")]), 2),
        (b"none".to_vec(), 2),
    ] {
        assert_eq!(
            Facts::parse(bytes, nodes).expect_err("refused").code(),
            ErrorCode::Tensors
        );
    }
}
