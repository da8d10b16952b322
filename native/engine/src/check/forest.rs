//! Tree ensembles: every offset, child, feature and category is looked at once.

use super::operation::{Made, Operation};
use crate::forest::*;
use crate::program::{Float, Floats, Kind, OpKind};
use modelpack_bundle::{Dtype, Result};

const KNOWN_FLAGS: u8 =
    FLAG_CATEGORICAL | FLAG_MISSING_LEFT | (3 << MISSING_SHIFT) | FLAG_IN_SET_LEFT | FLAG_OUT_OF_RANGE_LEFT;

pub fn forest(op: &Operation) -> Result<Made> {
    let (input, _) = op.dense()?;
    let forest = read(op, input.value_type.width)?;
    let trees = forest.tree_count();
    offsets(op, "tree_node", &forest.tree_node, trees + 1, forest.feature.len())?;
    offsets(op, "tree_leaf", &forest.tree_leaf, trees + 1, leaf_count(&forest))?;
    for tree in 0..forest.tree_count() {
        children(op, &forest, tree)?;
    }
    nodes(op, &forest)?;
    categories(op, &forest)?;
    leaves(op, &forest)?;
    let (kind, width) = match forest.emit {
        Emit::Sum => (forest.accumulator.into(), forest.outputs),
        Emit::LeafValue => (forest.accumulator.into(), forest.tree_count()),
        Emit::LeafIndex => (Kind::I64, forest.tree_count()),
    };
    Ok(Made::mixed(OpKind::Forest(Box::new(forest)), kind, width))
}

/// The tensors, each of the length that the others ask for.
fn read(op: &Operation, columns: usize) -> Result<Forest> {
    let precision = |option: &str| {
        if op.option(option) == "f64" {
            Float::F64
        } else {
            Float::F32
        }
    };
    let (input, accumulator) = (precision("input"), precision("acc"));
    let u32s = |name: &str| op.vector(name, Dtype::U32)?.u32s();
    let tree_output = op.vector("tree_output", Dtype::I32)?.i32s()?;
    let feature = u32s("feature")?;
    let nodes = feature.len();
    let child = |name: &str| op.of_shape(name, op.tensor(name)?, Dtype::I32, &[nodes])?.i32s();
    let leaf = op.tensor("leaf")?;
    let leaf_float = if leaf.dtype == Dtype::F32 {
        Float::F32
    } else {
        Float::F64
    };
    let leaf_width = if leaf.shape.len() == 2 { leaf.shape[1] } else { 1 };
    let leaves = leaf.shape.first().copied().unwrap_or(0);
    let leaf_shape = if leaf.shape.len() == 2 {
        vec![leaves, leaf_width]
    } else {
        vec![leaves]
    };
    let threshold = op.tensor("threshold")?;
    let threshold_float = if threshold.dtype == Dtype::F32 {
        Float::F32
    } else {
        Float::F64
    };
    let outputs = op.tensor("init")?.shape.first().copied().unwrap_or(0);
    explanation(op, nodes, leaves)?;
    let sets = op.optional("category_node")?.is_some();
    if sets != op.optional("category_offset")?.is_some() || sets != op.optional("category_bits")?.is_some() {
        return Err(
            op.error("the tensors category_node, category_offset and category_bits stand together or not at all")
        );
    }
    let category = |name: &str| if sets { u32s(name) } else { Ok(vec![]) };
    Ok(Forest {
        input,
        compare: if op.option("compare") == "lt" {
            SplitCompare::Lt
        } else {
            SplitCompare::Le
        },
        accumulator,
        emit: match op.option("emit") {
            "sum" => Emit::Sum,
            "leaf_value" => Emit::LeafValue,
            _ => Emit::LeafIndex,
        },
        category_cast: if op.option("category_cast") == "trunc" {
            CategoryCast::Trunc
        } else {
            CategoryCast::TruncNonneg
        },
        columns,
        outputs,
        tree_node: u32s("tree_node")?,
        tree_leaf: u32s("tree_leaf")?,
        tree_output,
        threshold: op.read_floats("threshold", threshold, threshold_float, &[nodes])?,
        left: child("left")?,
        right: child("right")?,
        flags: op.of_shape("flags", op.tensor("flags")?, Dtype::U8, &[nodes])?.u8s()?,
        feature,
        category_node: category("category_node")?,
        category_offset: if sets { u32s("category_offset")? } else { vec![0] },
        category_bits: category("category_bits")?,
        leaf: op.read_floats("leaf", leaf, leaf_float, &leaf_shape)?,
        leaf_width,
        init: op.floats("init", accumulator, &[outputs])?,
    })
}

/// What only explanations read: of the right length, otherwise left alone.
fn explanation(op: &Operation, nodes: usize, leaves: usize) -> Result<()> {
    for (name, length) in [("cover", nodes), ("leaf_cover", leaves)] {
        if let Some(tensor) = op.optional(name)? {
            let dtype = if tensor.dtype == Dtype::F32 {
                Dtype::F32
            } else {
                Dtype::F64
            };
            op.of_shape(name, tensor, dtype, &[length])?;
        }
    }
    for (name, length) in [("node_id", nodes), ("leaf_id", leaves)] {
        if let Some(tensor) = op.optional(name)? {
            op.of_shape(name, tensor, Dtype::I32, &[length])?;
        }
    }
    Ok(())
}

fn leaf_count(forest: &Forest) -> usize {
    let numbers = match &forest.leaf {
        Floats::F64(leaf) => leaf.len(),
        Floats::F32(leaf) => leaf.len(),
    };
    numbers.checked_div(forest.leaf_width).unwrap_or(0)
}

/// Offsets: so many numbers that rise from 0 to the end.
fn offsets(op: &Operation, name: &str, offsets: &[u32], count: usize, end: usize) -> Result<()> {
    if offsets.len() != count {
        return Err(op.error(format!("the tensor {name} has {} entries, not {count}", offsets.len())));
    }
    let rises = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
    if !rises || offsets.first() != Some(&0) || offsets.last().map(|&last| last as usize) != Some(end) {
        return Err(op.error(format!("the tensor {name} does not rise from 0 to {end}")));
    }
    Ok(())
}

/// Every node but the root and every leaf of a tree is the child of exactly one node, and every node stands after its parent:
/// so each path ends at a leaf.
fn children(op: &Operation, forest: &Forest, tree: usize) -> Result<()> {
    let nodes = forest.tree_node[tree] as usize..forest.tree_node[tree + 1] as usize;
    let leaves = (forest.tree_leaf[tree + 1] - forest.tree_leaf[tree]) as usize;
    let mut node_seen = vec![false; nodes.len()];
    let mut leaf_seen = vec![false; leaves];
    for (node, seen) in nodes.clone().zip(0..) {
        for child in [forest.left[node], forest.right[node]] {
            let slot = match child {
                leaf @ ..0 => leaf_seen.get_mut(!leaf as usize),
                child if child > seen => node_seen.get_mut(child as usize),
                _ => None,
            };
            match slot {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(op.error(format!("tree {tree}: the child {child} of node {seen} is out of place"))),
            }
        }
    }
    // A tree of n nodes has n + 1 leaves; with 2n children, none twice, all are met.
    if leaves != nodes.len() + 1 {
        return Err(op.error(format!("tree {tree} has {} nodes and {leaves} leaves", nodes.len())));
    }
    Ok(())
}

fn nodes(op: &Operation, forest: &Forest) -> Result<()> {
    for (node, (&feature, &flags)) in forest.feature.iter().zip(&forest.flags).enumerate() {
        if feature as usize >= forest.columns {
            return Err(op.error(format!("node {node} reads column {feature} of {}", forest.columns)));
        }
        let categorical = flags & FLAG_CATEGORICAL != 0;
        let category_flags = flags & (FLAG_IN_SET_LEFT | FLAG_OUT_OF_RANGE_LEFT);
        if flags & !KNOWN_FLAGS != 0
            || (flags >> MISSING_SHIFT) & 3 > MISSING_NAN
            || (!categorical && category_flags != 0)
        {
            return Err(op.error(format!("node {node} has the flags {flags:#04x}")));
        }
        let (nan, zero) = match &forest.threshold {
            Floats::F64(threshold) => (threshold[node].is_nan(), threshold[node].to_bits() == 0),
            Floats::F32(threshold) => (threshold[node].is_nan(), threshold[node].to_bits() == 0),
        };
        if nan || (categorical && !zero) {
            return Err(op.error(format!("node {node} has a threshold that it cannot have")));
        }
    }
    Ok(())
}

/// The categorical nodes are exactly those that have a set.
fn categories(op: &Operation, forest: &Forest) -> Result<()> {
    let flagged = (0..)
        .zip(&forest.flags)
        .filter(|(_, flags)| *flags & FLAG_CATEGORICAL != 0)
        .map(|(node, _): (u32, _)| node);
    if !flagged.eq(forest.category_node.iter().copied()) {
        return Err(op.error("the tensor category_node does not name the categorical nodes in order"));
    }
    offsets(
        op,
        "category_offset",
        &forest.category_offset,
        forest.category_node.len() + 1,
        forest.category_bits.len(),
    )
}

/// Vector leaves go to all outputs, single ones to the tree's.
fn leaves(op: &Operation, forest: &Forest) -> Result<()> {
    let vectors = op.tensor("leaf")?.shape.len() == 2;
    if vectors && (forest.leaf_width != forest.outputs || forest.emit == Emit::LeafValue) {
        return Err(op.error(format!(
            "leaves of {} numbers for {} outputs",
            forest.leaf_width, forest.outputs
        )));
    }
    let fits = |output: i32| {
        if vectors {
            output == -1
        } else {
            output >= 0 && (output as usize) < forest.outputs
        }
    };
    match forest.tree_output.iter().find(|&&output| !fits(output)) {
        Some(output) => Err(op.error(format!("a tree has the output {output} of {}", forest.outputs))),
        None => Ok(()),
    }
}
