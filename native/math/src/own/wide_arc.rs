//! asin and atan2 in 256-bit arithmetic; relative errors below 2^-200.

use super::double_double::DoubleDouble;
use super::root::root_pair;
use super::wide::Wide;
use super::wide_trig::sin_cos;
use crate::special_tables::WIDE_PI;

/// pi.
const PI: Wide = Wide {
    negative: false,
    exponent: 2,
    limbs: WIDE_PI,
};

fn wide(pair: DoubleDouble) -> Wide {
    Wide::new(pair.high).add(Wide::new(pair.low))
}

/// The angle of (x, y) in the first quarter, given it to about 2^-60 relatively: known + atan(z), z the tangent of the difference,
/// whose seventh power is too small to count.
fn first_quarter(y: Wide, x: Wide, known: DoubleDouble) -> Wide {
    let known = wide(known);
    let (sine, cosine) = sin_cos(known);
    let z = y
        .mul(cosine)
        .sub(x.mul(sine))
        .mul(x.mul(cosine).add(y.mul(sine)).inverse());
    let square = z.mul(z);
    let factor = square.div_small(5).sub(Wide::new(1.0).div_small(3));
    known.add(z).add(z.mul(square).mul(factor))
}

/// The angle of (x, y), or of (-x, y) where `leftwards`, for positive x and y, given that of (x, y) to about 2^-60 relatively.
pub fn angle(y: f64, x: f64, known: DoubleDouble, leftwards: bool) -> Wide {
    let first = first_quarter(Wide::new(y), Wide::new(x), known);
    if leftwards {
        PI.sub(first)
    } else {
        first
    }
}

/// asin(x) for 0 < x < 1, given it to about 2^-60 relatively: the root by two of Newton's steps from two doubles.
pub fn asin(x: f64, known: DoubleDouble) -> Wide {
    let square = DoubleDouble::sum(1.0, -x).mul(DoubleDouble::sum(1.0, x));
    let mut root = wide(root_pair(square));
    let wide = Wide::new(x);
    let square = Wide::new(1.0).sub(wide.mul(wide));
    for _ in 0..2 {
        root = root.add(square.mul(root.inverse())).scaled(-1);
    }
    first_quarter(wide, root, known)
}

/// Whether height/width is exactly the midpoint below a `ratio` of subnormal size.
pub fn is_midpoint_below(height: f64, width: f64, ratio: f64) -> bool {
    let midpoint = Wide::new(ratio).sub(Wide::new(1.0).scaled(-1075));
    Wide::new(width).mul(midpoint).sub(Wide::new(height)).is_zero()
}
