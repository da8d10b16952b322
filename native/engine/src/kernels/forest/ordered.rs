//! Integers that have the order of floats.

use super::perfect::StripWalk;
use crate::forest::SplitCompare;
use crate::scratch::Cell;

/// An integer that is compared in place of a float: i32 for f32, i64 for f64.
pub trait Ordered: Cell + Ord + Send + Sync + 'static {
    /// Less than every threshold.
    const LEFT: Self;
    /// No less than any threshold.
    const RIGHT: Self;
    const ZERO: Self;
    /// Key of a category that no set holds.
    const OUT_OF_RANGE: Self;
    /// Key of a missing category.
    const MISSING: Self;

    /// Key of a number in the forest's input precision, not NaN.
    fn of_f64(x: f64) -> Self;
    /// The threshold `t` such that `x` goes left exactly if its key is less than `t`; and whether a proof of narrowing was used.
    fn threshold(x: f64, compare: SplitCompare) -> (Self, bool);
    /// A walk of perfect trees that this processor does faster than that of any.
    fn strip_walk(_depth: u32) -> Option<StripWalk<Self>> {
        None
    }
    /// Key of a category less than 2^31.
    fn of_category(category: u32) -> Self;
    /// The category that a key is; a number no set holds for `OUT_OF_RANGE` and `MISSING`.
    fn category(self) -> u32;
}

/// The key of a f64: its order as integers is theirs as numbers.
pub fn key_f64(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    let sign = bits >> 63;
    ((bits & i64::MAX) ^ sign) - sign
}

pub fn key_f32(x: f32) -> i32 {
    let bits = x.to_bits() as i32;
    let sign = bits >> 31;
    ((bits & i32::MAX) ^ sign) - sign
}

impl Ordered for i64 {
    const LEFT: i64 = i64::MIN;
    const RIGHT: i64 = i64::MAX;
    const ZERO: i64 = 0;
    const OUT_OF_RANGE: i64 = -1;
    const MISSING: i64 = -2;

    fn of_f64(x: f64) -> i64 {
        key_f64(x)
    }

    fn threshold(x: f64, compare: SplitCompare) -> (i64, bool) {
        if x.is_nan() {
            return (i64::MIN + 1, false);
        }
        match compare {
            SplitCompare::Lt => (key_f64(x), false),
            SplitCompare::Le => (key_f64(x) + 1, false),
        }
    }

    fn of_category(category: u32) -> i64 {
        i64::from(category)
    }

    fn category(self) -> u32 {
        self as u32
    }
}

impl Ordered for i32 {
    #[cfg(avx512)]
    fn strip_walk(depth: u32) -> Option<StripWalk<i32>> {
        use super::perfect_avx512::{detected, walk_strip, DEPTH};
        (depth <= DEPTH && detected()).then_some(walk_strip as StripWalk<i32>)
    }

    const LEFT: i32 = i32::MIN;
    const RIGHT: i32 = i32::MAX;
    const ZERO: i32 = 0;
    const OUT_OF_RANGE: i32 = -1;
    const MISSING: i32 = -2;

    fn of_f64(x: f64) -> i32 {
        key_f32(x as f32)
    }

    /// Proof "narrow": an f32 is `<= x` exactly if it is no more than the greatest f32 that is, and `< x` exactly if it is less than
    /// the least f32 that is not.
    fn threshold(x: f64, compare: SplitCompare) -> (i32, bool) {
        if x.is_nan() {
            return (i32::MIN + 1, false);
        }
        let near = x as f32;
        let key = key_f32(near);
        let (above, below) = (f64::from(near) > x, f64::from(near) < x);
        let narrowed = above || below;
        match compare {
            SplitCompare::Lt => (key + i32::from(below), narrowed),
            SplitCompare::Le => (key - i32::from(above) + 1, narrowed),
        }
    }

    fn of_category(category: u32) -> i32 {
        category as i32
    }

    fn category(self) -> u32 {
        self as u32
    }
}
