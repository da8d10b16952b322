//! The nodes as a tree.

use super::{KeyValue, Partitions};

impl Partitions {
    /// Every node, each before its descendants, values of one level in their natural order.
    pub fn tree_order(&self) -> Vec<u32> {
        let mut nodes: Vec<(Vec<KeyValue<'_>>, u32)> = (0..self.node_count() as u32)
            .map(|node| (self.key(node), node))
            .collect();
        nodes.sort_unstable();
        nodes.into_iter().map(|(_, node)| node).collect()
    }

    /// Every node but the root: pruned ones, then the others in the order of their entries in partitions.pack.
    pub(crate) fn file_order(&self) -> Vec<u32> {
        let mut nodes: Vec<(Option<u64>, u32)> = (1..self.node_count() as u32)
            .filter_map(|node| Some((node, self.record(node)?)))
            .map(|(node, record)| ((!record.pruned).then_some(record.offset), node))
            .collect();
        nodes.sort_unstable();
        nodes.into_iter().map(|(_, node)| node).collect()
    }

    /// The nearest ancestor that is there, pruned or not; None for the root.
    pub fn parent(&self, node: u32) -> Option<u32> {
        let key = self.key(node);
        (0..key.len()).rev().find_map(|depth| self.exact(&key[..depth]))
    }

    /// The node that answers for the node: itself, or an ancestor if it is pruned.
    pub fn answers_for(&self, node: u32) -> u32 {
        self.find(&self.key(node)).node
    }
}
