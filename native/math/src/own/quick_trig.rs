//! The first phase of sin and cos, as quick_exp.rs is that of the exponentials: the sums of angles of trig.rs in little more than double
//! precision. Of the terms only the table's entry and the product of its cosine with r are sums of two doubles; the rest is below
//! 2^-13 of the entry, or of r where the entry is zero.

use super::double_double::{size, DoubleDouble};
use super::estimate::Estimate;
use super::trig::{entry, QUARTER};
use super::trig_reduce::{steps, ROUNDER};
use crate::special_tables::{ANGLE_HIGH, ANGLE_LOW, ANGLE_MIDDLE, STEPS_PER_PI};

/// 2^-63: times the entry and r above what the terms below 2^-13.6 of them lose by roundings, and by the lower half of r that r² leaves
/// out, nine times 2^-67.
const ERROR: f64 = f64::from_bits((1023 - 63) << 52);
/// 2^-112: times k above the rounding of its product with the third part of pi/128.
const ANGLE_ERROR: f64 = f64::from_bits((1023 - 112) << 52);

/// sin(x + turned pi/128) for 2^-27 <= |x| <= 2^19.
#[inline(always)]
pub fn sin(x: f64, turned: u8) -> Estimate {
    let k = (x * STEPS_PER_PI + ROUNDER) - ROUNDER;
    let near = (x - k * ANGLE_HIGH) - k * ANGLE_MIDDLE; // exact, as in trig_reduce.rs
    let low = k * ANGLE_LOW;
    let high = near - low;
    let r = DoubleDouble {
        high,
        low: (near - high) - low,
    };
    let sine = sin_of((k as i64 as u8).wrapping_add(turned), r);
    Estimate {
        error: sine.error + size(k) * ANGLE_ERROR,
        ..sine
    }
}

/// The same for a finite |x| beyond 2^19.
pub fn far_sin(x: f64, turned: u8) -> Estimate {
    let (k, r) = steps(x);
    sin_of(k.wrapping_add(turned), r)
}

/// sin(k pi/128 + r), for |r| <= pi/256.
#[inline(always)]
fn sin_of(k: u8, r: DoubleDouble) -> Estimate {
    let (sine, cosine) = (entry(k), entry(k.wrapping_add(QUARTER)));
    let s = r.high * r.high;
    let cube = r.high * s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0)));
    let cosm1 = s * (-0.5 + s * (1.0 / 24.0 + s * (-1.0 / 720.0)));
    let product = DoubleDouble::product(cosine.high, r.high);
    // The product is below 2^-6, the entry above it or zero.
    let sum = DoubleDouble::ordered_sum(sine.high, product.high);
    let small = sine.low + cosine.low * r.high + product.low + cosine.high * (r.low + cube);
    Estimate {
        sum: sum.high,
        correction: sum.low + (small + sine.high * cosm1),
        error: (size(sine.high) + size(r.high)) * ERROR,
    }
}
