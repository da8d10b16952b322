//! The first phase of e^x and ln(x) in single precision: plain doubles, and a test whether all within the error is one single.

use super::quick_log::split;
use crate::tables::{LN2, POWERS, SINGLE_LOGARITHMS, STEP, STEPS_PER_LN2};

/// Adding and taking it away again rounds to an integer, which the low bits of the sum hold in between.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// In units of 2^-52 of a mantissa: twice the error of e^x, of which the series cut after r^3 has 2^-38.6.
const EXP_SPREAD: u64 = 1 << 15;
/// The same of ln(x), of which the series cut after z^5 has 2^-42.5 of the result next to 1.
const LOG_SPREAD: u64 = 1 << 11;
/// A single has so many bits fewer.
const SPARE: u32 = 29;

/// The single nearest to everything within the spread, and whether there is only one: the bits that it lacks are far from one half.
/// Not for results that are subnormal singles.
#[inline(always)]
fn nearest(value: f64, spread: u64) -> (f32, bool) {
    let half = 1 << (SPARE - 1);
    let from_half = value.to_bits().wrapping_sub(half - spread) & ((1 << SPARE) - 1);
    (value as f32, from_half > 2 * spread)
}

/// e^x = 2^(k/128) e^r with |r| < 2^-8.5, and whether it is certain, which it never is outside of -87 to 200.
#[inline(always)]
pub fn expf(x: f32) -> (f32, bool) {
    let x = f64::from(x);
    let shifted = x * STEPS_PER_LN2 + ROUNDER;
    let r = x - (shifted - ROUNDER) * STEP;
    let bits = shifted.to_bits();
    let power = POWERS[(bits & 127) as usize].0;
    let scaled = f64::from_bits(power.to_bits().wrapping_add(bits >> 7 << 52));
    let value = scaled + scaled * (r + r * r * (0.5 + r * (1.0 / 6.0)));
    let (nearest, certain) = nearest(value, EXP_SPREAD);
    (nearest, certain & (x > -87.0) & (x < 200.0))
}

/// ln(x) as in quick_log.rs, where z = c m - 1 is exact for a single, and whether it is certain, which
/// it never is where x is not a positive normal single.
#[inline(always)]
pub fn logf(x: f32) -> (f32, bool) {
    // A normal single as a double by its bits: the instruction that converts would wait for what its register held before.
    let least = f32::MIN_POSITIVE.to_bits();
    let normal = x.to_bits().wrapping_sub(least) < f32::INFINITY.to_bits() - least;
    let wide = f64::from_bits((u64::from(x.to_bits()) << 29) + (896 << 52));
    let parts = split(wide);
    let (inverse, logarithm) = SINGLE_LOGARITHMS[parts.index];
    let z = parts.mantissa * inverse - 1.0;
    let square = z * z;
    let series = (-0.5 + z * (1.0 / 3.0)) + square * (-0.25 + z * 0.2);
    let (nearest, certain) = nearest((parts.k * LN2.0 + logarithm) + (z + square * series), LOG_SPREAD);
    (nearest, certain & normal)
}
