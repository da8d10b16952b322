//! Floats as integers of the same order, so that one comparison decides a node, missing values included.
//!
//! -0.0 and +0.0 have the key 0, and infinities are ordinary; no floating-point mode changes a comparison of integers. NaN has no
//! key of its own: the column gives it the least key (left at every node), the greatest (right at every node), or that of 0.0. A
//! column whose nodes differ in where they send what is missing stands twice.

use super::ordered::{key_f32, key_f64, Ordered};
use crate::forest::{
    CategoryCast, Forest, FLAG_CATEGORICAL, FLAG_MISSING_LEFT, MISSING_NAN, MISSING_SHIFT, MISSING_ZERO,
};
use crate::kernels::real::Real;
use crate::program::Floats;

/// |x| up to this is missing at nodes of kind `MISSING_ZERO`.
const ZERO_THRESHOLD: f64 = 1e-35f32 as f64;

/// What a column of the input holds, with a key of type `K`.
pub trait Key<K>: Real {
    /// The key of a cell that is not NaN, after the forest's cast of its input.
    fn key(self) -> K;
    /// The cell after that cast, as a f64.
    fn cast(self) -> f64;
}

impl Key<i32> for f32 {
    fn key(self) -> i32 {
        key_f32(self)
    }

    fn cast(self) -> f64 {
        f64::from(self)
    }
}

impl Key<i32> for f64 {
    fn key(self) -> i32 {
        key_f32(self as f32)
    }

    fn cast(self) -> f64 {
        f64::from(self as f32)
    }
}

impl Key<i64> for f64 {
    fn key(self) -> i64 {
        key_f64(self)
    }

    fn cast(self) -> f64 {
        self
    }
}

impl Key<i64> for f32 {
    fn key(self) -> i64 {
        key_f64(f64::from(self))
    }

    fn cast(self) -> f64 {
        f64::from(self)
    }
}

/// What is missing in a column's sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// NaN counts as 0.0.
    None,
    /// NaN, and what is nearly zero.
    Zero,
    Nan,
}

impl Missing {
    fn of_flags(flags: u8) -> Missing {
        match (flags >> MISSING_SHIFT) & 3 {
            MISSING_ZERO => Missing::Zero,
            MISSING_NAN => Missing::Nan,
            _ => Missing::None,
        }
    }
}

/// How a column's cells become keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    Number {
        missing: Missing,
        left: bool,
    },
    Category {
        missing: Missing,
        cast_negative: bool,
    },
    /// The same key for every row: what a leaf compares.
    Left,
}

/// A column of keys: a column of the input under a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyColumn {
    pub column: u32,
    pub rule: Rule,
}

impl KeyColumn {
    /// The column that a leaf reads.
    pub const LEAF: KeyColumn = KeyColumn {
        column: 0,
        rule: Rule::Left,
    };

    /// The column that a node reads.
    pub fn of_node(forest: &Forest, node: usize) -> KeyColumn {
        let flags = forest.flags[node];
        let missing = Missing::of_flags(flags);
        let rule = if flags & FLAG_CATEGORICAL != 0 {
            Rule::Category {
                missing,
                cast_negative: forest.category_cast == CategoryCast::TruncNonneg,
            }
        } else {
            // Where nothing is missing, the direction of what is missing makes no second column.
            let left = missing != Missing::None && flags & FLAG_MISSING_LEFT != 0;
            Rule::Number { missing, left }
        };
        KeyColumn {
            column: forest.feature[node],
            rule,
        }
    }
}

/// The number that a node compares with.
pub fn threshold(thresholds: &Floats, node: usize) -> f64 {
    match thresholds {
        Floats::F64(values) => values[node],
        Floats::F32(values) => f64::from(values[node]),
    }
}

impl Rule {
    pub fn key<X: Key<K>, K: Ordered>(self, x: X) -> K {
        match self {
            Rule::Number { missing, left } => {
                let direction = if left { K::LEFT } else { K::RIGHT };
                number(missing, direction, x)
            }
            Rule::Category { missing, cast_negative } => category(missing, cast_negative, x),
            Rule::Left => K::LEFT,
        }
    }

    /// The keys of a strip. Rows beyond the cells go left everywhere.
    pub fn keys<X: Key<K>, K: Ordered>(self, cells: &[X], keys: &mut [K]) {
        let (keys, beyond) = keys.split_at_mut(cells.len());
        beyond.fill(K::LEFT);
        let rows = cells.iter().zip(keys);
        // Each form has a loop of its own, so that it runs on many rows at once.
        match self {
            Rule::Number {
                missing: Missing::Nan,
                left: false,
            } => {
                rows.for_each(|(&x, key)| *key = number(Missing::Nan, K::RIGHT, x));
            }
            Rule::Number {
                missing: Missing::Nan,
                left: true,
            } => {
                rows.for_each(|(&x, key)| *key = number(Missing::Nan, K::LEFT, x));
            }
            Rule::Number {
                missing: Missing::None, ..
            } => {
                rows.for_each(|(&x, key)| *key = number(Missing::None, K::ZERO, x));
            }
            rule => rows.for_each(|(&x, key)| *key = rule.key(x)),
        }
    }
}

#[inline(always)]
fn number<X: Key<K>, K: Ordered>(missing: Missing, direction: K, x: X) -> K {
    let is_missing = match missing {
        Missing::Zero => x.is_nan() || nearly_zero(x),
        Missing::Nan | Missing::None => x.is_nan(),
    };
    match (is_missing, missing) {
        (true, Missing::None) => K::ZERO,
        (true, _) => direction,
        (false, _) => x.key(),
    }
}

/// Judged after the forest's cast of its input.
fn nearly_zero<X: Key<K>, K: Ordered>(x: X) -> bool {
    let key: K = x.key();
    // Keys of ±ZERO_THRESHOLD, which is an f32, bound those of what is nearly zero.
    (K::of_f64(-ZERO_THRESHOLD)..=K::of_f64(ZERO_THRESHOLD)).contains(&key)
}

fn category<X: Key<K>, K: Ordered>(missing: Missing, cast_negative: bool, x: X) -> K {
    let is_missing = match missing {
        Missing::Zero => x.is_nan() || nearly_zero::<X, K>(x),
        Missing::Nan => x.is_nan(),
        Missing::None => false,
    };
    if is_missing {
        return K::MISSING;
    }
    if x.is_nan() {
        return K::ZERO;
    }
    let x = x.cast();
    let negative = if cast_negative { x <= -1.0 } else { x < 0.0 };
    if negative || x >= f64::from(i32::MAX) {
        return K::OUT_OF_RANGE;
    }
    // Truncates toward zero, and lies in range.
    K::of_category(x as u32)
}
