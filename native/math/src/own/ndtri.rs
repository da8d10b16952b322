//! The inverse of the distribution function of the standard normal distribution.
//!
//! With z > 0 for the upper half, whose size is p or 1 - p (exact where p > 1/2): up to 0.135 z is a function of s = -ln(size), else
//! of q = 1/2 - size. Both have a table of polynomials of degree 11: for each 32nd of each octave of s about its middle, for each
//! 256th of q about itself. Truncation below 2^-70 of z; the terms of degree 3 and more, below 2^-18, are rounded as doubles;
//! of the error of the logarithm, 2^-70, z takes at most 1.2 times.

use super::double_double::DoubleDouble;
use super::estimate::Estimate;
use super::log::log_pair;
use super::polynomial::{estimate, evaluate, Row};
use super::quick_log::log_estimate;
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
    let (row, d) = if size < TAIL {
        let logarithm = log_pair(size);
        tail(-logarithm.high, -logarithm.low)
    } else {
        centre(size)
    };
    evaluate(row, d)
}

/// The same as a first phase gives it, for a normal size.
#[inline(always)]
pub fn quick_quantile(size: f64) -> Estimate {
    if size >= TAIL {
        let (row, d) = centre(size);
        return estimate(row, d);
    }
    let logarithm = log_estimate(size);
    let (row, d) = tail(-logarithm.sum, -logarithm.correction);
    let quantile = estimate(row, d);
    Estimate {
        error: quantile.error + logarithm.error, // times the slope, which is below 1
        ..quantile
    }
}

/// The row for q = 1/2 - size, and what is left of q.
#[inline(always)]
fn centre(size: f64) -> (&'static Row, DoubleDouble) {
    let q = DoubleDouble::sum(0.5, -size);
    let node = (q.high * 256.0 + ROUNDER) - ROUNDER;
    (
        &QUANTILE_CENTRE[node as usize],
        DoubleDouble::sum(q.high - node / 256.0, q.low),
    )
}

/// The row for s = high + low from 2 to 745.2, and what is left of s.
#[inline(always)]
fn tail(high: f64, low: f64) -> (&'static Row, DoubleDouble) {
    let step = high.to_bits() >> STEP_BITS;
    let middle = f64::from_bits(step << STEP_BITS | 1 << (STEP_BITS - 1));
    (
        &QUANTILE_TAIL[(step - FIRST_STEP) as usize],
        DoubleDouble::sum(high - middle, low),
    )
}

/// The z below which a share of p of the standard normal distribution lies: of 0 -infinity, of 1 infinity, outside NaN.
#[inline]
pub fn ndtri(p: f64) -> f64 {
    let size = if p < 0.5 { p } else { 1.0 - p };
    if (f64::MIN_POSITIVE..0.5).contains(&size) {
        let (nearest, certain) = quick_quantile(size).nearest();
        if certain {
            return if p < 0.5 { -nearest } else { nearest };
        }
    }
    careful_ndtri(p)
}

#[cold]
fn careful_ndtri(p: f64) -> f64 {
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
