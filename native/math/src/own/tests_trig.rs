//! sin and cos: special values, known hard arguments, symmetry, and the fast path against 256-bit arithmetic.

use super::double_double::DoubleDouble;
use super::estimate::Estimate;
use super::tests::{same, Random};
use super::wide::Wide;
use super::*;

/// 6381956970095103 2^797, the double nearest to a multiple of pi/2.
const NEAREST: f64 = f64::from_bits(0x7506_ac5b_262c_a1ff);

#[test]
fn special_values() {
    for kept in [0.0, -0.0, 5e-324, -5e-324, f64::MIN_POSITIVE, 1e-20, -1e-20] {
        same(sin(kept), kept);
        same(cos(kept), 1.0);
    }
    for function in [sin, cos] {
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(function(x).is_nan());
        }
    }
}

/// Results from MPFR.
#[test]
fn arguments_next_to_multiples_of_a_quarter_turn() {
    same(cos(NEAREST), f64::from_bits(0xbc21_4ae7_2e6b_a22f));
    same(sin(NEAREST), 1.0);
    same(sin(std::f64::consts::PI), f64::from_bits(0x3ca1_a626_3314_5c07));
    same(cos(std::f64::consts::FRAC_PI_2), f64::from_bits(0x3c91_a626_3314_5c07));
    same(sin(1e22), f64::from_bits(0xbfeb_453a_b76b_f397));
    same(cos(1e22), f64::from_bits(0x3fe0_be2c_ef01_c8f4));
    same(sin(f64::MAX), f64::from_bits(0x3f74_52fc_98b3_4e97));
}

#[test]
fn sine_is_odd_and_cosine_even() {
    let mut random = Random(1);
    for _ in 0..20_000 {
        let x = random.sized(-30, 1023);
        same(sin(-x), -sin(x));
        same(cos(-x), cos(x));
    }
}

#[test]
fn the_fast_path_agrees_with_wide_arithmetic_within_its_error() {
    let mut random = Random(2);
    let within = |pair: DoubleDouble, exact: Wide| {
        let rest = Wide::new(pair.high).add(Wide::new(pair.low)).sub(exact);
        assert!(rest.is_zero() || rest.exponent - exact.exponent < -74, "{pair:?}");
    };
    for i in 0..20_000 {
        let x = match i % 4 {
            0 => random.sized(-27, 4),
            1 => random.sized(-27, 1023),
            2 => random.between(-600_000.0, 600_000.0),
            _ => f64::from(random.bits() as u16) * std::f64::consts::FRAC_PI_4, // next to the table's zeros and ones
        };
        if x == 0.0 {
            continue;
        }
        let (sine, cosine) = (wide_trig::sin(x), wide_trig::cos(x));
        within(trig::sin_pair(x), sine);
        within(trig::cos_pair(x), cosine);
        same(sin(x), sine.to_double());
        same(cos(x), cosine.to_double());
    }
}

/// sin² + cos² = 1, for the two wide series and their reduction.
#[test]
fn wide_functions_keep_their_precision() {
    let mut random = Random(3);
    for _ in 0..1000 {
        let x = random.sized(-20, 1023);
        let (sine, cosine) = (wide_trig::sin(x), wide_trig::cos(x));
        let rest = sine.mul(sine).add(cosine.mul(cosine)).sub(Wide::new(1.0));
        assert!(rest.is_zero() || rest.exponent < -240, "{x:e}");
    }
}

/// The first phase stays within what it states.
#[test]
fn the_first_phase_keeps_its_error() {
    let mut random = Random(4);
    let within = |estimate: Estimate, exact: Wide| {
        let rest = Wide::new(estimate.sum).add(Wide::new(estimate.correction)).sub(exact);
        assert!(double_double::size(rest.to_double()) < 0.9 * estimate.error);
    };
    for i in 0..40_000 {
        let x = match i % 4 {
            0 => random.sized(-27, 19),
            1 => random.between(-7.0, 7.0),
            2 => random.between(-500_000.0, 500_000.0),
            _ => (random.between(0.0, 60_000.0) + 0.5).trunc() * std::f64::consts::FRAC_PI_4,
        };
        if double_double::size(x) > 1e-7 {
            within(quick_trig::sin(x, 0), wide_trig::sin(x));
            within(quick_trig::sin(x, trig::QUARTER), wide_trig::cos(x));
        }
        let x = random.sized(19, 1023);
        within(quick_trig::far_sin(x, 0), wide_trig::sin(x));
        within(quick_trig::far_sin(x, trig::QUARTER), wide_trig::cos(x));
    }
}
