//! x^y: C99's special cases, exact powers, ties, and random arguments against 256-bit arithmetic.

use super::super::exact_power::exact_power;
use super::super::{log, pow, wide_functions};
use super::{same, Random};

const INFINITY: f64 = f64::INFINITY;

#[test]
fn special_cases() {
    for y in [f64::NAN, INFINITY, -INFINITY, 3.0, -0.5, 1e300] {
        same(pow(1.0, y), 1.0);
    }
    for x in [f64::NAN, INFINITY, -INFINITY, 0.0, -0.0, -3.5, 1e300] {
        same(pow(x, 0.0), 1.0);
        same(pow(x, -0.0), 1.0);
    }
    assert!(pow(f64::NAN, 1.0).is_nan() && pow(2.0, f64::NAN).is_nan() && pow(-2.0, 0.5).is_nan());
    for (y, odd) in [(1.0, true), (3.0, true), (2.0, false), (0.5, false), (1e300, false)] {
        let negative = if odd { -1.0 } else { 1.0 };
        same(pow(0.0, y), 0.0);
        same(pow(0.0, -y), INFINITY);
        same(pow(-0.0, y), 0.0 * negative);
        same(pow(-0.0, -y), INFINITY * negative);
        same(pow(INFINITY, y), INFINITY);
        same(pow(INFINITY, -y), 0.0);
        same(pow(-INFINITY, y), INFINITY * negative);
        same(pow(-INFINITY, -y), 0.0 * negative);
    }
    same(pow(0.0, INFINITY), 0.0);
    same(pow(-0.0, -INFINITY), INFINITY);
    for (x, large) in [(2.0, true), (-2.0, true), (0.5, false), (-0.5, false), (INFINITY, true)] {
        same(pow(x, INFINITY), if large { INFINITY } else { 0.0 });
        same(pow(x, -INFINITY), if large { 0.0 } else { INFINITY });
    }
    same(pow(-1.0, INFINITY), 1.0);
    same(pow(-1.0, -INFINITY), 1.0);
    same(pow(-1.0, 9_007_199_254_740_991.0), -1.0);
    same(pow(-1.0, 9_007_199_254_740_992.0), 1.0);
    same(pow(-2.0, 3.0), -8.0);
    same(pow(-2.0, -2.0), 0.25);
    same(pow(10.0, 1e10), INFINITY);
    same(pow(10.0, -1e10), 0.0);
    same(pow(5e-324, 1.0), 5e-324);
    same(pow(1.5, 5e-324), 1.0);
    same(pow(f64::MAX, 1.0), f64::MAX);
}

#[test]
fn exact_powers_and_ties() {
    let mut random = Random(21);
    let power = super::super::double_double::power_of_two;
    for _ in 0..2000 {
        let root = (random.bits() % (1 << 26)) as f64 + 2.0;
        same(pow(root * root, 0.5), root);
        same(pow(root, 2.0), root * root);
        let root = (random.bits() % (1 << 13)) as f64 + 2.0;
        same(pow(root * root * root * root, 0.75), root * root * root);
        same(pow(root * root * power(100), -0.0), 1.0);
    }
    for exponent in -1074..1024 {
        same(pow(2.0, f64::from(exponent)), super::super::exp2(f64::from(exponent)));
    }
    // Squares of 54 bits lie in the middle between two doubles: to the even one.
    for odd in (94_906_267u64..134_217_727).step_by(1_000_002) {
        let square = odd * odd;
        assert_eq!(square >> 53, 1);
        same(pow(odd as f64, 2.0), square as f64);
        same(pow(square as f64, 1.0), square as f64);
    }
    // Ties among the subnormals, and with zero.
    same(pow(2.0, -1075.0), 0.0);
    same(pow(4.0, -537.5), 0.0);
    same(pow(3.0 * power(-538), 2.0), f64::from_bits(2)); // 9/4 of the least subnormal
    same(pow(3.0 * power(-215), 5.0), f64::from_bits(122)); // 121.5
    same(pow(5.0 * power(-215), 5.0), f64::from_bits(1562)); // 1562.5
    same(exact_power(2.25, 0.5).unwrap_or(0.0), 1.5);
    same(exact_power(1.5 * power(40), 3.0).unwrap_or(0.0), 3.375 * power(120));
    assert!(exact_power(3.0, -1.0).is_none() && exact_power(3.0, 0.5).is_none() && exact_power(3.0, 41.0).is_none());
}

#[test]
fn agrees_with_wide_arithmetic() {
    let mut random = Random(22);
    for _ in 0..6000 {
        let choices = [
            (random.between(0.0, 10.0), random.between(-10.0, 10.0)),
            (random.sized(-1022, 1023), random.between(-1.1, 1.1)),
            (random.between(0.9, 1.1), random.between(-7000.0, 7000.0)),
            (1.0 + random.sized(-52, -10), random.sized(10, 55)),
            (f64::from_bits(random.bits() >> 12), random.between(-1.0, 1.0)),
        ];
        for (x, y) in choices {
            if x == 1.0 || exact_power(x, y).is_some() {
                continue;
            }
            let known = log::log_pair(x);
            let near = known.high * y;
            if near > -746.0 && near < 710.0 {
                same(pow(x, y), wide_functions::pow(x, y, known, near).to_double());
            }
        }
    }
}
