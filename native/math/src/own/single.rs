//! e^x and ln(x) in single precision.
//!
//! The result as a sum of two doubles is rounded to odd in double precision (an inexact double gets an odd last bit) and then to
//! single: with 29 bits to spare, subnormal results included, the two roundings together are one. The error of the sum, 2^-70,
//! is far below the distance of any result of a single argument from a midpoint of singles (all were compared; docs/MATH.md).

use super::double_double::DoubleDouble;
use super::exp::exp_pair;
use super::log::log_pair;
use super::quick_single;

/// The single nearest to a sum of two doubles that is no double itself.
#[inline]
fn nearest(value: DoubleDouble) -> f32 {
    let bits = value.high.to_bits();
    if value.low == 0.0 || bits & 1 == 1 {
        return value.high as f32;
    }
    // The last bit is 0: one step towards the sum makes it odd.
    let away_from_zero = (value.low > 0.0) == (value.high > 0.0);
    f64::from_bits(if away_from_zero { bits + 1 } else { bits - 1 }) as f32
}

/// e^x in single precision.
#[inline]
pub fn expf(x: f32) -> f32 {
    let (nearest, certain) = quick_single::expf(x);
    if certain {
        return nearest;
    }
    slow_expf(x)
}

#[cold]
fn slow_expf(x: f32) -> f32 {
    if x == 0.0 {
        return 1.0;
    }
    if x > 89.0 {
        return f32::INFINITY;
    }
    if x < -104.0 {
        return 0.0;
    }
    if x.is_nan() {
        return x;
    }
    nearest(exp_pair(f64::from(x)))
}

/// Natural logarithm in single precision.
#[inline]
pub fn logf(x: f32) -> f32 {
    let (nearest, certain) = quick_single::logf(x);
    if certain {
        return nearest;
    }
    slow_logf(x)
}

#[cold]
fn slow_logf(x: f32) -> f32 {
    if x > 0.0 && x < f32::INFINITY {
        if x == 1.0 {
            return 0.0;
        }
        return nearest(log_pair(f64::from(x)));
    }
    if x == 0.0 {
        f32::NEG_INFINITY
    } else if x < 0.0 {
        f32::NAN
    } else {
        x
    }
}
