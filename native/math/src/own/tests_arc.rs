//! asin and atan2: special values, symmetry, and the fast paths against 256-bit arithmetic.

use super::double_double::{power_of_two, DoubleDouble};
use super::estimate::Estimate;
use super::tests::{same, Random};
use super::wide::Wide;
use super::*;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

const INFINITY: f64 = f64::INFINITY;

fn within(pair: DoubleDouble, exact: Wide, bits: i64) {
    let rest = Wide::new(pair.high).add(Wide::new(pair.low)).sub(exact);
    assert!(rest.is_zero() || rest.exponent - exact.exponent < -bits, "{pair:?}");
}

#[test]
fn special_values_of_asin() {
    for kept in [0.0, -0.0, 5e-324, -5e-324, f64::MIN_POSITIVE, 1e-20, -1e-20] {
        same(asin(kept), kept);
    }
    same(asin(1.0), FRAC_PI_2);
    same(asin(-1.0), -FRAC_PI_2);
    for outside in [f64::NAN, 1.0 + f64::EPSILON, -1.0 - f64::EPSILON, INFINITY, -INFINITY] {
        assert!(asin(outside).is_nan());
    }
}

/// (y, x, angle), as in C.
#[test]
fn special_values_of_atan2() {
    let three_quarters = 2.356_194_490_192_345;
    for (y, x, angle) in [
        (0.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, INFINITY, 0.0),
        (0.0, -0.0, PI),
        (0.0, -1.0, PI),
        (0.0, -INFINITY, PI),
        (1.0, 0.0, FRAC_PI_2),
        (1.0, -0.0, FRAC_PI_2),
        (1.0, INFINITY, 0.0),
        (1.0, -INFINITY, PI),
        (INFINITY, 0.0, FRAC_PI_2),
        (INFINITY, 1.0, FRAC_PI_2),
        (INFINITY, -1.0, FRAC_PI_2),
        (INFINITY, INFINITY, FRAC_PI_4),
        (INFINITY, -INFINITY, three_quarters),
        (1.0, 1.0, FRAC_PI_4),
        (1.0, -1.0, three_quarters),
        (5e-324, 5e-324, FRAC_PI_4),
        (f64::MAX, -f64::MAX, three_quarters),
        (5e-324, f64::MAX, 0.0),
        (5e-324, -1.0, PI),
        (f64::MAX, 5e-324, FRAC_PI_2),
        (5e-324, 1.0, 5e-324),
    ] {
        same(atan2(y, x), angle);
        same(atan2(-y, x), -angle);
    }
    for (y, x) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, INFINITY), (0.0, f64::NAN)] {
        assert!(atan2(y, x).is_nan());
    }
}

/// The angle is less than the ratio, so that a ratio in the middle of two subnormal numbers goes to the lower one.
#[test]
fn subnormal_angles_in_the_middle_go_down() {
    let least = 5e-324;
    same(atan2(least, 2.0), 0.0);
    same(atan2(3.0 * least, 2.0), least);
    same(atan2(5.0 * least, 2.0), 2.0 * least);
    same(atan2(5.0 * least, 4.0), least);
    same(atan2(7.0 * least, 4.0), 2.0 * least);
    same(atan2(f64::MIN_POSITIVE, 1.0), f64::MIN_POSITIVE);
    same(
        atan2(f64::MIN_POSITIVE * (2.0 - f64::EPSILON), 2.0),
        f64::MIN_POSITIVE - least,
    );
}

#[test]
fn asin_agrees_with_wide_arithmetic_within_its_error() {
    let mut random = Random(1);
    for _ in 0..2000 {
        for x in [
            random.between(0.0, 1.0),
            random.sized(-27, -1),
            1.0 - random.sized(-53, -2),
        ] {
            let pair = arc::asin_pair(x);
            let exact = wide_arc::asin(x, pair);
            within(pair, exact, 74);
            same(asin(x), exact.to_double());
            same(asin(-x), -asin(x));
        }
    }
}

/// The sine of the wide angle is the argument.
#[test]
fn wide_asin_keeps_its_precision() {
    let mut random = Random(2);
    for _ in 0..300 {
        for x in [
            random.between(0.0, 1.0),
            random.sized(-27, -1),
            1.0 - random.sized(-53, -2),
        ] {
            let (sine, _) = wide_trig::sin_cos(wide_arc::asin(x, arc::asin_pair(x)));
            let rest = sine.sub(Wide::new(x));
            assert!(rest.is_zero() || rest.exponent - sine.exponent < -220, "{x:e}");
        }
    }
}

#[test]
fn atan2_agrees_with_wide_arithmetic_within_its_error() {
    let mut random = Random(3);
    for _ in 0..3000 {
        let x = random.sized(-200, 200);
        for y in [x * random.between(0.0, 4.0), x * random.sized(-60, 60)] {
            let double = |high| DoubleDouble { high, low: 0.0 };
            let pair = arc::angle(double(y), double(x));
            let (right, left) = (wide_arc::angle(y, x, pair, false), wide_arc::angle(y, x, pair, true));
            within(pair, right, 74);
            for scale in [1.0, power_of_two(700), power_of_two(-700)] {
                same(atan2(y * scale, x * scale), right.to_double());
                same(atan2(-y * scale, -x * scale), -left.to_double());
            }
        }
    }
}

/// The first phases stay within what they state.
#[test]
fn first_phases_keep_their_errors() {
    let mut random = Random(4);
    let within = |estimate: Estimate, exact: Wide| {
        let rest = Wide::new(estimate.sum).add(Wide::new(estimate.correction)).sub(exact);
        assert!(
            double_double::size(rest.to_double()) < 0.9 * estimate.error,
            "{}",
            estimate.sum
        );
    };
    let double = |high| DoubleDouble { high, low: 0.0 };
    for _ in 0..5000 {
        for x in [
            random.between(0.0, 1.0),
            random.sized(-27, -1),
            1.0 - random.sized(-53, -2),
        ] {
            within(quick_arc::asin(x), wide_arc::asin(x, arc::asin_pair(x)));
        }
        let x = random.sized(-200, 200);
        for y in [x * random.between(0.0, 4.0), x * random.sized(-59, 59)] {
            let pair = arc::angle(double(y), double(x));
            for leftwards in [false, true] {
                let exact = wide_arc::angle(y, x, pair, leftwards);
                within(quick_arc::angle(double(y), double(x), leftwards), exact);
            }
        }
    }
}
