//! Nodes, as Java's `PartitionNodeReader` reads them.

use modelpack_bundle::partitions::{path_text, Fact};
use modelpack_bundle::{Error, ErrorCode, KeyValue, Partitions, Result};

use crate::predictor::JavaPredictor;
use crate::schema::{BOOL, INT64, STRING};
use crate::wire::Wire;

/// No node has it.
const NONE: i64 = -1;

/// A node's number from Java, checked.
pub fn checked(predictor: &JavaPredictor, node: i64) -> Result<u32> {
    let count = count(predictor);
    let number = u32::try_from(node).ok().filter(|&node| (node as usize) < count);
    number.ok_or_else(|| {
        Error::new(
            ErrorCode::Usage,
            format!("the bundle has {count} nodes, none is {node}"),
        )
    })
}

/// Nodes with the root.
pub fn count(predictor: &JavaPredictor) -> usize {
    predictor
        .predictor
        .bundle()
        .partitions()
        .map_or(1, Partitions::node_count)
}

pub fn path(predictor: &JavaPredictor, node: u32) -> String {
    match predictor.predictor.bundle().partitions() {
        Some(partitions) => partitions.path_text(node),
        None => path_text(&[]),
    }
}

pub fn write(wire: &mut Wire, predictor: &JavaPredictor, node: u32) -> Result<()> {
    wire.int64(node.into());
    wire.text(&path(predictor, node))?;
    let partitions = predictor.predictor.bundle().partitions();
    write_key(wire, &partitions.map(|all| all.key(node)).unwrap_or_default())?;
    wire.int64(partitions.and_then(|all| all.parent(node)).map_or(NONE, i64::from));
    wire.bool(partitions.is_some_and(|all| all.pruned(node)));
    wire.int64(partitions.map_or(0, |all| all.size_bytes(node)) as i64);
    write_fact(wire, predictor.facts()?.and_then(|facts| facts.get(node)));
    Ok(())
}

fn write_key(wire: &mut Wire, key: &[KeyValue<'_>]) -> Result<()> {
    wire.count(key.len())?;
    for value in key {
        match value {
            KeyValue::Int(value) => {
                wire.int32(INT64);
                wire.int64(*value);
            }
            KeyValue::Bool(value) => {
                wire.int32(BOOL);
                wire.bool(*value);
            }
            KeyValue::Text(text) => {
                wire.int32(STRING);
                wire.text(text)?;
            }
            KeyValue::Missing | KeyValue::Unknown => {
                return Err(Error::new(ErrorCode::Internal, "a node's key lacks a value"));
            }
        }
    }
    Ok(())
}

fn write_fact(wire: &mut Wire, fact: Option<Fact>) {
    wire.bool(fact.is_some());
    if let Some(fact) = fact {
        wire.int64(fact.rows);
        wire.float64(fact.metric);
        wire.float64(fact.parent_metric);
        wire.int32(i32::from(fact.reason as u8));
    }
}
