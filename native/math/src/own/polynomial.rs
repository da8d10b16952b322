//! Polynomials of a table: three coefficients as sums of two doubles, nine as one.

use super::double_double::DoubleDouble;

/// The bits of the coefficients, the constant first; of a sum of two doubles the larger first.
pub type Row = [u64; 15];

/// The value at a small d: the terms from d³ on in double precision.
#[inline]
pub fn evaluate(row: &Row, d: DoubleDouble) -> DoubleDouble {
    let [c0, c0_low, c1, c1_low, c2, c2_low, upper @ ..] = row.map(f64::from_bits);
    let x = d.high;
    let tail = upper.iter().rev().fold(0.0, |sum, c| sum * x + c) * x;
    let sum = DoubleDouble::sum(c2, tail);
    let second = DoubleDouble::ordered_sum(sum.high, sum.low + c2_low);
    let first = DoubleDouble::new((c1, c1_low)).add(second.mul(d));
    DoubleDouble::new((c0, c0_low)).add(first.mul(d))
}
