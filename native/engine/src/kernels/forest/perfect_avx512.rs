//! Strips of perfect trees on processors with AVX-512: every node is compared for all rows of the strip, and each pair of subtrees
//! blended by what its node says. That is more comparisons than a walk has steps, but none waits for another, and none gathers.

use std::arch::x86_64::*;

use super::perfect::Nodes;
use super::trees::STRIP_ROWS;

/// Deeper trees have so many nodes that a walk, which sees one a level, is faster.
pub const DEPTH: u32 = 6;

const LANES: usize = 16;
const GROUPS: usize = STRIP_ROWS / LANES;

/// The node that each row of a strip's first `G` groups reaches.
type Reached<const G: usize> = [__m512i; G];

/// Whether this processor has what [`walk_strip`] needs.
pub fn detected() -> bool {
    is_x86_feature_detected!("avx512f")
}

/// Writes the node below the last level that each of the strip's first `rows` rows reaches; what others get means nothing.
///
/// # Safety
/// The processor has AVX-512F; `nodes` is a tree no deeper than [`DEPTH`], and `keys` holds a whole strip for each of its columns.
#[target_feature(enable = "avx512f")]
pub unsafe fn walk_strip(nodes: Nodes<'_, i32>, keys: &[i32], ends: &mut [u32; STRIP_ROWS], rows: usize) {
    // SAFETY: promised by the caller.
    unsafe {
        match rows.div_ceil(LANES) {
            0 => {}
            1 => walk_groups::<1>(nodes, keys, ends),
            2 => walk_groups::<2>(nodes, keys, ends),
            3 => walk_groups::<3>(nodes, keys, ends),
            _ => walk_groups::<GROUPS>(nodes, keys, ends),
        }
    }
}

/// # Safety
/// As [`walk_strip`]; `G` is at most [`GROUPS`].
#[target_feature(enable = "avx512f")]
unsafe fn walk_groups<const G: usize>(nodes: Nodes<'_, i32>, keys: &[i32], ends: &mut [u32; STRIP_ROWS]) {
    // SAFETY: promised by the caller.
    let reached: Reached<G> = unsafe {
        match nodes.depth {
            0 => [_mm512_set1_epi32(1); G],
            1 => below_1(&nodes, keys, 1),
            2 => below_2(&nodes, keys, 1),
            3 => below_3(&nodes, keys, 1),
            4 => below_4(&nodes, keys, 1),
            5 => below_5(&nodes, keys, 1),
            _ => below_6(&nodes, keys, 1),
        }
    };
    for (ends, reached) in ends.chunks_exact_mut(LANES).zip(reached) {
        // SAFETY: the chunk has as many entries as the vector lanes.
        unsafe { _mm512_storeu_si512(ends.as_mut_ptr().cast(), reached) };
    }
}

/// Which rows go right at a node.
///
/// # Safety
/// As [`walk_strip`]; `node` is one of the tree's.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn right<const G: usize>(nodes: &Nodes<'_, i32>, keys: &[i32], node: usize) -> [__mmask16; G] {
    // SAFETY: promised by the caller.
    unsafe {
        let threshold = _mm512_set1_epi32(*nodes.thresholds.get_unchecked(node));
        let column = usize::from(*nodes.columns.get_unchecked(node));
        let strip = keys.as_ptr().add(column * STRIP_ROWS);
        std::array::from_fn(|group| {
            let keys = _mm512_loadu_si512(strip.add(group * LANES).cast());
            _mm512_cmpge_epi32_mask(keys, threshold)
        })
    }
}

/// What rows reach below a node of the last level.
///
/// # Safety
/// As [`right`].
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn below_1<const G: usize>(nodes: &Nodes<'_, i32>, keys: &[i32], node: usize) -> Reached<G> {
    // SAFETY: promised by the caller.
    let right: [__mmask16; G] = unsafe { right(nodes, keys, node) };
    let left = _mm512_set1_epi32(2 * node as i32);
    let one = _mm512_set1_epi32(1);
    std::array::from_fn(|group| _mm512_mask_add_epi32(left, right[group], left, one))
}

/// What rows reach below a node with so many levels under it.
macro_rules! below {
    ($name:ident, $next:ident) => {
        /// # Safety
        /// As [`right`].
        #[inline]
        #[target_feature(enable = "avx512f")]
        unsafe fn $name<const G: usize>(nodes: &Nodes<'_, i32>, keys: &[i32], node: usize) -> Reached<G> {
            // SAFETY: promised by the caller; both children are nodes of the tree.
            unsafe {
                let left_side: Reached<G> = $next(nodes, keys, 2 * node);
                let right_side: Reached<G> = $next(nodes, keys, 2 * node + 1);
                let right: [__mmask16; G] = right(nodes, keys, node);
                std::array::from_fn(|group| _mm512_mask_blend_epi32(right[group], left_side[group], right_side[group]))
            }
        }
    };
}

below!(below_2, below_1);
below!(below_3, below_2);
below!(below_4, below_3);
below!(below_5, below_4);
below!(below_6, below_5);
