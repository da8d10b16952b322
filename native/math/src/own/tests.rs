//! Special values, exact results, arguments near a midpoint, and the fast paths against 256-bit arithmetic.
//! The comparisons with MPFR, all singles among them, are in docs/MATH.md.

mod block;
mod first_phase;
mod power;

use super::double_double::DoubleDouble;
use super::wide::Wide;
use super::*;

/// Seeded numbers (splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// A positive number of any size from 2^least to 2^most.
    pub(super) fn sized(&mut self, least: i64, most: i64) -> f64 {
        let exponent = least + (self.bits() % (most - least) as u64) as i64;
        double_double::power_of_two(exponent) * self.between(1.0, 2.0)
    }
}

pub(super) fn same(got: f64, expected: f64) {
    assert_eq!(got.to_bits(), expected.to_bits(), "{got:e} is not {expected:e}");
}

#[test]
fn special_values() {
    for function in [exp, expm1, exp2, log, log1p, log2, tanh] {
        assert!(function(f64::NAN).is_nan());
    }
    for function in [exp, expm1, exp2, log, log1p, log2] {
        same(function(f64::INFINITY), f64::INFINITY);
    }
    for function in [log, log2] {
        same(function(0.0), f64::NEG_INFINITY);
        same(function(-0.0), f64::NEG_INFINITY);
        same(function(1.0), 0.0);
        assert!(function(-1.0).is_nan() && function(f64::NEG_INFINITY).is_nan());
    }
    for function in [expm1, log1p, tanh] {
        for kept in [0.0, -0.0, 5e-324, -5e-324, f64::MIN_POSITIVE, 1e-20, -1e-20] {
            same(function(kept), kept);
        }
    }
    for function in [exp, exp2] {
        for one in [0.0, -0.0, 5e-324, -1e-20] {
            same(function(one), 1.0);
        }
        same(function(f64::NEG_INFINITY), 0.0);
    }
    same(expm1(f64::NEG_INFINITY), -1.0);
    same(log1p(-1.0), f64::NEG_INFINITY);
    assert!(log1p(-1.5).is_nan());
    same(tanh(f64::INFINITY), 1.0);
    same(tanh(f64::NEG_INFINITY), -1.0);
}

#[test]
fn singles_have_special_values() {
    assert!(expf(f32::NAN).is_nan() && logf(f32::NAN).is_nan() && logf(-1.0).is_nan());
    assert_eq!(expf(f32::INFINITY), f32::INFINITY);
    assert_eq!(expf(f32::NEG_INFINITY).to_bits(), 0);
    assert_eq!(expf(-0.0), 1.0);
    assert_eq!(expf(88.8), f32::INFINITY);
    assert_eq!(expf(-103.9).to_bits(), 1);
    assert_eq!(expf(-104.0).to_bits(), 0);
    assert_eq!(logf(0.0), f32::NEG_INFINITY);
    assert_eq!(logf(1.0).to_bits(), 0);
    assert_eq!(logf(f32::INFINITY), f32::INFINITY);
    assert_eq!(logf(f32::from_bits(1)), -103.278_93);
}

#[test]
fn ends_of_the_range() {
    same(exp(709.782712893384), f64::from_bits(0x7fef_ffff_ffff_ff2a));
    same(exp(709.7827128933841), f64::INFINITY);
    same(exp(-745.1332191019411), f64::from_bits(1));
    same(exp(-745.1332191019412), 0.0);
    same(exp2(-1075.0), 0.0); // a tie, to even
    same(exp2(-1074.9999999999998), f64::from_bits(1));
    same(exp2(1024.0), f64::INFINITY);
    same(expm1(-38.0), -1.0);
}

#[test]
fn powers_of_two_are_exact() {
    for exponent in -1074..=1023_i32 {
        let power = if exponent < -1022 {
            f64::from_bits(1 << (exponent + 1074))
        } else {
            double_double::power_of_two(i64::from(exponent))
        };
        same(exp2(f64::from(exponent)), power);
        same(log2(power), f64::from(exponent));
    }
}

/// Next to 0 (or 1) the result lies next to a midpoint; the second or third term of the series decides.
#[test]
fn hard_arguments_next_to_a_midpoint() {
    let unit = f64::EPSILON;
    same(exp(unit / 2.0), 1.0 + unit);
    same(exp(-unit / 4.0), 1.0);
    same(exp(-unit / 2.0), 1.0 - unit / 2.0);
    same(exp(unit), 1.0 + unit);
    same(expm1(unit), unit * (1.0 + unit));
    same(log1p(-unit), -unit * (1.0 + unit));
    same(log1p(unit / 2.0), unit / 2.0);
    same(log(1.0 + unit), unit * (1.0 - unit / 2.0));
    same(log(1.0 - unit / 2.0), -unit / 2.0);
}

#[test]
fn doubles_go_through_wide_numbers_unchanged() {
    let mut random = Random(1);
    for _ in 0..10_000 {
        let value = f64::from_bits(random.bits());
        if value.is_finite() && value != 0.0 {
            same(Wide::new(value).to_double(), value);
        }
    }
}

/// What one inverse, one product and one sum lose, against 2^-240.
#[test]
fn wide_numbers_keep_their_precision() {
    let mut random = Random(2);
    for _ in 0..1000 {
        let value = Wide::new(random.sized(-300, 300)).add(Wide::new(random.sized(-300, 300)));
        let rest = value.mul(value.inverse()).sub(Wide::new(1.0));
        assert!(rest.is_zero() || rest.exponent < -240);
    }
}

/// exp and log of wide numbers undo each other to 2^-180.
#[test]
fn wide_functions_keep_their_precision() {
    let mut random = Random(3);
    for _ in 0..300 {
        let x = random.sized(-1000, 1000);
        let logarithm = wide_functions::log(x, log::log_pair(x));
        let back = wide_functions::exp_of(logarithm, logarithm.to_double());
        let rest = back.sub(Wide::new(x));
        assert!(rest.is_zero() || rest.exponent - back.exponent < -180, "{x:e}");
    }
}

#[test]
fn products_are_exact() {
    let mut random = Random(4);
    for _ in 0..10_000 {
        let (a, b) = (random.sized(-200, 200), random.sized(-200, 200));
        let product = DoubleDouble::product(a, b);
        let wide = Wide::new(product.high).add(Wide::new(product.low));
        assert!(wide.sub(Wide::new(a).mul(Wide::new(b))).is_zero());
    }
}

#[test]
fn the_fast_paths_agree_with_wide_arithmetic() {
    let mut random = Random(5);
    for _ in 0..5000 {
        let small = random.sized(-50, 6) * if random.bits() & 1 == 0 { 1.0 } else { -1.0 };
        let large = random.between(-745.0, 709.0);
        for x in [small, large] {
            same(exp(x), wide_functions::exp(x).to_double());
            same(exp2(x), wide_functions::exp2(x).to_double());
            same(expm1(x), wide_functions::expm1(x).to_double());
        }
        same(expm1(small), wide_functions::expm1(small).to_double());
        let x = small / 4.0;
        same(tanh(x), wide_functions::tanh(x).to_double());
        for x in [random.sized(-1022, 1023), random.between(0.9, 1.1)] {
            let known = log::log_pair(x);
            same(log(x), wide_functions::log(x, known).to_double());
            same(log2(x), wide_functions::log2(x, known).to_double());
        }
        for x in [random.sized(-53, 1023), random.between(-0.99, 0.1)] {
            let known = DoubleDouble::new((log1p(x), 0.0));
            same(log1p(x), wide_functions::log1p(x, known).to_double());
        }
    }
}

#[test]
fn subnormal_results_are_rounded_once() {
    let mut random = Random(9);
    for _ in 0..3000 {
        let x = random.between(-746.0, -707.0);
        same(exp(x), wide_functions::exp(x).to_double());
        let x = random.between(-1076.0, -1021.0);
        same(exp2(x), wide_functions::exp2(x).to_double());
    }
}

/// The fast paths stay within the errors that their tests for certainty allow.
#[test]
fn the_stated_errors_hold() {
    let mut random = Random(8);
    let within = |pair: DoubleDouble, exact: Wide, bits: i64| {
        let rest = Wide::new(pair.high).add(Wide::new(pair.low)).sub(exact);
        assert!(rest.is_zero() || rest.exponent - exact.exponent < -bits, "{pair:?}");
    };
    for _ in 0..5000 {
        let x = random.between(-600.0, 700.0);
        within(exp::exp_pair(x), wide_functions::exp(x), 74);
        let x = random.sized(-53, 4) * if random.bits() & 1 == 0 { 1.0 } else { -1.0 };
        within(exp::expm1_pair(x), wide_functions::expm1(x), 68);
        if !(-1e-8..1e-8).contains(&x) {
            within(tanh::tanh_pair(x), wide_functions::tanh(x), 66);
        }
        for x in [random.sized(-1022, 1023), random.between(0.9, 1.1)] {
            let pair = log::log_pair(x);
            within(pair, wide_functions::log(x, pair), 72);
        }
    }
}

#[test]
fn singles_are_the_nearest_to_the_wide_result() {
    let mut random = Random(6);
    for _ in 0..20_000 {
        let x = random.between(-104.0, 89.0) as f32;
        nearest_single(expf(x), wide_functions::exp(f64::from(x)));
        let x = f32::from_bits((random.bits() % 0x7f80_0000) as u32);
        if x > 0.0 && x != 1.0 {
            let known = log::log_pair(f64::from(x));
            nearest_single(logf(x), wide_functions::log(f64::from(x), known));
        }
    }
}

/// The exact result lies between the midpoints around the single.
fn nearest_single(got: f32, exact: Wide) {
    if got.is_infinite() || got == 0.0 {
        return;
    }
    let (here, size) = (f64::from(got), got.to_bits() & 0x7fff_ffff);
    let below = f64::from(f32::from_bits(size - 1));
    let unit = if size >= 0x7f7f_ffff {
        0.0
    } else {
        f64::from(f32::from_bits(size + 1))
    };
    let size = if here < 0.0 { -here } else { here };
    let above = if unit == 0.0 { size + (size - below) } else { unit };
    let exact = Wide {
        negative: false,
        ..exact
    };
    assert!(!exact.sub(Wide::new((below + size) / 2.0)).negative, "{got:e}");
    assert!(exact.sub(Wide::new((size + above) / 2.0)).negative, "{got:e}");
}

#[test]
fn results_rise_with_their_arguments() {
    let mut random = Random(7);
    for function in [exp, expm1, exp2, tanh, log, log1p, log2] {
        for _ in 0..2000 {
            let x = random.sized(-40, 9);
            let next = f64::from_bits(x.to_bits() + 1);
            assert!(function(x) <= function(next), "{x:e}");
        }
    }
}
