//! e^x, e^x - 1 and 2^x.
//!
//! x = k ln(2)/128 + r with |r| < 0.00272, so that e^x = 2^(k/128) e^r; 2^(k/128) is a power of two times an entry of a table.
//! e^r - 1 is its Taylor sum to r^7, of which r and r²/2 are summed as two doubles and the rest, below 2^-28, as one:
//! truncation below 2^-83, rounding below 2^-79. In all but about 2^-20 of arguments that decides.

use super::double_double::{power_of_two, DoubleDouble};
use super::estimate::Estimate;
use super::{quick_exp, wide_functions};
use crate::tables::{LN2, POWERS, STEPS_PER_LN2, STEP_HIGH, STEP_LOW, STEP_MIDDLE};

/// Adding and taking it away again rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Above the relative error of `parts` for e^x and 2^x: 2^-74.
const EXP_ERROR: f64 = f64::from_bits((1023 - 74) << 52);
/// Above the relative error of [`expm1_pair`]: 2^-68.
const EXPM1_ERROR: f64 = f64::from_bits((1023 - 68) << 52);
/// 2^-54: below it e^x is 1 and e^x - 1 is x.
const TINY: f64 = f64::from_bits((1023 - 54) << 52);

/// e^r - 1 for |r| < 0.0028, with an absolute error below 2^-79 and a relative one below 2^-70.
#[inline]
fn small(r: DoubleDouble) -> DoubleDouble {
    let square = DoubleDouble::product(r.high, r.high);
    let square_low = square.low + 2.0 * r.high * r.low;
    let x = r.high;
    let tail = 1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0))));
    let cube = square.high * x * tail;
    let sum = DoubleDouble::ordered_sum(r.high, 0.5 * square.high);
    DoubleDouble::ordered_sum(sum.high, sum.low + (cube + (r.low + 0.5 * square_low)))
}

/// x - k ln(2)/128 and k, for |x| < 746.
#[inline]
fn reduce(x: DoubleDouble) -> (DoubleDouble, i64) {
    let k = (x.high * STEPS_PER_LN2 + ROUNDER) - ROUNDER;
    let first = DoubleDouble::sum(x.high, -(k * STEP_HIGH)); // both products are exact
    let second = DoubleDouble::sum(first.high, -(k * STEP_MIDDLE));
    let low = second.low + (first.low - k * STEP_LOW) + x.low;
    (DoubleDouble::sum(second.high, low), k as i64)
}

/// 2^(k/128) e^r as a number near [1, 2) and the exponent it is to be scaled with.
#[inline]
fn parts(r: DoubleDouble, k: i64) -> (DoubleDouble, i64) {
    let power = DoubleDouble::new(POWERS[(k & 127) as usize]);
    let product = power.mul(small(r));
    let sum = DoubleDouble::ordered_sum(power.high, product.high);
    (
        DoubleDouble::ordered_sum(sum.high, sum.low + (power.low + product.low)),
        k >> 7,
    )
}

/// e^x for |x| <= 708 as a sum of two doubles, relative error below 2^-74.
#[inline]
pub fn exp_pair(x: f64) -> DoubleDouble {
    let (r, k) = reduce(DoubleDouble { high: x, low: 0.0 });
    let (value, exponent) = parts(r, k);
    value.scale(power_of_two(exponent))
}

/// e^x - 1 for 2^-54 <= |x| <= 700 as a sum of two doubles, relative error below 2^-68.
#[inline]
pub fn expm1_pair(x: f64) -> DoubleDouble {
    let (r, k) = reduce(DoubleDouble { high: x, low: 0.0 });
    if k == 0 {
        return small(r);
    }
    let power = DoubleDouble::new(POWERS[(k & 127) as usize]);
    let scale = power_of_two(k >> 7);
    let product = power.mul(small(r)).scale(scale);
    power.scale(scale).add_double(-1.0).add(product)
}

/// `value 2^exponent` for a value in [0.99, 2.02] with a relative error, rounded once, if the error leaves only one double.
fn nearest_scaled(value: DoubleDouble, exponent: i64, error: f64) -> Option<f64> {
    if exponent > 1023 {
        return Some(value.certain(error)? * power_of_two(1023) * power_of_two(exponent - 1023));
    }
    if exponent > -1022 || (exponent == -1022 && value.high >= 1.0) {
        return Some(value.certain(error)? * power_of_two(exponent));
    }
    // Subnormal: the sum with a large number rounds to a multiple of its last place, which stands for the least subnormal.
    let unit = power_of_two(-1074 - exponent);
    let large = 4_503_599_627_370_496.0 * unit; // 2^52: of the sum, at most twice as large, the last place is one unit
    let sum = DoubleDouble::sum(large, value.high);
    let estimate = Estimate {
        sum: sum.high,
        correction: sum.low + value.low,
        error: value.high * error + unit * f64::EPSILON,
    };
    let (nearest, certain) = estimate.nearest();
    let count = (nearest - large) * power_of_two(1074 + exponent);
    certain.then_some(f64::from_bits(count as u64))
}

/// e^x for -746 < x < 710, where x itself has an absolute error below 2^-50, if the errors leave only one double.
pub fn exp_of_pair(x: DoubleDouble, error: f64) -> Option<f64> {
    let (r, k) = reduce(x);
    let (value, exponent) = parts(r, k);
    nearest_scaled(value, exponent, EXP_ERROR + 1.001 * error)
}

/// e^x.
#[inline]
pub fn exp(x: f64) -> f64 {
    let (nearest, certain) = quick_exp::exp(x);
    if certain {
        return nearest;
    }
    slow_exp(x)
}

#[cold]
fn slow_exp(x: f64) -> f64 {
    if x > -746.0 && x < 710.0 {
        if (-TINY..=TINY).contains(&x) {
            return 1.0;
        }
        return match exp_of_pair(DoubleDouble { high: x, low: 0.0 }, 0.0) {
            Some(nearest) => nearest,
            None => wide_functions::exp(x).to_double(),
        };
    }
    edge(x)
}

/// 2^x.
#[inline]
pub fn exp2(x: f64) -> f64 {
    let (nearest, certain) = quick_exp::exp2(x);
    if certain {
        return nearest;
    }
    slow_exp2(x)
}

#[cold]
fn slow_exp2(x: f64) -> f64 {
    if x > -1076.0 && x < 1024.0 {
        let k = (x * 128.0 + ROUNDER) - ROUNDER;
        let rest = x - k / 128.0; // exact
        if (-TINY..=TINY).contains(&x) {
            return 1.0;
        }
        let r = DoubleDouble::new(LN2).mul(DoubleDouble { high: rest, low: 0.0 });
        let (value, exponent) = parts(r, k as i64);
        return match nearest_scaled(value, exponent, EXP_ERROR) {
            Some(nearest) => nearest,
            None => wide_functions::exp2(x).to_double(),
        };
    }
    edge(x)
}

/// e^x - 1, exact near zero.
#[inline]
pub fn expm1(x: f64) -> f64 {
    let (nearest, certain) = quick_exp::expm1(x);
    if certain {
        return nearest;
    }
    slow_expm1(x)
}

#[cold]
fn slow_expm1(x: f64) -> f64 {
    if (-TINY..=TINY).contains(&x) {
        return x; // x²/2 is less than half a unit, also below a power of two
    }
    if x < -40.0 {
        return -1.0; // also of -infinity: e^-40 < 2^-57
    }
    if x <= 700.0 {
        return match expm1_pair(x).certain(EXPM1_ERROR) {
            Some(nearest) => nearest,
            None => wide_functions::expm1(x).to_double(),
        };
    }
    if x < 710.0 {
        return wide_functions::expm1(x).to_double();
    }
    edge(x)
}

/// An argument beyond the range of results: infinity of a large one, +0 of a small one, NaN of NaN.
fn edge(x: f64) -> f64 {
    if x > 0.0 {
        f64::INFINITY
    } else if x < 0.0 {
        0.0
    } else {
        x
    }
}
