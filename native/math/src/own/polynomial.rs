//! Polynomials of a table: three coefficients as sums of two doubles, nine as one.

use super::double_double::{size, DoubleDouble};
use super::estimate::Estimate;

/// The bits of the coefficients, the constant first; of a sum of two doubles the larger first.
pub type Row = [u64; 15];

/// 2^-50: times the terms from d² on above what their roundings and those of the sums lose, five of 2^-53.
const ERROR: f64 = 4.0 * f64::EPSILON;
/// 2^-70: times the value above what the series leaves out.
const TRUNCATION: f64 = f64::from_bits((1023 - 70) << 52);

/// The value at a small d as a first phase gives it: the terms from d² on in double precision.
#[inline(always)]
pub fn estimate(row: &Row, d: DoubleDouble) -> Estimate {
    let [c0, c0_low, c1, c1_low, c2, _, upper @ ..] = row.map(f64::from_bits);
    let x = d.high;
    let product = DoubleDouble::product(c1, x);
    let sum = DoubleDouble::ordered_sum(c0, product.high);
    let beyond = power_sum(&upper, x) * x;
    let square = x * x;
    let low = c0_low + product.low + c1_low * x + (c1 + 2.0 * c2 * x) * d.low;
    Estimate {
        sum: sum.high,
        correction: sum.low + (low + square * (c2 + beyond)),
        error: square * (size(c2) + size(beyond)) * ERROR + size(sum.high) * TRUNCATION,
    }
}

/// The value at a small d: the terms from d³ on in double precision.
#[inline]
pub fn evaluate(row: &Row, d: DoubleDouble) -> DoubleDouble {
    let [c0, c0_low, c1, c1_low, c2, c2_low, upper @ ..] = row.map(f64::from_bits);
    let sum = DoubleDouble::sum(c2, power_sum(&upper, d.high) * d.high);
    let second = DoubleDouble::ordered_sum(sum.high, sum.low + c2_low);
    let first = DoubleDouble::new((c1, c1_low)).add(second.mul(d));
    DoubleDouble::new((c0, c0_low)).add(first.mul(d))
}

/// The sum of c x^i, in two halves that do not wait for each other.
#[inline(always)]
fn power_sum(c: &[f64; 9], x: f64) -> f64 {
    let square = x * x;
    let even = c[0] + square * (c[2] + square * (c[4] + square * (c[6] + square * c[8])));
    let odd = c[1] + square * (c[3] + square * (c[5] + square * c[7]));
    even + x * odd
}
