//! nodes.safetensors: what is known about each node beside its model.

use crate::safetensors::{self, Dtype, TensorData};
use crate::{Bytes, Error, ErrorCode, Result, TensorFile};

/// The member's name.
pub const NODES: &str = "nodes.safetensors";

/// Whether a node has a model of its own, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum NodeReason {
    #[default]
    Kept = 0,
    /// It does not beat its parent.
    NotBetter = 1,
    TooFewRows = 2,
    /// Its rows lack classes that the root has.
    LacksClasses = 3,
}

impl NodeReason {
    pub const ALL: [NodeReason; 4] = [
        NodeReason::Kept,
        NodeReason::NotBetter,
        NodeReason::TooFewRows,
        NodeReason::LacksClasses,
    ];

    pub fn name(self) -> &'static str {
        match self {
            NodeReason::Kept => "kept",
            NodeReason::NotBetter => "not_better",
            NodeReason::TooFewRows => "too_few_rows",
            NodeReason::LacksClasses => "lacks_classes",
        }
    }

    pub fn from_number(number: u8) -> Option<NodeReason> {
        Self::ALL.into_iter().find(|reason| *reason as u8 == number)
    }
}

/// What is known about a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// Training rows; negative if unknown.
    pub rows: i64,
    /// On validation rows; NaN if unknown.
    pub metric: f64,
    /// The parent's on the same rows; NaN if unknown.
    pub parent_metric: f64,
    pub reason: NodeReason,
}

impl Default for Fact {
    fn default() -> Self {
        Fact {
            rows: -1,
            metric: f64::NAN,
            parent_metric: f64::NAN,
            reason: NodeReason::Kept,
        }
    }
}

/// The measure of `metric` and `parent_metric`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    pub name: String,
    pub greater_is_better: bool,
}

/// The checked member.
#[derive(Clone, Debug)]
pub struct Facts {
    pub metric: Metric,
    rows: Vec<i64>,
    metrics: Vec<f64>,
    parent_metrics: Vec<f64>,
    reasons: Vec<NodeReason>,
}

impl Facts {
    /// `nodes`: how many the bundle has, the root among them.
    pub fn parse(bytes: impl Into<Bytes>, nodes: usize) -> Result<Facts> {
        Self::read(bytes.into(), nodes).map_err(|error| error.within(NODES))
    }

    fn read(bytes: Bytes, nodes: usize) -> Result<Facts> {
        let bad = |what: &str| Error::new(ErrorCode::Tensors, what);
        let file = TensorFile::parse(bytes)?;
        let tensor = |name: &str| {
            let tensor = file.get(name).filter(|tensor| tensor.shape == [nodes]);
            tensor.ok_or_else(|| bad(&format!("{name} does not hold one number for each of {nodes} nodes")))
        };
        let name = file.metadata("metric").ok_or_else(|| bad("the metric has no name"))?;
        let greater_is_better = match file.metadata("greater_is_better") {
            Some("1") => true,
            Some("0") => false,
            _ => return Err(bad("greater_is_better is neither 0 nor 1")),
        };
        let reasons = tensor("reason")?
            .u8s()?
            .into_iter()
            .map(NodeReason::from_number)
            .collect::<Option<_>>();
        Ok(Facts {
            metric: Metric {
                name: name.to_owned(),
                greater_is_better,
            },
            rows: tensor("rows")?.i64s()?,
            metrics: tensor("metric")?.f64s()?,
            parent_metrics: tensor("parent_metric")?.f64s()?,
            reasons: reasons.ok_or_else(|| bad("a reason is not known"))?,
        })
    }

    /// None where there is no such node.
    pub fn get(&self, node: u32) -> Option<Fact> {
        let node = node as usize;
        Some(Fact {
            rows: *self.rows.get(node)?,
            metric: *self.metrics.get(node)?,
            parent_metric: *self.parent_metrics.get(node)?,
            reason: *self.reasons.get(node)?,
        })
    }
}

/// The member's bytes, from the facts of all nodes in order.
pub(crate) fn to_bytes(metric: &Metric, facts: &[Fact]) -> Result<Vec<u8>> {
    let rows: Vec<u8> = facts.iter().flat_map(|fact| fact.rows.to_le_bytes()).collect();
    let metrics: Vec<u8> = facts.iter().flat_map(|fact| fact.metric.to_le_bytes()).collect();
    let parents: Vec<u8> = facts.iter().flat_map(|fact| fact.parent_metric.to_le_bytes()).collect();
    let reasons: Vec<u8> = facts.iter().map(|fact| fact.reason as u8).collect();
    let shape = [facts.len()];
    let tensor = |name, dtype, data| TensorData {
        name,
        dtype,
        shape: &shape,
        data,
    };
    let better = if metric.greater_is_better { "1" } else { "0" };
    safetensors::to_bytes(
        &[
            tensor("rows", Dtype::I64, &rows),
            tensor("metric", Dtype::F64, &metrics),
            tensor("parent_metric", Dtype::F64, &parents),
            tensor("reason", Dtype::U8, &reasons),
        ],
        &[("metric", &metric.name), ("greater_is_better", better)],
    )
}
