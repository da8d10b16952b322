//! Square roots of sums of two doubles.

use super::double_double::DoubleDouble;
use super::square_root::sqrt;

/// The root of a positive sum between 2^-400 and 2^400, relative error below 2^-98: one of Newton's steps from a rounded root, with an
/// exact square.
#[inline]
pub fn root_pair(x: DoubleDouble) -> DoubleDouble {
    let root = sqrt(x.high);
    let square = DoubleDouble::product(root, root);
    let rest = (x.high - square.high) + (x.low - square.low);
    DoubleDouble::ordered_sum(root, 0.5 * rest / root)
}
