//! The inverse of the distribution function of the standard normal distribution.
//!
//! With z > 0 for the upper half, whose size is p or 1 - p (exact where p > 1/2): up to 0.135 z is a function of s = -ln(size), else
//! of q = 1/2 - size. Both have a table of polynomials of degree 11: for each 32nd of each octave of s about its middle, for each
//! 256th of q about itself. Truncation below 2^-70 of z; the terms of degree 3 and more, below 2^-18, are rounded as doubles;
//! of the error of the logarithm, 2^-70, z takes at most 1.2 times.

use super::double_double::DoubleDouble;
use super::log::log_pair;
use super::polynomial::evaluate;
use super::wide::Wide;
use super::wide_normal;
use crate::special_tables::{QUANTILE_CENTRE, QUANTILE_TAIL};

/// Above the relative error of [`upper_quantile`]: 2^-68.
const ERROR: f64 = f64::from_bits((1023 - 68) << 52);
/// Below e^-2, where the table of the tail begins.
const TAIL: f64 = 0.135;
/// Adding and taking it away again rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// A 32nd of an octave has this many bits of a mantissa.
const STEP_BITS: u32 = 47;
/// The bits of 2, in 32nds of octaves.
const FIRST_STEP: u64 = 1024 << 5;

/// z > 0 with `size` of the distribution above it, for 0 < size < 1/2; relative error below 2^-68.
#[inline]
pub fn upper_quantile(size: f64) -> DoubleDouble {
    if size < TAIL {
        return tail(log_pair(size).scale(-1.0));
    }
    let q = DoubleDouble::sum(0.5, -size);
    let node = (q.high * 256.0 + ROUNDER) - ROUNDER;
    let d = DoubleDouble::sum(q.high - node / 256.0, q.low);
    evaluate(&QUANTILE_CENTRE[node as usize], d)
}

/// z > 0 with e^-s of the distribution above it, for 2 <= s < 745.2.
#[inline]
fn tail(s: DoubleDouble) -> DoubleDouble {
    let step = s.high.to_bits() >> STEP_BITS;
    let middle = f64::from_bits(step << STEP_BITS | 1 << (STEP_BITS - 1));
    let d = DoubleDouble::sum(s.high - middle, s.low);
    evaluate(&QUANTILE_TAIL[(step - FIRST_STEP) as usize], d)
}

/// The z below which a share of p of the standard normal distribution lies: of 0 -infinity, of 1 infinity, outside NaN.
pub fn ndtri(p: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return outside(p);
    }
    if p == 0.5 {
        return 0.0;
    }
    let size = if p < 0.5 { p } else { 1.0 - p };
    let z = upper_quantile(size);
    let nearest = match z.certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_normal::upper_quantile(Wide::new(size), z).to_double(),
    };
    if p < 0.5 {
        -nearest
    } else {
        nearest
    }
}

/// Where there is no finite answer.
#[cold]
fn outside(p: f64) -> f64 {
    if p == 0.0 {
        f64::NEG_INFINITY
    } else if p == 1.0 {
        f64::INFINITY
    } else {
        f64::NAN
    }
}
