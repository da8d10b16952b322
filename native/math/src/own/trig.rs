//! sin(x) and cos(x), x in radians.
//!
//! x = k pi/128 + r with |r| <= pi/256 (trig_reduce.rs); a table has sin(j pi/128) from 0 to pi/2, which with its mirror images gives
//! sine and cosine of k pi/128, and the sums of angles do the rest. sin(r) is its series to r^9 and cos(r) to r^8: the terms to
//! r³/6 and r²/2 are sums of two doubles, the rest, below 2^-30, is one. Truncation below 2^-84, rounding below 2^-82 absolutely; a
//! result whose table entry is not zero is above 2^-7, one whose entry is zero keeps the relative precision of r.

use super::double_double::{size, DoubleDouble};
use super::quick_trig;
use super::trig_reduce::{steps, SUBTRACTED};
use super::wide_trig;
use crate::special_tables::{MINUS_SIXTH, SINES};

/// Above the relative error of [`sin_of`]: 2^-74.
const ERROR: f64 = f64::from_bits((1023 - 74) << 52);
/// 2^-27: below it sin(x) is x and cos(x) is 1, since x²/6 is less than a quarter of a unit.
const TINY: f64 = f64::from_bits((1023 - 27) << 52);
/// A quarter of a turn in steps of pi/128.
pub const QUARTER: u8 = 64;

/// sin(r) for |r| <= pi/256.
#[inline]
fn sin_small(r: DoubleDouble, square: DoubleDouble) -> DoubleDouble {
    let s = square.high;
    let tail = s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s * (1.0 / 362_880.0)));
    let factor = DoubleDouble::ordered_sum(MINUS_SIXTH.0, MINUS_SIXTH.1 + tail);
    let correction = r.mul(square).mul(factor);
    let sum = DoubleDouble::ordered_sum(r.high, correction.high);
    DoubleDouble::ordered_sum(sum.high, sum.low + (r.low + correction.low))
}

/// cos(r) - 1 for |r| <= pi/256.
#[inline]
fn cosm1_small(square: DoubleDouble) -> DoubleDouble {
    let s = square.high;
    let tail = s * s * (1.0 / 24.0 + s * (-1.0 / 720.0 + s * (1.0 / 40_320.0)));
    let half = square.scale(-0.5);
    let sum = DoubleDouble::ordered_sum(half.high, tail);
    DoubleDouble::ordered_sum(sum.high, sum.low + half.low)
}

/// sin(k pi/128).
#[inline]
pub fn entry(k: u8) -> DoubleDouble {
    let half_turn = k & 127;
    let index = if half_turn > QUARTER {
        128 - half_turn
    } else {
        half_turn
    };
    let (high, low) = SINES[usize::from(index)];
    let sign = if k >= 128 { -1.0 } else { 1.0 };
    DoubleDouble {
        high: sign * high,
        low: sign * low,
    }
}

/// sin(k pi/128 + r), relative error below 2^-74.
#[inline]
fn sin_of(k: u8, r: DoubleDouble) -> DoubleDouble {
    let square = r.mul(r);
    let (sine, cosine) = (entry(k), entry(k.wrapping_add(QUARTER)));
    let correction = sine.mul(cosm1_small(square));
    let product = cosine.mul(sin_small(r, square));
    // The product is below 2^-6, the entry above it or zero.
    let sum = DoubleDouble::ordered_sum(sine.high, product.high);
    let low = sum.low + (sine.low + product.low);
    DoubleDouble::ordered_sum(sum.high, low).add(correction)
}

/// sin(x) of a finite number of at least 2^-27 in size, relative error below 2^-74.
#[inline]
pub fn sin_pair(x: f64) -> DoubleDouble {
    let (k, r) = steps(x);
    sin_of(k, r)
}

/// cos(x) of a finite number of at least 2^-27 in size, relative error below 2^-74.
#[inline]
pub fn cos_pair(x: f64) -> DoubleDouble {
    let (k, r) = steps(x);
    sin_of(k.wrapping_add(QUARTER), r)
}

/// Sine: of ±0 ±0, of ±infinity NaN.
#[inline]
pub fn sin(x: f64) -> f64 {
    if (TINY..=SUBTRACTED).contains(&size(x)) {
        let (nearest, certain) = quick_trig::sin(x, 0).nearest();
        if certain {
            return nearest;
        }
    }
    careful_sin(x)
}

#[cold]
fn careful_sin(x: f64) -> f64 {
    if size(x) < TINY {
        return x;
    }
    if !x.is_finite() {
        return f64::NAN;
    }
    if size(x) > SUBTRACTED {
        let (nearest, certain) = quick_trig::far_sin(x, 0).nearest();
        if certain {
            return nearest;
        }
    }
    match sin_pair(x).certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_trig::sin(x).to_double(),
    }
}

/// Cosine: of ±infinity NaN.
#[inline]
pub fn cos(x: f64) -> f64 {
    if (TINY..=SUBTRACTED).contains(&size(x)) {
        let (nearest, certain) = quick_trig::sin(x, QUARTER).nearest();
        if certain {
            return nearest;
        }
    }
    careful_cos(x)
}

#[cold]
fn careful_cos(x: f64) -> f64 {
    if size(x) < TINY {
        return 1.0;
    }
    if !x.is_finite() {
        return f64::NAN;
    }
    if size(x) > SUBTRACTED {
        let (nearest, certain) = quick_trig::far_sin(x, QUARTER).nearest();
        if certain {
            return nearest;
        }
    }
    match cos_pair(x).certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_trig::cos(x).to_double(),
    }
}
