//! What a node asks, as C can say it.

use modelpack_engine::forest::{
    CategoryCast, Forest, SplitCompare, FLAG_CATEGORICAL, FLAG_IN_SET_LEFT, FLAG_MISSING_LEFT, FLAG_OUT_OF_RANGE_LEFT,
    MISSING_NONE, MISSING_SHIFT, MISSING_ZERO,
};
use modelpack_engine::program::Floats;

use super::Written;

/// Bits beside the feature, as c/model_rules.h names them.
pub const NAN_LEFT: u32 = 1 << 31;
pub const ZERO: u32 = 1 << 30;
pub const CATEGORICAL: u32 = 1 << 29;
const IN_SET_LEFT: u32 = 1 << 28;
const BEYOND_LEFT: u32 = 1 << 27;
const TRUNCATE_NEGATIVE: u32 = 1 << 26;

pub struct Node {
    pub feature: u32,
    pub flags: u32,
    pub threshold: f64,
    /// Words of a categorical node's set.
    pub set: std::ops::Range<usize>,
}

impl Node {
    pub fn of(written: &Written<'_>, index: usize) -> Node {
        let forest = written.forest;
        let flags = forest.flags[index];
        let kind = (flags >> MISSING_SHIFT) & 3;
        let categorical = flags & FLAG_CATEGORICAL != 0;
        let mut node = Node {
            feature: forest.feature[index],
            flags: 0,
            threshold: threshold(forest, index),
            set: if categorical { set(forest, index) } else { 0..0 },
        };
        let truncates = forest.category_cast == CategoryCast::TruncNonneg;
        for (bit, holds) in [
            (ZERO, kind == MISSING_ZERO),
            (CATEGORICAL, categorical),
            (IN_SET_LEFT, categorical && flags & FLAG_IN_SET_LEFT != 0),
            (BEYOND_LEFT, categorical && flags & FLAG_OUT_OF_RANGE_LEFT != 0),
            (TRUNCATE_NEGATIVE, categorical && truncates),
        ] {
            node.flags |= if holds { bit } else { 0 };
        }
        let nan_left = match kind {
            MISSING_NONE if categorical => node.zero_is_left(forest),
            MISSING_NONE if forest.compare == SplitCompare::Lt => 0.0 < node.threshold,
            MISSING_NONE => 0.0 <= node.threshold,
            _ => flags & FLAG_MISSING_LEFT != 0,
        };
        node.flags |= if nan_left { NAN_LEFT } else { 0 };
        if written.single {
            node.threshold = f64::from(narrowed(node.threshold, forest.compare));
        }
        node
    }

    /// Whether category 0 goes left: what NaN counts as where it is not missing.
    fn zero_is_left(&self, forest: &Forest) -> bool {
        match forest.category_bits[self.set.clone()].first() {
            None => self.flags & BEYOND_LEFT != 0,
            Some(word) => (word & 1 == 1) == (self.flags & IN_SET_LEFT != 0),
        }
    }
}

fn threshold(forest: &Forest, index: usize) -> f64 {
    match &forest.threshold {
        Floats::F64(thresholds) => thresholds[index],
        Floats::F32(thresholds) => f64::from(thresholds[index]),
    }
}

fn set(forest: &Forest, index: usize) -> std::ops::Range<usize> {
    let set = forest
        .category_node
        .binary_search(&(index as u32))
        .expect("each categorical node has its set");
    forest.category_offset[set] as usize..forest.category_offset[set + 1] as usize
}

/// The single that divides singles as the double does: for `<=` the greatest not above it, for `<` the least not below.
fn narrowed(threshold: f64, compare: SplitCompare) -> f32 {
    let nearest = threshold as f32;
    match compare {
        SplitCompare::Le if f64::from(nearest) > threshold => -above(-nearest),
        SplitCompare::Lt if f64::from(nearest) < threshold => above(nearest),
        _ => nearest,
    }
}

/// The next greater single of a number below infinity.
fn above(x: f32) -> f32 {
    match x {
        0.0 => f32::from_bits(1),
        x if x > 0.0 => f32::from_bits(x.to_bits() + 1),
        x => f32::from_bits(x.to_bits() - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrowed_threshold_divides_singles_as_the_double_does() {
        let thresholds = [
            0.1,
            -0.1,
            1.0,
            0.0,
            -0.0,
            1e-60,
            -1e-60,
            3.5e38,
            -3.5e38,
            f64::INFINITY,
            f64::NEG_INFINITY,
            1e300,
        ];
        for t in thresholds {
            let near = (t as f32).to_bits();
            let singles = [
                near,
                near.wrapping_add(1),
                near.wrapping_sub(1),
                0,
                1,
                0x8000_0000,
                0x8000_0001,
            ];
            let others = [f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY];
            for x in singles
                .map(f32::from_bits)
                .into_iter()
                .chain(others)
                .filter(|x| !x.is_nan())
            {
                assert_eq!(x <= narrowed(t, SplitCompare::Le), f64::from(x) <= t, "{x:e} <= {t:e}");
                assert_eq!(x < narrowed(t, SplitCompare::Lt), f64::from(x) < t, "{x:e} < {t:e}");
            }
        }
    }
}
