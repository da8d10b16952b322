//! asin(x) and atan2(y, x).
//!
//! The angle of (x, y) in the first eighth of a turn is atan(c) + atan(z) with c = i/64 next to y/x, atan(c) from a table, and
//! z = (y - c x)/(x + c y), |z| < 1/127. atan(z) is its series to z^13: z and z³/3 are sums of two doubles, the rest, below 2^-30 of z,
//! is one. Truncation below 2^-100, rounding below 2^-83 of z. The other eighths are its mirror images; asin(x) is the angle of
//! (√(1 - x²), x).

use super::double_double::{power_of_two, size, DoubleDouble};
use super::quick_arc;
use super::root::root_pair;
use super::wide_arc;
use crate::special_tables::{ARCTANGENTS, HALF_PI, MINUS_THIRD, PI};

/// Above the relative error of [`angle`]: 2^-74.
const ERROR: f64 = f64::from_bits((1023 - 74) << 52);
/// 2^-27: below it asin(x) is x, since x²/6 is less than a quarter of a unit.
const TINY: f64 = f64::from_bits((1023 - 27) << 52);
/// 2^60: where the ratio of the coordinates is beyond it, the angle is next to a multiple of pi/2.
const STEEP: f64 = f64::from_bits((1023 + 60) << 52);
/// Adding and taking it away again rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// atan(z) for |z| < 1/127.
#[inline]
fn small(z: DoubleDouble) -> DoubleDouble {
    let square = z.mul(z);
    let s = square.high;
    let tail = s * (0.2 + s * (-1.0 / 7.0 + s * (1.0 / 9.0 + s * (-1.0 / 11.0 + s * (1.0 / 13.0)))));
    let factor = DoubleDouble::ordered_sum(MINUS_THIRD.0, MINUS_THIRD.1 + tail);
    let correction = z.mul(square).mul(factor);
    let sum = DoubleDouble::ordered_sum(z.high, correction.high);
    DoubleDouble::ordered_sum(sum.high, sum.low + (z.low + correction.low))
}

/// The angle of (x, y) for 0 <= y <= x, x > 0.
#[inline]
fn first_eighth(y: DoubleDouble, x: DoubleDouble) -> DoubleDouble {
    let node = (y.high / x.high * 64.0 + ROUNDER) - ROUNDER;
    let c = DoubleDouble {
        high: node / 64.0,
        low: 0.0,
    };
    let z = y.add(x.mul(c).scale(-1.0)).div(x.add(y.mul(c)));
    DoubleDouble::new(ARCTANGENTS[node as usize]).add(small(z))
}

/// The angle of (x, y) for positive coordinates between 2^-440 and 2^440, relative error below 2^-74.
#[inline]
pub fn angle(y: DoubleDouble, x: DoubleDouble) -> DoubleDouble {
    if y.high <= x.high {
        return first_eighth(y, x);
    }
    DoubleDouble::new(HALF_PI).add(first_eighth(x, y).scale(-1.0))
}

/// asin(x) for 2^-27 <= x < 1, relative error below 2^-74.
#[inline]
pub fn asin_pair(x: f64) -> DoubleDouble {
    let square = DoubleDouble::sum(1.0, -x).mul(DoubleDouble::sum(1.0, x));
    angle(DoubleDouble { high: x, low: 0.0 }, root_pair(square))
}

/// The angle between -pi/2 and pi/2 with that sine: outside of [-1, 1] NaN.
#[inline]
pub fn asin(x: f64) -> f64 {
    if (TINY..1.0).contains(&size(x)) {
        let (nearest, certain) = quick_arc::asin(size(x)).nearest();
        if certain {
            return with_sign(nearest, x);
        }
    }
    careful_asin(x)
}

#[cold]
fn careful_asin(x: f64) -> f64 {
    if size(x) < TINY {
        return x;
    }
    if size(x) < 1.0 {
        let pair = asin_pair(size(x));
        let nearest = match pair.certain(ERROR) {
            Some(nearest) => nearest,
            None => wide_arc::asin(size(x), pair).to_double(),
        };
        return with_sign(nearest, x);
    }
    if size(x) == 1.0 {
        return with_sign(HALF_PI.0, x);
    }
    f64::NAN
}

/// The angle of the point (x, y), from -pi to pi; zeros and infinities as in C.
pub fn atan2(y: f64, x: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let (height, width) = (size(y), size(x));
    let leftwards = x.is_sign_negative();
    let angle = if height > 0.0 && height < f64::INFINITY && width > 0.0 && width < f64::INFINITY {
        finite(height, width, leftwards)
    } else {
        special(height, width, leftwards)
    };
    with_sign(angle, y)
}

#[inline(always)]
fn with_sign(size: f64, sign: f64) -> f64 {
    if sign.is_sign_negative() {
        -size
    } else {
        size
    }
}

/// Where a coordinate is zero or infinite.
#[cold]
fn special(height: f64, width: f64, leftwards: bool) -> f64 {
    if height == width && height > 0.0 {
        return PI.0 * if leftwards { 0.75 } else { 0.25 }; // both products are the nearest doubles
    }
    if height == 0.0 || width == f64::INFINITY {
        return if leftwards { PI.0 } else { 0.0 };
    }
    HALF_PI.0
}

/// The angle of (±width, height).
fn finite(height: f64, width: f64, leftwards: bool) -> f64 {
    let (y, x) = scaled(height, width);
    if y / x > STEEP {
        return HALF_PI.0; // nearer to it than half of a unit less the rest of pi/2
    }
    if x / y > STEEP {
        return if leftwards { PI.0 } else { flat(height, width) };
    }
    let (y, x) = (DoubleDouble { high: y, low: 0.0 }, DoubleDouble { high: x, low: 0.0 });
    let (nearest, certain) = quick_arc::angle(y, x, leftwards).nearest();
    if certain {
        return nearest;
    }
    careful_angle(y, x, leftwards)
}

#[cold]
fn careful_angle(y: DoubleDouble, x: DoubleDouble, leftwards: bool) -> f64 {
    let first = angle(y, x);
    let pair = if leftwards {
        DoubleDouble::new(PI).add(first.scale(-1.0))
    } else {
        first
    };
    match pair.certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_arc::angle(y.high, x.high, first, leftwards).to_double(),
    }
}

/// Both coordinates times a power of two, so that products of them neither overflow nor lose bits; of a ratio beyond 2^60 the
/// smaller one may.
#[inline]
fn scaled(height: f64, width: f64) -> (f64, f64) {
    let larger = if height > width { height } else { width };
    let scale = if larger > power_of_two(300) {
        power_of_two(-600)
    } else if larger < power_of_two(-300) {
        power_of_two(700)
    } else {
        1.0
    };
    (height * scale, width * scale)
}

/// The nearest double to an angle that is less than the ratio, but by less than 2^-120 of it.
#[cold]
fn flat(height: f64, width: f64) -> f64 {
    let ratio = height / width;
    if ratio > f64::MIN_POSITIVE || ratio == 0.0 {
        return ratio; // no quotient is a midpoint of normal doubles or nearer to one than 2^-107
    }
    if wide_arc::is_midpoint_below(height, width, ratio) {
        return f64::from_bits(ratio.to_bits() - 1);
    }
    ratio
}
