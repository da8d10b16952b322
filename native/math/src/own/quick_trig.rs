//! The first phase of sin and cos, as quick_exp.rs is that of the exponentials: the sums of angles of trig.rs in little more than double
//! precision. Of the terms only the table's entry and the product of its cosine with r are sums of two doubles; the rest is below
//! 2^-13 of the entry, or of r where the entry is zero.

use super::double_double::{size, DoubleDouble};
use super::estimate::Estimate;
use super::trig::{entry, QUARTER};
use super::trig_reduce::ROUNDER;
use crate::special_tables::{ANGLE_HIGH, ANGLE_LOW, ANGLE_MIDDLE, STEPS_PER_PI};

/// 2^-64: times the table's entry and r above what the roundings of the terms below 2^-13.6 of them lose, six of them.
const ERROR: f64 = f64::from_bits((1023 - 64) << 52);
/// 2^-112: times k above the rounding of its product with the third part of pi/128.
const ANGLE_ERROR: f64 = f64::from_bits((1023 - 112) << 52);

/// sin(x + turned pi/128) for 2^-27 <= |x| <= 2^19.
#[inline(always)]
pub fn sin(x: f64, turned: u8) -> Estimate {
    let k = (x * STEPS_PER_PI + ROUNDER) - ROUNDER;
    let near = (x - k * ANGLE_HIGH) - k * ANGLE_MIDDLE; // exact, as in trig_reduce.rs
    let low = k * ANGLE_LOW;
    let r = near - low;
    let r_low = (near - r) - low;
    let index = (k as i64 as u8).wrapping_add(turned);
    let (sine, cosine) = (entry(index), entry(index.wrapping_add(QUARTER)));
    let s = r * r;
    let cube = r * s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0)));
    let cosm1 = s * (-0.5 + s * (1.0 / 24.0 + s * (-1.0 / 720.0)));
    let product = DoubleDouble::product(cosine.high, r);
    // The product is below 2^-6, the entry above it or zero.
    let sum = DoubleDouble::ordered_sum(sine.high, product.high);
    let small = sine.low + cosine.low * r + product.low + cosine.high * (r_low + cube);
    Estimate {
        sum: sum.high,
        correction: sum.low + (small + sine.high * cosm1),
        error: (size(sine.high) + size(r)) * ERROR + size(k) * ANGLE_ERROR,
    }
}
