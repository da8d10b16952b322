//! The error function.
//!
//! A table has the series of degree 11 about each 32nd from 0 to 6 (its derivatives are e^-x² times Hermite's polynomials); the terms
//! of degree 3 and more, below 2^-19, are rounded as doubles. Truncation below 2^-80, rounding below 2^-64.5 of the result.

use super::double_double::{size, DoubleDouble};
use super::estimate::Estimate;
use super::polynomial::{estimate, evaluate, Row};
use super::wide_normal;
use crate::special_tables::ERF;

/// Above the relative error of [`erf_pair`]: 2^-64.
const ERROR: f64 = f64::from_bits((1023 - 64) << 52);
/// Adding and taking it away again rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// From here on 1 - erf(x) is below 2^-54, and the nearest double is 1.
const ONE: f64 = 5.9375;
/// 2^-900: below it a product of two doubles may lose bits.
const TINY: f64 = f64::from_bits((1023 - 900) << 52);

/// The row for 2^-900 <= x < 5.9375, and what is left of x.
#[inline(always)]
fn reduced(x: f64) -> (&'static Row, DoubleDouble) {
    let node = (x * 32.0 + ROUNDER) - ROUNDER;
    let d = DoubleDouble {
        high: x - node / 32.0, // exact
        low: 0.0,
    };
    (&ERF[node as usize], d)
}

/// erf(x) for 2^-900 <= x < 5.9375, relative error below 2^-64.
#[inline]
pub fn erf_pair(x: f64) -> DoubleDouble {
    let (row, d) = reduced(x);
    evaluate(row, d)
}

/// The same as a first phase gives it.
#[inline(always)]
pub fn quick_erf(x: f64) -> Estimate {
    let (row, d) = reduced(x);
    estimate(row, d)
}

/// The error function: of ±0 ±0, of ±infinity ±1.
#[inline]
pub fn erf(x: f64) -> f64 {
    if (TINY..ONE).contains(&size(x)) {
        let (nearest, certain) = quick_erf(size(x)).nearest();
        if certain {
            return if x < 0.0 { -nearest } else { nearest };
        }
    }
    careful_erf(x)
}

#[cold]
fn careful_erf(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        return x;
    }
    let nearest = positive(size(x));
    if x < 0.0 {
        -nearest
    } else {
        nearest
    }
}

/// erf(x) for x > 0.
fn positive(x: f64) -> f64 {
    if x >= ONE {
        return 1.0;
    }
    let certain = if x < TINY { None } else { erf_pair(x).certain(ERROR) };
    match certain {
        Some(nearest) => nearest,
        None => wide_normal::erf(x).to_double(),
    }
}
