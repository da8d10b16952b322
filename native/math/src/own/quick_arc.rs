//! The first phase of asin and atan2, as quick_exp.rs is that of the exponentials: the angles of arc.rs with a quotient z of little more
//! than double precision and its cube, below 2^-15 of it, in double precision.

use super::double_double::{shortened, size, DoubleDouble};
use super::estimate::Estimate;
use super::square_root::sqrt;
use crate::special_tables::{ARCTANGENTS, HALF_PI, PI};

/// 2^-65: times z above the error of its cube, which takes z as one double, and of the sums with it.
const ERROR: f64 = f64::from_bits((1023 - 65) << 52);
/// 2^-72: above the error of what is added to the angle from the table, or to pi/2 or pi.
const SUM_ERROR: f64 = f64::from_bits((1023 - 72) << 52);
/// Adding and taking it away again rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Bits to drop so that the product with a number of 7 bits is exact.
const DROPPED: u32 = 20;

/// (y - c x)/(x + c y), where c has at most 7 bits; the quotient relatively within 2^-95.
#[inline(always)]
fn quotient(y: DoubleDouble, x: DoubleDouble, c: f64) -> DoubleDouble {
    let (x_upper, y_upper) = (shortened(x.high, DROPPED), shortened(y.high, DROPPED));
    let (x_lower, y_lower) = (x.high - x_upper, y.high - y_upper);
    // The products are exact, and the first difference is: its terms lie within a factor of two, or c is zero.
    let first = y.high - c * x_upper;
    let numerator = DoubleDouble::sum(first, -(c * x_lower));
    let numerator_low = numerator.low + (y.low - c * x.low);
    let product = c * y.high;
    let product_low = (c * y_upper - product) + c * y_lower;
    let larger = DoubleDouble::ordered_sum(x.high, product);
    let denominator = larger.high;
    let denominator_low = larger.low + (product_low + (x.low + c * y.low));
    let high = numerator.high / denominator;
    let back = DoubleDouble::product(high, denominator);
    let rest = (numerator.high - back.high) - back.low + (numerator_low - high * denominator_low);
    DoubleDouble::ordered_sum(high, rest / denominator)
}

/// The angle of (x, y) for 0 < y <= x as an angle of the table, and one below 1/127 whose error is below 2^-65 of it.
#[inline(always)]
fn first_eighth(y: DoubleDouble, x: DoubleDouble) -> ((f64, f64), DoubleDouble) {
    let node = (y.high / x.high * 64.0 + ROUNDER) - ROUNDER;
    let z = quotient(y, x, node / 64.0);
    let s = z.high * z.high;
    let cube = z.high * s * (-1.0 / 3.0 + s * (0.2 + s * (-1.0 / 7.0 + s * (1.0 / 9.0 + s * (-1.0 / 11.0)))));
    (
        ARCTANGENTS[node as usize],
        DoubleDouble {
            high: z.high,
            low: z.low + cube,
        },
    )
}

/// The angle of (x, y), or of (-x, y) where `leftwards`, for positive coordinates between 2^-440 and 2^440 and a ratio within 2^62.
#[inline(always)]
pub fn angle(y: DoubleDouble, x: DoubleDouble, leftwards: bool) -> Estimate {
    let steep = y.high > x.high;
    let (table, rest) = if steep { first_eighth(x, y) } else { first_eighth(y, x) };
    // The angle is base ± (table + rest).
    let (base, backwards) = match (steep, leftwards) {
        (false, false) => ((0.0, 0.0), false),
        (true, false) => (HALF_PI, true),
        (true, true) => (HALF_PI, false),
        (false, true) => (PI, true),
    };
    let sign = if backwards { -1.0 } else { 1.0 };
    let start = DoubleDouble::ordered_sum(base.0, sign * table.0);
    let sum = DoubleDouble::ordered_sum(start.high, sign * rest.high);
    let low = start.low + (base.1 + sign * table.1) + sign * rest.low;
    Estimate {
        sum: sum.high,
        correction: sum.low + low,
        error: size(rest.high) * ERROR + if start.high == 0.0 { 0.0 } else { SUM_ERROR },
    }
}

/// asin(x) for 2^-27 <= x < 1: the root of 1 - x² as a sum of two doubles, from an exact square.
#[inline(always)]
pub fn asin(x: f64) -> Estimate {
    let square = DoubleDouble::product(x, x);
    let difference = DoubleDouble::ordered_sum(1.0, -square.high);
    let rest = DoubleDouble::ordered_sum(difference.high, difference.low - square.low);
    let root = sqrt(rest.high);
    let back = DoubleDouble::product(root, root);
    let low = 0.5 * ((rest.high - back.high) - back.low + rest.low) / root;
    angle(
        DoubleDouble { high: x, low: 0.0 },
        DoubleDouble { high: root, low },
        false,
    )
}
