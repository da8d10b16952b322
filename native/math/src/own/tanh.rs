//! Hyperbolic tangent: with u = e^2x - 1 it is u/(u + 2), as a quotient of sums of two doubles.

use super::double_double::DoubleDouble;
use super::exp::expm1_pair;
use super::{quick_exp, wide_functions};

/// Above the relative error: 2^-66, of u 2^-68, which enters at most twice into nothing but its own size.
const ERROR: f64 = f64::from_bits((1023 - 66) << 52);
/// 2^-28: below it tanh(x) is x, since x²/3 is less than a quarter of a unit.
const TINY: f64 = f64::from_bits((1023 - 28) << 52);
/// From here on 1 - tanh(x) < 2 e^-2x < 2^-54, and the nearest double is 1.
const ONE: f64 = 19.0625;

/// tanh(x) for 2^-28 <= |x| < 20, relative error below 2^-66.
#[inline]
pub fn tanh_pair(x: f64) -> DoubleDouble {
    let u = expm1_pair(2.0 * x);
    u.div(u.add_double(2.0))
}

/// Hyperbolic tangent.
#[inline]
pub fn tanh(x: f64) -> f64 {
    let (nearest, certain) = quick_exp::tanh(x);
    if certain {
        return nearest;
    }
    slow_tanh(x)
}

#[cold]
fn slow_tanh(x: f64) -> f64 {
    if (-TINY..=TINY).contains(&x) || x.is_nan() {
        return x;
    }
    if x >= ONE {
        return 1.0;
    }
    if x <= -ONE {
        return -1.0;
    }
    match tanh_pair(x).certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_functions::tanh(x).to_double(),
    }
}
