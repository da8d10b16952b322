//! erf and the normal distribution in 256-bit arithmetic; relative errors below 2^-200.

use super::double_double::DoubleDouble;
use super::wide::Wide;
use super::wide_functions::exp_of;
use crate::special_tables::{WIDE_ROOT_TWO_PI, WIDE_TWO_PER_ROOT_PI};

/// The square root of 2 pi.
const ROOT_TWO_PI: Wide = Wide {
    negative: false,
    exponent: 2,
    limbs: WIDE_ROOT_TWO_PI,
};
/// 2 over the square root of pi.
const TWO_PER_ROOT_PI: Wide = Wide {
    negative: false,
    exponent: 1,
    limbs: WIDE_TWO_PER_ROOT_PI,
};
/// Terms of a series below 2^-260 of the sum are left out.
const PRECISION: i64 = 260;
/// From here on the continued fraction gives the tail; below it the series of the centre loses at most 20 bits in 1/2 - p.
const TAIL: f64 = 5.0;
/// What n terms leave out of the continued fraction is about e^(-2 z √n): here below 2^-240.
const FRACTION_TERMS: u32 = 300;

/// The sum of x square^n/(1 3 5 … (2n + 1)).
fn series(x: Wide, square: Wide) -> Wide {
    let (mut term, mut sum, mut n) = (x, x, 1);
    while !term.is_zero() && term.exponent > sum.exponent - PRECISION {
        n += 2;
        term = term.mul(square).div_small(n);
        sum = sum.add(term);
    }
    sum
}

/// erf(x) = 2/√π e^-x² (x + 2x³/3 + 4x⁵/15 + …) for |x| < 6.
pub fn erf(x: f64) -> Wide {
    let wide = Wide::new(x);
    let square = wide.mul(wide);
    let power = exp_of(square.negated(), -(x * x));
    TWO_PER_ROOT_PI.mul(power).mul(series(wide, square.scaled(1)))
}

/// What lies above z over the density at z, for z >= 5 (Laplace): 1/(z + 1/(z + 2/(z + …))).
pub fn mills_ratio(z: Wide) -> Wide {
    let mut rest = z;
    for n in (1..=FRACTION_TERMS).rev() {
        rest = z.add(rest.inverse().mul(Wide::new(f64::from(n))));
    }
    rest.inverse()
}

/// What lies between 0 and z over the density at z.
pub fn centre_ratio(z: Wide) -> Wide {
    series(z, z.mul(z))
}

/// z > 0 with `size` of the distribution above it, given it to about 2^-60: three terms of the series about the given one.
pub fn upper_quantile(size: Wide, known: DoubleDouble) -> Wide {
    let z = Wide::new(known.high).add(Wide::new(known.low));
    let square = z.mul(z);
    let half = known.high * known.high * -0.5;
    let per_density = ROOT_TWO_PI.mul(exp_of(square.scaled(-1), -half));
    let step = if known.high < TAIL {
        let q = Wide::new(0.5).sub(size);
        q.mul(per_density).sub(centre_ratio(z))
    } else {
        mills_ratio(z).sub(size.mul(per_density))
    };
    let step_square = step.mul(step);
    let second = z.scaled(-1).mul(step_square);
    let third = square
        .scaled(1)
        .add(Wide::new(1.0))
        .mul(step_square.mul(step))
        .div_small(6);
    z.add(step).add(second).add(third)
}
