//! The first phase of e^x, 2^x, e^x - 1 and tanh(x): additions and multiplications of doubles without a branch, and a test whether
//! they decide. One argument in some thousands goes on to the sum of two doubles (exp.rs). No fused multiply-add is needed, so that
//! blocks of arguments can be vectorised from this very code (block.rs).
//!
//! x = k ln(2)/128 + r with |r| < 2^-8.5, 2^(k/128) = scale · t with t in [1, 2) from the table, and t e^r is given as three doubles.

use super::double_double::{shortened, size};
use super::estimate::Estimate;
use crate::tables::{LN2, LN2_SHORT, LN2_SHORT_REST, POWERS, STEPS_PER_LN2, STEP_HIGH, STEP_REST, TANH};

/// Adding and taking it away again rounds to an integer, which the low bits of the sum hold in between.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Above the absolute error of [`Power`], with two roundings of 2^-70 that follow: 2^-66.
const ERROR: f64 = f64::from_bits((1023 - 66) << 52);
/// Above what the sums next to 1 lose: 2^-100.
const SUM_ERROR: f64 = f64::from_bits((1023 - 100) << 52);
/// Above what the rest of a quotient loses: four roundings of 2^-79.
const QUOTIENT_ERROR: f64 = f64::from_bits((1023 - 76) << 52);
/// The series of e^x - 1 is used below this size: 1/16.
const SMALL: f64 = 0.0625;
/// The series of tanh(x) is used below this size: 1/32.
const SMALL_TANH: f64 = 0.03125;

/// `scale (leading + product + rest)`: a power of two times a number in [0.997, 2.01), `leading` of 27 bits, |product| < 2^-7.5,
/// |rest| < 2^-16.4.
struct Power {
    leading: f64,
    product: f64,
    rest: f64,
    scale: f64,
}

/// t e^(r + r_low) for |r| < 2^-8.5 and |r_low| < 2^-60; the low bits of `bits` hold k.
///
/// Absolute error below 2^-67.4 before scaling: `tail` (below 2^-17.9) has the square, the series, their product and the sum, 3.2
/// units of 2^-71, doubled by `high`; `rest` (below 2^-16.9) has a product and two sums, two units of 2^-70; the series is cut after
/// r^6, 2^-71; r itself has 2^-75.
#[inline(always)]
fn power(r: f64, r_low: f64, bits: u64) -> Power {
    let square = r * r;
    let series = (0.5 + r * (1.0 / 6.0)) + square * ((1.0 / 24.0 + r * (1.0 / 120.0)) + square * (1.0 / 720.0));
    let r_leading = shortened(r, 27);
    let tail = ((r - r_leading) + r_low) + square * series;
    let (high, low) = POWERS[(bits & 127) as usize];
    let leading = shortened(high, 26);
    let below = (high - leading) + low;
    Power {
        leading,
        product: leading * r_leading, // 27 and 26 bits: exact
        rest: below + (below * r_leading + high * tail),
        scale: f64::from_bits((bits >> 7).wrapping_add(1023) << 52),
    }
}

/// [`power`] of e^(x + x_low) for |x| < 746 and |x_low| < 2^-43. `x - k STEP_HIGH` is exact; the rest of k steps, below 2^-26, has
/// an error below 2^-77.
#[inline(always)]
fn power_of_e(x: f64, x_low: f64) -> Power {
    let shifted = x * STEPS_PER_LN2 + ROUNDER;
    let k = shifted - ROUNDER;
    let first = x - k * STEP_HIGH;
    let correction = k * STEP_REST - x_low;
    let r = first - correction;
    power(r, (first - r) - correction, shifted.to_bits())
}

/// The mantissa of a power and its scale.
#[inline(always)]
fn estimate(power: &Power) -> (Estimate, f64) {
    let sum = power.leading + power.product;
    let estimate = Estimate {
        sum,
        correction: ((power.leading - sum) + power.product) + power.rest,
        error: ERROR,
    };
    (estimate, power.scale)
}

/// e^x for -708 < x < 709.7 as a number near [1, 2] and its scale.
#[inline(always)]
pub fn exp_estimate(x: f64) -> (Estimate, f64) {
    estimate(&power_of_e(x, 0.0))
}

/// e^(x + x_low) as [`exp_estimate`], for |x_low| < 2^-43 and an absolute error of their sum below 2^-49.
#[inline(always)]
pub fn exp_of_pair_estimate(x: f64, x_low: f64, error: f64) -> (Estimate, f64) {
    let (estimate, scale) = estimate(&power_of_e(x, x_low));
    let error = estimate.error + 2.1 * error;
    (Estimate { error, ..estimate }, scale)
}

/// e^x, and whether it is certain, which it never is outside of -708 to 709.7.
#[inline(always)]
pub fn exp(x: f64) -> (f64, bool) {
    let (estimate, scale) = exp_estimate(x);
    let (nearest, certain) = estimate.nearest();
    (nearest * scale, certain & (x > -708.0) & (x < 709.7))
}

/// 2^x for -1021 < x < 1023.9 as a number near [1, 2] and its scale; the product of the rest and ln 2 is off by less than 2^-86.
#[inline(always)]
pub fn exp2_estimate(x: f64) -> (Estimate, f64) {
    let shifted = x * 128.0 + ROUNDER;
    let rest = x - (shifted - ROUNDER) * (1.0 / 128.0); // exact
    let leading = shortened(rest, 27);
    let product = leading * LN2_SHORT; // exact
    let small = leading * LN2_SHORT_REST + (rest - leading) * LN2.0;
    let r = product + small;
    estimate(&power(r, (product - r) + small, shifted.to_bits()))
}

/// 2^x, and whether it is certain, which it never is outside of -1021 to 1023.9.
#[inline(always)]
pub fn exp2(x: f64) -> (f64, bool) {
    let (estimate, scale) = exp2_estimate(x);
    let (nearest, certain) = estimate.nearest();
    (nearest * scale, certain & (x > -1021.0) & (x < 1023.9))
}

/// e^x - 1 for 1/16 <= |x| < 709.7: the scaled error of the power and of sums of what is below 2^-16 of the scale or 2^-53 of the
/// result, which is not much larger than 1 where the scale is small.
#[inline(always)]
fn expm1_reduced(x: f64) -> Estimate {
    let power = power_of_e(x, 0.0);
    let (a, scale) = (power.leading * power.scale, power.scale);
    // Knuth's sum of a and -1, either of which may be the larger.
    let first = a - 1.0;
    let one_part = first - a;
    let first_error = (a - (first - one_part)) + (-1.0 - one_part);
    let product = power.product * scale;
    let sum = first + product;
    Estimate {
        sum,
        correction: (first_error + ((first - sum) + product)) + power.rest * scale,
        error: 1.5 * ERROR * scale + SUM_ERROR,
    }
}

/// e^x - 1 for |x| < 1/16 by its series; half of the square is exact but for a product below 2^-27 of it. The error is that of
/// the terms from x³/6 on, four roundings of 2^-53, and twice that is allowed.
#[inline(always)]
fn expm1_series(x: f64) -> Estimate {
    let leading = shortened(x, 27);
    let half_square = 0.5 * leading * leading;
    let square = x * x;
    let low = (1.0 / 6.0 + x * (1.0 / 24.0)) + square * (1.0 / 120.0 + x * (1.0 / 720.0));
    let middle = (1.0 / 5040.0 + x * (1.0 / 40_320.0)) + square * (1.0 / 362_880.0 + x * (1.0 / 3_628_800.0));
    let series = low + square * square * (middle + square * square * (1.0 / 39_916_800.0));
    let cube = square * x;
    let sum = x + half_square;
    Estimate {
        sum,
        correction: ((x - sum) + half_square) + (0.5 * ((x - leading) * (x + leading)) + cube * series),
        error: size(cube) * f64::EPSILON + size(x) * f64::EPSILON * 1e-7,
    }
}

/// e^x - 1 for |x| < 709.7.
#[inline(always)]
pub fn expm1_estimate(x: f64) -> Estimate {
    if x > -SMALL && x < SMALL {
        return expm1_series(x);
    }
    expm1_reduced(x)
}

/// e^x - 1, and whether it is certain, which it never is of zero, whose sign the sum loses, or outside of -40 to 709.7.
#[inline(always)]
pub fn expm1(x: f64) -> (f64, bool) {
    let (nearest, certain) = expm1_estimate(x).nearest();
    (nearest, certain & (x > -40.0) & (x < 709.7) & (x != 0.0))
}

/// tanh(x) for 0 <= x < 19. From 1/32 on it is -u/(u + 2) with u = e^-2x - 1, whose error it at most doubles as u + 2 is above 1; the
/// quotient is one of 26 bits and the rest, below 2^-25, divided.
#[inline(always)]
pub fn tanh_estimate(x: f64) -> Estimate {
    if x < SMALL_TANH {
        return tanh_series(x);
    }
    let estimate = expm1_reduced(-2.0 * x);
    let u = estimate.sum + estimate.correction;
    let u_low = (estimate.sum - u) + estimate.correction;
    let divisor = 2.0 + u;
    let divisor_low = ((2.0 - divisor) + u) + u_low;
    let inverse = 1.0 / divisor;
    let quotient = shortened(u * inverse, 27);
    let divisor_leading = shortened(divisor, 26);
    let rest = (u - quotient * divisor_leading) - quotient * (divisor - divisor_leading); // exact products
    Estimate {
        sum: -quotient,
        correction: -(rest + (u_low - quotient * divisor_low)) * inverse,
        error: 2.5 * estimate.error + QUOTIENT_ERROR,
    }
}

/// tanh(x), and whether it is certain, which it never is of zero or from 19 on.
#[inline(always)]
pub fn tanh(x: f64) -> (f64, bool) {
    let positive = size(x);
    let (nearest, certain) = tanh_estimate(positive).nearest();
    (
        if x < 0.0 { -nearest } else { nearest },
        certain & (positive < 19.0) & (x != 0.0),
    )
}

/// tanh(x) for |x| < 1/32 by its series; the terms from x^3 on lose four roundings of 2^-53, and twice that is allowed.
#[inline(always)]
fn tanh_series(x: f64) -> Estimate {
    let [third, fifth, seventh, ninth, eleventh, thirteenth] = TANH;
    let square = x * x;
    let fourth = square * square;
    let low = third + square * fifth;
    let high = (seventh + square * ninth) + fourth * (eleventh + square * thirteenth);
    let cube = square * x;
    Estimate {
        sum: x,
        correction: cube * (low + fourth * high),
        error: size(cube) * f64::EPSILON,
    }
}
