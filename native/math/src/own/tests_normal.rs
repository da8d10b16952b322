//! erf and ndtri: special values, symmetry, and the fast paths against 256-bit arithmetic.

use super::double_double::DoubleDouble;
use super::erf::{erf_pair, quick_erf};
use super::estimate::Estimate;
use super::ndtri::{quick_quantile, upper_quantile};
use super::tests::{same, Random};
use super::wide::Wide;
use super::*;

fn within(pair: DoubleDouble, exact: Wide, bits: i64) {
    let rest = Wide::new(pair.high).add(Wide::new(pair.low)).sub(exact);
    assert!(rest.is_zero() || rest.exponent - exact.exponent < -bits, "{pair:?}");
}

#[test]
fn special_values() {
    same(erf(0.0), 0.0);
    same(erf(-0.0), -0.0);
    same(erf(f64::INFINITY), 1.0);
    same(erf(f64::NEG_INFINITY), -1.0);
    assert!(erf(f64::NAN).is_nan());
    same(ndtri(0.0), f64::NEG_INFINITY);
    same(ndtri(-0.0), f64::NEG_INFINITY);
    same(ndtri(1.0), f64::INFINITY);
    same(ndtri(0.5), 0.0);
    for outside in [f64::NAN, -5e-324, 1.0 + f64::EPSILON, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(ndtri(outside).is_nan());
    }
}

/// Results from MPFR: subnormal ones, and the first argument whose nearest double is 1.
#[test]
fn ends_of_the_range_of_erf() {
    same(erf(5e-324), 5e-324);
    same(erf(4.0 * 5e-324), 5.0 * 5e-324);
    same(erf(1e-310), 1.12837916709551e-310);
    same(erf(5.921_587_195_794_506_5), 1.0 - f64::EPSILON / 2.0);
    same(erf(5.921_587_195_794_507), 1.0);
}

/// Results from MPFR.
#[test]
fn known_quantiles() {
    for (p, z) in [
        (5e-324, -38.467_405_617_144_344),
        (f64::MIN_POSITIVE, -37.519_379_347_144_5),
        (1e-7, -5.199_337_582_192_816_5),
        (0.025, -1.959_963_984_540_054_3),
        (0.135, -1.103_062_556_199_597_5),
        (0.25, -0.674_489_750_196_081_7),
        (0.499_999_999_999_999_9, -2.782_916_424_671_767e-16),
    ] {
        same(ndtri(p), z);
    }
}

#[test]
fn erf_agrees_with_wide_arithmetic_within_its_error() {
    let mut random = Random(1);
    for _ in 0..3000 {
        for x in [
            random.between(0.0, 5.93),
            random.sized(-900, 1),
            random.between(0.0, 0.1),
        ] {
            let exact = wide_normal::erf(x);
            within(erf_pair(x), exact, 64);
            same(erf(x), exact.to_double());
            same(erf(-x), -erf(x));
        }
    }
}

#[test]
fn ndtri_agrees_with_wide_arithmetic_within_its_error() {
    let mut random = Random(2);
    for _ in 0..300 {
        for size in [
            random.between(0.0, 0.5),
            random.between(0.0, 0.15),
            random.sized(-1022, -1),
            0.5 - random.sized(-53, -2),
        ] {
            let pair = upper_quantile(size);
            let exact = wide_normal::upper_quantile(Wide::new(size), pair);
            within(pair, exact, 68);
            same(ndtri(size), -exact.to_double());
        }
    }
}

/// p and 1 - p, where both are doubles.
#[test]
fn ndtri_is_odd_about_one_half() {
    let mut random = Random(3);
    for _ in 0..10_000 {
        let upper = random.between(0.5, 1.0);
        same(ndtri(upper), -ndtri(1.0 - upper));
    }
}

/// The series and the continued fraction agree where both hold: together they are half of the distribution.
#[test]
fn wide_functions_keep_their_precision() {
    for z in [5.0, 5.5, 6.0, 8.0] {
        let half_square = Wide::new(z * z / 2.0);
        let density = wide_functions::exp_of(half_square.negated(), -z * z / 2.0);
        let wide = Wide::new(z);
        let sum = wide_normal::mills_ratio(wide)
            .add(wide_normal::centre_ratio(wide))
            .mul(density);
        let rest = sum.mul(sum).sub(HALF_PI);
        assert!(rest.exponent < -225, "{z}: 2^{}", rest.exponent);
    }
}

/// The square of half of the square root of 2 pi.
const HALF_PI: Wide = Wide {
    negative: false,
    exponent: 1,
    limbs: crate::special_tables::WIDE_PI,
};

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
    for _ in 0..4000 {
        for x in [
            random.between(0.0, 5.93),
            random.sized(-900, 1),
            random.between(0.0, 0.5),
        ] {
            within(quick_erf(x), wide_normal::erf(x));
        }
    }
    for _ in 0..1000 {
        for size in [
            random.between(0.0, 0.5),
            random.between(0.13, 0.15),
            random.sized(-1022, -1),
            0.5 - random.sized(-53, -2),
        ] {
            let exact = wide_normal::upper_quantile(Wide::new(size), upper_quantile(size));
            within(quick_quantile(size), exact);
        }
    }
}
