//! Angles modulo a turn: x = k pi/128 + r, or x = q pi/2 + r.
//!
//! Up to 2^19 pi/128 is subtracted k times in four parts. The first two end at 2^-32 and 2^-59, so that their products with k and
//! the differences are exact. From there on (Payne and Hanek) x is multiplied by the 384 bits of 2/pi that matter for it: the bits before
//! them give whole turns, the bits after them less than 2^-320 of a turn. No double is nearer to a multiple of pi/2 than 2^-62.

use super::double_double::{power_of_two, DoubleDouble};
use crate::special_tables::{ANGLE, ANGLE_HIGH, ANGLE_LOW, ANGLE_LOWEST, ANGLE_MIDDLE, STEPS_PER_PI, TWO_OVER_PI};

/// Adding and taking it away again rounds to an integer.
pub const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// 2^19: k stays below 2^25.
pub const SUBTRACTED: f64 = 524_288.0;
/// Limbs of the product of an argument with 2/pi.
const LIMBS: usize = 6;
/// Bits before the point of the table of 2/pi: its zeros.
const ZEROS: i64 = 64;

/// A fraction of a step, `± 0.limbs`, the most significant limb first.
#[derive(Clone, Copy, Debug)]
pub struct Fraction {
    pub negative: bool,
    pub limbs: [u64; LIMBS],
}

impl Fraction {
    /// The leading bits of the fraction: the limbs from the first that is not zero on, and how many zero limbs precede them.
    fn leading(&self) -> (usize, [u64; 3]) {
        let zeros = self.limbs.iter().take_while(|&&limb| limb == 0).count();
        let limb = |i: usize| self.limbs.get(zeros + i).copied().unwrap_or(0);
        (zeros, [limb(0), limb(1), limb(2)])
    }

    /// The fraction cut to 106 bits.
    fn pair(&self) -> DoubleDouble {
        let (zeros, [first, second, third]) = self.leading();
        let shift = first.leading_zeros();
        let upper = u128::from(first) << 64 | u128::from(second);
        let bits = upper << shift | u128::from(third) >> 1 >> (63 - shift);
        let exponent = -(64 * zeros as i64) - i64::from(shift);
        let sign = if self.negative { -1.0 } else { 1.0 };
        let high = (bits >> 75) as f64 * power_of_two(exponent - 53);
        let low = (bits >> 22 & ((1 << 53) - 1)) as f64 * power_of_two(exponent - 106);
        DoubleDouble::ordered_sum(sign * high, sign * low)
    }
}

/// x in steps of 2 pi/2^bits for a finite |x| >= 1/4: the nearest whole number of them modulo 2^bits, and the rest, at most half a
/// step, within 2^-300.
pub fn turns(x: f64, bits: u32) -> (u8, Fraction) {
    let stored = x.to_bits();
    let mantissa = stored & ((1 << 52) - 1) | 1 << 52;
    let exponent = (stored >> 52 & 0x7ff) as i64 - 1075;
    // A quarter turn is 1 of mantissa 2^exponent 2/pi: four of them are left out from bit exponent - 2 of 2/pi upwards.
    let skipped = (ZEROS + exponent - 2) as usize;
    let mut limbs = times(&window(skipped), mantissa);
    let mut k = (limbs[0] >> (64 - bits)) as u8;
    for i in 0..LIMBS {
        let next = limbs.get(i + 1).copied().unwrap_or(0);
        limbs[i] = limbs[i] << bits | next >> (64 - bits);
    }
    let mut negative = limbs[0] >> 63 == 1;
    if negative {
        k = k.wrapping_add(1);
        complement(&mut limbs);
    }
    if x < 0.0 {
        k = k.wrapping_neg();
        negative = !negative;
    }
    let mask = ((1u32 << bits) - 1) as u8;
    (k & mask, Fraction { negative, limbs })
}

/// The bits of 2/pi after the first `skipped` of the table.
fn window(skipped: usize) -> [u64; LIMBS] {
    let (whole, part) = (skipped / 64, skipped % 64);
    let mut bits = [0; LIMBS];
    for (i, limb) in bits.iter_mut().enumerate() {
        let (first, second) = (TWO_OVER_PI[whole + i], TWO_OVER_PI[whole + i + 1]);
        *limb = ((u128::from(first) << 64 | u128::from(second)) << part >> 64) as u64;
    }
    bits
}

/// The product without what overflows to the left.
fn times(limbs: &[u64; LIMBS], factor: u64) -> [u64; LIMBS] {
    let mut product = [0; LIMBS];
    let mut carry = 0u128;
    for (to, &from) in product.iter_mut().zip(limbs).rev() {
        let sum = u128::from(from) * u128::from(factor) + carry;
        *to = sum as u64;
        carry = sum >> 64;
    }
    product
}

/// 2^384 - limbs.
fn complement(limbs: &mut [u64; LIMBS]) {
    let mut carry = true;
    for limb in limbs.iter_mut().rev() {
        (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
    }
}

/// x = k pi/128 + r modulo 2 pi for a finite x, |r| <= pi/256 and a little; r has a relative error below 2^-75.
#[inline]
pub fn steps(x: f64) -> (u8, DoubleDouble) {
    if !(-SUBTRACTED..=SUBTRACTED).contains(&x) {
        return far_steps(x);
    }
    let k = (x * STEPS_PER_PI + ROUNDER) - ROUNDER;
    let near = (x - k * ANGLE_HIGH) - k * ANGLE_MIDDLE; // exact
    let third = DoubleDouble::product(k, ANGLE_LOW);
    let rest = DoubleDouble::sum(near, -third.high);
    let low = rest.low - (third.low + k * ANGLE_LOWEST);
    (k as i64 as u8, DoubleDouble::ordered_sum(rest.high, low))
}

#[cold]
fn far_steps(x: f64) -> (u8, DoubleDouble) {
    let (k, fraction) = turns(x, 8);
    (k, fraction.pair().mul(DoubleDouble::new(ANGLE)))
}
