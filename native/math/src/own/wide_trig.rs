//! sin and cos in 256-bit arithmetic; relative error below 2^-230.

use super::trig_reduce::{turns, Fraction};
use super::wide::Wide;
use crate::special_tables::WIDE_PI;

/// Below it the argument itself is below pi/4.
const UNREDUCED: f64 = 0.75;
/// 1/n! is below 2^-260 from here on.
const TERMS: u32 = 58;

/// pi/2.
const HALF_PI: Wide = Wide {
    negative: false,
    exponent: 1,
    limbs: WIDE_PI,
};

/// The series from `first` of index n on, whose indices go up by two and whose signs alternate.
fn series(first: Wide, mut n: u32, square: Wide) -> Wide {
    let (mut term, mut sum) = (first, first);
    while n < TERMS {
        term = term.mul(square).div_small((n + 1) * (n + 2)).negated();
        sum = sum.add(term);
        n += 2;
    }
    sum
}

/// sin(r) for |r| < 1.
fn sin_small(r: Wide) -> Wide {
    series(r, 1, r.mul(r))
}

/// cos(r) for |r| < 1.
fn cos_small(r: Wide) -> Wide {
    series(Wide::new(1.0), 0, r.mul(r))
}

/// The leading 256 bits.
fn wide(fraction: Fraction) -> Wide {
    let [a, b, c, d, e, f] = fraction.limbs;
    let upper = Wide::from_limbs([d, c, b, a]);
    let lower = Wide::from_limbs([0, 0, f, e]).scaled(-256);
    let sum = upper.add(lower);
    if fraction.negative {
        sum.negated()
    } else {
        sum
    }
}

/// The quarter turns nearest to x and what is left of it, at most pi/4.
fn quarters(x: f64) -> (u8, Wide) {
    if (-UNREDUCED..=UNREDUCED).contains(&x) {
        return (0, Wide::new(x));
    }
    let (k, fraction) = turns(x, 2);
    (k, wide(fraction).mul(HALF_PI))
}

fn sin_of(quarters: u8, r: Wide) -> Wide {
    let size = if quarters & 1 == 0 { sin_small(r) } else { cos_small(r) };
    if quarters & 2 == 0 {
        size
    } else {
        size.negated()
    }
}

/// sin(x) of a finite number.
pub fn sin(x: f64) -> Wide {
    let (k, r) = quarters(x);
    sin_of(k, r)
}

/// cos(x) of a finite number.
pub fn cos(x: f64) -> Wide {
    let (k, r) = quarters(x);
    sin_of(k.wrapping_add(1), r)
}

/// sin(x) and cos(x) of a wide number below 2 in size, from half of the angle.
pub fn sin_cos(x: Wide) -> (Wide, Wide) {
    let half = x.scaled(-1);
    let (sine, cosine) = (sin_small(half), cos_small(half));
    let square = sine.mul(sine).scaled(1);
    (sine.mul(cosine).scaled(1), Wide::new(1.0).sub(square))
}
