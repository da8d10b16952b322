//! From a key to the node that answers.

use std::cmp::Ordering;

use super::key::{hash_of_key, KeyValue};
use super::Partitions;
use crate::Digest;

/// Why a node answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Reason {
    /// It is the node of the whole key.
    Exact = 0,
    /// The node of the key is pruned, and an ancestor answers.
    Pruned = 1,
    /// There is no node of the key, and an ancestor answers.
    Unknown = 2,
    /// A level has no value; what stands before it was looked up.
    Missing = 3,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Reason::Exact => "exact",
            Reason::Pruned => "pruned",
            Reason::Unknown => "unknown",
            Reason::Missing => "missing",
        }
    }
}

/// The node that answers for a key. Node 0 is the root, node i + 1 the record i of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub node: u32,
    pub reason: Reason,
}

impl Partitions {
    /// The most specific node that is there and not pruned, along the leading values that are not missing.
    pub fn find(&self, key: &[KeyValue<'_>]) -> Found {
        let levels = self.level_count();
        let depth = key
            .iter()
            .take(levels)
            .position(|value| *value == KeyValue::Missing)
            .unwrap_or(key.len().min(levels));
        let mut reason = if depth < levels { Reason::Missing } else { Reason::Exact };
        for prefix in (1..=depth).rev() {
            match self.exact(&key[..prefix]) {
                Some(node) if !self.pruned(node) => return Found { node, reason },
                // Only the record of the whole key says why its ancestor answers.
                Some(_) if reason == Reason::Exact => reason = Reason::Pruned,
                None if reason == Reason::Exact => reason = Reason::Unknown,
                _ => {}
            }
        }
        Found { node: 0, reason }
    }

    /// The node of exactly this key, pruned or not; the root for no value at all.
    pub fn exact(&self, key: &[KeyValue<'_>]) -> Option<u32> {
        if key.is_empty() {
            return Some(0);
        }
        self.search(&hash_of_key(key)?).map(|record| record as u32 + 1)
    }

    /// Hashes are spread evenly, so the place is guessed; an index whose hashes are not is still searched in logarithmic time.
    fn search(&self, wanted: &Digest) -> Option<usize> {
        let first = |hash: &[u8; 32]| u64::from_be_bytes(*hash.first_chunk().expect("a hash has 32 bytes"));
        let wanted_first = first(&wanted.0);
        let (mut low, mut high) = (0, self.index.count());
        let (mut low_value, mut high_value) = (0, u64::MAX);
        let mut guesses = 0;
        while low < high {
            let middle = match guesses < GUESSES {
                true => guess(low, high, low_value, high_value, wanted_first),
                false => low + (high - low) / 2,
            };
            guesses += 1;
            let hash = self.index.hash(middle);
            let value = first(hash);
            // Numbers first: they nearly always differ where the hashes do.
            match value.cmp(&wanted_first).then_with(|| hash.cmp(&wanted.0)) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => (low, low_value) = (middle + 1, value),
                Ordering::Greater => (high, high_value) = (middle, value),
            }
        }
        None
    }
}

/// Guesses before the search halves instead; even spreads of a million records need fewer.
const GUESSES: usize = 12;

/// Where `wanted` stands if values rise evenly from `low_value` to `high_value` between `low` and `high`.
fn guess(low: usize, high: usize, low_value: u64, high_value: u64, wanted: u64) -> usize {
    let part = wanted.saturating_sub(low_value) as f64 / (high_value.saturating_sub(low_value) as f64 + 1.0);
    let count = high - low;
    // A NaN becomes 0, and what is too large is bounded.
    low + ((part * count as f64) as usize).min(count - 1)
}
