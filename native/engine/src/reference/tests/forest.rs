use super::*;
use crate::forest::*;
use crate::program::Float;

/// One node on column 0; its left leaf holds 1.0, its right one 2.0.
fn stump(threshold: f64, flags: u8) -> Forest {
    Forest {
        input: Float::F64,
        compare: SplitCompare::Le,
        accumulator: Float::F64,
        emit: Emit::Sum,
        category_cast: CategoryCast::Trunc,
        columns: 1,
        outputs: 1,
        tree_node: vec![0, 1],
        tree_leaf: vec![0, 2],
        tree_output: vec![0],
        feature: vec![0],
        threshold: fit64(&[threshold]),
        left: vec![!0],
        right: vec![!1],
        flags: vec![flags],
        category_node: vec![],
        category_offset: vec![0],
        category_bits: vec![],
        leaf: fit64(&[1.0, 2.0]),
        leaf_width: 1,
        init: fit64(&[0.0]),
    }
}

fn kind(missing: u8) -> u8 {
    missing << MISSING_SHIFT
}

#[track_caller]
fn goes(forest: &Forest, x: f64, left: bool) {
    gives(
        &OpKind::Forest(Box::new(forest.clone())),
        f64s(&[x]),
        f64s(&[if left { 1.0 } else { 2.0 }]),
    );
}

#[test]
fn comparison_at_the_threshold() {
    let mut forest = stump(0.0, kind(MISSING_NAN));
    for (x, lt, le) in [
        (-TINY, true, true),
        (-0.0, false, true),
        (0.0, false, true),
        (TINY, false, false),
        (INF, false, false),
        (-INF, true, true),
    ] {
        forest.compare = SplitCompare::Lt;
        goes(&forest, x, lt);
        forest.compare = SplitCompare::Le;
        goes(&forest, x, le);
    }
    goes(&stump(INF, kind(MISSING_NAN)), INF, true);
    goes(&stump(INF, kind(MISSING_NAN)), NAN, false);
}

#[test]
fn three_kinds_of_missing() {
    let zero = f64::from(1e-35f32);
    for left in [false, true] {
        let direction = if left { FLAG_MISSING_LEFT } else { 0 };
        let none = stump(-1.0, kind(MISSING_NONE) | direction);
        goes(&none, NAN, false); // 0.0 <= -1.0 does not hold, whatever the direction
        goes(&stump(0.0, kind(MISSING_NONE) | direction), NAN, true);
        let nan = stump(-1.0, kind(MISSING_NAN) | direction);
        goes(&nan, NAN, left);
        goes(&nan, 0.0, false);
        let small = stump(-1.0, kind(MISSING_ZERO) | direction);
        for x in [NAN, 0.0, -0.0, zero, -zero, TINY] {
            goes(&small, x, left);
        }
        goes(&small, zero.next_up(), false);
        goes(&small, -2.0, true);
    }
}

#[test]
fn the_input_is_cast_before_it_is_compared() {
    let mut forest = stump(0.1, kind(MISSING_NAN));
    goes(&forest, 0.1, true);
    forest.input = Float::F32;
    goes(&forest, 0.1, false); // 0.1f32 is above the f64 threshold 0.1
    forest.threshold = fit32(&[0.1]);
    goes(&forest, 0.1, true);
    goes(&forest, 1e300, false);
    forest.threshold = fit32(&[f32::INFINITY]);
    goes(&forest, 1e300, true);
}

/// A node on categories 1 and 33.
fn categorical(cast: CategoryCast, in_set_left: bool, beyond_left: bool) -> Forest {
    let mut flags = FLAG_CATEGORICAL | kind(MISSING_NAN);
    if in_set_left {
        flags |= FLAG_IN_SET_LEFT;
    }
    if beyond_left {
        flags |= FLAG_OUT_OF_RANGE_LEFT;
    }
    Forest {
        category_cast: cast,
        category_node: vec![0],
        category_offset: vec![0, 2],
        category_bits: vec![2, 2],
        ..stump(0.0, flags)
    }
}

#[test]
fn categories_are_truncated_and_looked_up() {
    for in_set_left in [false, true] {
        for beyond_left in [false, true] {
            let forest = categorical(CategoryCast::Trunc, in_set_left, beyond_left);
            for x in [1.0, 1.999, 33.0, 33.5] {
                goes(&forest, x, in_set_left);
            }
            for x in [0.0, -0.0, 0.999, TINY, 2.0, 63.9] {
                goes(&forest, x, !in_set_left);
            }
            for x in [64.0, 1e9, 1e300, INF, -INF, -1.0, -0.5, -TINY] {
                goes(&forest, x, beyond_left);
            }
            goes(&forest, NAN, false);
            let forest = categorical(CategoryCast::TruncNonneg, in_set_left, beyond_left);
            goes(&forest, -0.5, !in_set_left);
            goes(&forest, -1.0, beyond_left);
        }
    }
}

#[test]
fn an_empty_set_puts_every_category_out_of_range() {
    let mut forest = categorical(CategoryCast::Trunc, true, true);
    forest.category_offset = vec![0, 0];
    forest.category_bits = vec![];
    goes(&forest, 0.0, true);
}

/// Three trees on column 0: two stumps at 0 and a tree that is a leaf.
fn three_trees(leaves: &[f64], outputs: Vec<i32>, init: &[f64]) -> Forest {
    Forest {
        tree_node: vec![0, 1, 1, 2],
        tree_leaf: vec![0, 2, 3, 5],
        tree_output: outputs,
        feature: vec![0, 0],
        threshold: fit64(&[0.0, 0.0]),
        left: vec![!0, !0],
        right: vec![!1, !1],
        flags: vec![kind(MISSING_NAN); 2],
        leaf: fit64(leaves),
        outputs: init.len(),
        init: fit64(init),
        ..stump(0.0, 0)
    }
}

#[test]
fn the_sum_starts_from_init_and_rounds_after_each_tree() {
    let forest = three_trees(&[1e16, 0.0, 1.0, 1.0, 0.0], vec![0, 0, 0], &[0.5]);
    // ((0.5 + 1e16) + 1) + 1: each 1 is half a unit in the last place of 1e16, and is lost
    gives(&OpKind::Forest(Box::new(forest.clone())), f64s(&[-1.0]), f64s(&[1e16]));
    let mut single = forest;
    single.accumulator = Float::F32;
    single.init = fit32(&[0.5]);
    gives(&OpKind::Forest(Box::new(single)), f64s(&[-1.0]), f32s(&[1e16]));
}

#[test]
fn a_sum_without_trees_is_init_and_keeps_its_sign() {
    let empty = Forest {
        tree_node: vec![0],
        tree_leaf: vec![0],
        tree_output: vec![],
        feature: vec![],
        threshold: fit64(&[]),
        left: vec![],
        right: vec![],
        flags: vec![],
        leaf: fit64(&[]),
        outputs: 2,
        init: fit64(&[-0.0, NAN]),
        ..stump(0.0, 0)
    };
    gives(&OpKind::Forest(Box::new(empty)), f64s(&[1.0]), f64s(&[-0.0, NAN]));
}

#[test]
fn trees_add_to_their_own_output() {
    let forest = three_trees(&[1.0, 2.0, 4.0, 8.0, 16.0], vec![1, 0, 1], &[0.25, 0.5]);
    gives(&OpKind::Forest(Box::new(forest)), f64s(&[1.0]), f64s(&[4.25, 18.5]));
}

#[test]
fn vector_leaves_add_to_every_output() {
    let leaves = [1.0, -1.0, 2.0, -2.0, 4.0, -4.0, 8.0, -8.0, 16.0, -16.0];
    let mut forest = three_trees(&leaves, vec![-1, -1, -1], &[0.0, 0.5]);
    forest.leaf_width = 2;
    gives(&OpKind::Forest(Box::new(forest)), f64s(&[-1.0]), f64s(&[13.0, -12.5]));
}

#[test]
fn leaf_values_and_indices() {
    let mut forest = three_trees(&[0.1, 0.2, 0.3, 0.4, 0.5], vec![0, 0, 0], &[0.0]);
    forest.emit = Emit::LeafValue;
    gives(
        &OpKind::Forest(Box::new(forest.clone())),
        f64s(&[1.0]),
        f64s(&[0.2, 0.3, 0.5]),
    );
    forest.init = fit32(&[0.0]);
    forest.accumulator = Float::F32;
    gives(
        &OpKind::Forest(Box::new(forest.clone())),
        f64s(&[1.0]),
        f32s(&[0.2, 0.3, 0.5]),
    );
    forest.emit = Emit::LeafIndex;
    gives(
        &OpKind::Forest(Box::new(forest)),
        f64s(&[1.0]),
        Cells::I64(vec![Some(1), Some(0), Some(1)]),
    );
}

#[test]
fn a_path_of_several_nodes() {
    // 0 -> (1, leaf 2); 1 -> (leaf 0, leaf 1): columns 1 and 0
    let forest = Forest {
        columns: 2,
        tree_node: vec![0, 2],
        tree_leaf: vec![0, 3],
        feature: vec![1, 0],
        threshold: fit64(&[0.0, 5.0]),
        left: vec![1, !0],
        right: vec![!2, !1],
        flags: vec![kind(MISSING_NAN) | FLAG_MISSING_LEFT, kind(MISSING_NAN)],
        leaf: fit64(&[10.0, 20.0, 30.0]),
        ..stump(0.0, 0)
    };
    let kind = OpKind::Forest(Box::new(forest));
    gives(&kind, f64s(&[5.0, 0.0]), f64s(&[10.0]));
    gives(&kind, f64s(&[6.0, NAN]), f64s(&[20.0]));
    gives(&kind, f64s(&[NAN, NAN]), f64s(&[20.0]));
    gives(&kind, f64s(&[5.0, 1.0]), f64s(&[30.0]));
}
