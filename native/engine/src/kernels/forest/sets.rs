//! Sets of categories, one a node, as bits that say "right".
//!
//! After the words of a set stand two more: one for categories beyond them, one for what is missing. So a test is a look-up.

use super::ordered::Ordered;
use crate::forest::{Forest, FLAG_IN_SET_LEFT, FLAG_MISSING_LEFT, FLAG_OUT_OF_RANGE_LEFT};

pub struct CategorySets {
    /// By node; empty for a node that tests none.
    spans: Vec<Span>,
    /// Every span's words and two more lie within.
    bits: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Span {
    start: u32,
    words: u32,
    /// All ones for a node that tests a set, else 0.
    tests: u32,
}

impl Default for CategorySets {
    fn default() -> CategorySets {
        // What nodes without a set look up and ignore.
        CategorySets {
            spans: Vec::new(),
            bits: vec![0; 2],
        }
    }
}

impl CategorySets {
    pub fn memory_bytes(&self) -> usize {
        self.spans.capacity() * size_of::<Span>() + self.bits.capacity() * size_of::<u32>()
    }

    /// The set of a node of the forest, at its position in the walk.
    pub fn add(&mut self, forest: &Forest, source: usize, position: usize) {
        let set = forest
            .category_node
            .binary_search(&(source as u32))
            .expect("each categorical node has its set");
        let words = forest.category_offset[set] as usize..forest.category_offset[set + 1] as usize;
        let words = &forest.category_bits[words];
        let left = |flag: u8| forest.flags[source] & flag != 0;
        let always = |right: bool| if right { u32::MAX } else { 0 };
        if self.spans.len() <= position {
            self.spans.resize(position + 1, Span::default());
        }
        self.spans[position] = Span {
            start: self.bits.len() as u32,
            words: words.len() as u32,
            tests: u32::MAX,
        };
        self.bits.extend(
            words
                .iter()
                .map(|word| if left(FLAG_IN_SET_LEFT) { !word } else { *word }),
        );
        self.bits.push(always(!left(FLAG_OUT_OF_RANGE_LEFT)));
        self.bits.push(always(!left(FLAG_MISSING_LEFT)));
    }

    /// Whether a key goes right at a node: by its set, or as its threshold says where it tests none. Without a branch, since which
    /// of the two a node is cannot be foreseen.
    #[inline(always)]
    pub fn goes_right<K: Ordered>(&self, node: usize, key: K, threshold: bool) -> bool {
        let span = self.spans.get(node).copied().unwrap_or_default();
        let category = key.category();
        let beyond = span.words + u32::from(key == K::MISSING);
        let word = if category / 32 < span.words {
            category / 32
        } else {
            beyond
        };
        let bit = (self.bits[(span.start + word) as usize] >> (category % 32)) & 1;
        (bit & span.tests) | (u32::from(threshold) & !span.tests) != 0
    }
}
