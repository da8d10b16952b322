//! The first phases stay within the errors that they state, next to borders of their tables, too; the second ones next to these.

use std::println;
use std::vec::Vec;

use super::super::double_double::{power_of_two, size};
use super::super::estimate::Estimate;
use super::super::{exp, log, pow, quick_exp, quick_log, wide_functions};
use super::{DoubleDouble, Random, Wide};

/// The distance from the exact result as a share of the stated error.
fn share(estimate: Estimate, exact: Wide) -> f64 {
    let rest = Wide::new(estimate.sum).add(Wide::new(estimate.correction)).sub(exact);
    let distance = Wide {
        negative: false,
        ..rest
    }
    .to_double();
    if distance == 0.0 {
        return 0.0;
    }
    distance / estimate.error
}

/// Every share is below 0.9: the rounding of what the error is added to needs the rest. Prints what docs/MATH.md quotes.
fn holds(name: &str, arguments: &[f64], estimate: impl Fn(f64) -> Estimate, exact: impl Fn(f64) -> Wide) {
    let (mut greatest, mut at) = (0.0, 0.0);
    let mut open = 0;
    for &x in arguments {
        let estimate = estimate(x);
        open += u32::from(!estimate.nearest().1);
        let share = share(estimate, exact(x));
        if share > greatest {
            (greatest, at) = (share, x);
        }
    }
    let count = arguments.len();
    println!("{name}: at most {greatest:.3} of the stated error, at {at:e}; {open} of {count} left open");
    assert!(greatest < 0.9, "{name}: {greatest} of the stated error at {at:e}");
}

/// Numbers of both signs: evenly from the range, and of any size from 2^least on.
fn arguments(seed: u64, (low, high): (f64, f64), least: i64) -> Vec<f64> {
    let mut random = Random(seed);
    let mut numbers = Vec::new();
    for _ in 0..4000 {
        numbers.push(random.between(low, high));
        let number = random.sized(least, 10);
        let number = if random.bits() & 1 == 0 { number } else { -number };
        if number > low && number < high {
            numbers.push(number);
        }
    }
    numbers
}

/// The numbers about each border of the tables.
fn borders() -> Vec<f64> {
    let mut numbers = Vec::new();
    for fraction in 0..256 {
        for exponent in [-30, -1, 0, 1, 40] {
            let border = (1.0 + f64::from(fraction) / 256.0) * power_of_two(exponent);
            numbers.extend([-2i64, -1, 1, 2].map(|steps| f64::from_bits(border.to_bits().wrapping_add_signed(steps))));
        }
    }
    numbers
}

/// The arguments whose reduced ones are largest.
fn halves() -> Vec<f64> {
    let step = std::f64::consts::LN_2 / 128.0;
    (-60_000..60_000)
        .step_by(7)
        .map(|k| (f64::from(k) + 0.5) * step)
        .collect()
}

fn scaled((estimate, scale): (Estimate, f64)) -> Estimate {
    Estimate {
        sum: estimate.sum * scale,
        correction: estimate.correction * scale,
        error: estimate.error * scale,
    }
}

#[test]
fn exponentials() {
    let numbers = arguments(11, (-600.0, 708.0), -60);
    holds(
        "exp",
        &numbers,
        |x| scaled(quick_exp::exp_estimate(x)),
        wide_functions::exp,
    );
    holds(
        "exp2",
        &numbers,
        |x| scaled(quick_exp::exp2_estimate(x)),
        wide_functions::exp2,
    );
    let halves = halves();
    holds(
        "exp",
        &halves,
        |x| scaled(quick_exp::exp_estimate(x)),
        wide_functions::exp,
    );
    let numbers = arguments(12, (-39.0, 39.0), -52);
    holds("expm1", &numbers, quick_exp::expm1_estimate, wide_functions::expm1);
    let numbers = arguments(13, (-1.0, 1.0), -6);
    holds("expm1", &numbers, quick_exp::expm1_estimate, wide_functions::expm1);
}

#[test]
fn hyperbolic_tangents() {
    for span in [(0.0, 19.0), (0.0, 1.0), (0.0, 0.1)] {
        let numbers = arguments(14, span, -26);
        holds("tanh", &numbers, quick_exp::tanh_estimate, wide_functions::tanh);
    }
}

#[test]
fn logarithms() {
    let mut numbers = borders();
    numbers.extend(arguments(15, (0.0, 1000.0), -1000));
    numbers.extend(arguments(16, (0.99, 1.01), -1));
    let mut random = Random(17);
    numbers.extend((0..2000).map(|_| 1.0 + random.sized(-51, -6)));
    numbers.extend((0..2000).map(|_| 1.0 - random.sized(-51, -6)));
    let known = log::log_pair;
    holds("log", &numbers, quick_log::log_estimate, |x| {
        wide_functions::log(x, known(x))
    });
    holds("log2", &numbers, quick_log::log2_estimate, |x| {
        wide_functions::log2(x, known(x))
    });
    let near = |x| {
        let estimate = quick_log::log1p_estimate(x);
        DoubleDouble::ordered_sum(estimate.sum, estimate.correction)
    };
    numbers.retain(|&x| x > 1e-16); // below it the first phase is exact, and 1 + x too long for wide numbers
    numbers.extend((0..512).map(|half| f64::from(half) / 512.0 + random.sized(-30, -12)));
    numbers.extend(arguments(18, (-0.999, 10.0), -52));
    numbers.extend(arguments(19, (-0.01, 0.01), -52));
    holds("log1p", &numbers, quick_log::log1p_estimate, |x| {
        wide_functions::log1p(x, near(x))
    });
}

#[test]
fn powers() {
    let exponents = [-7.5, -2.0, -0.3, 0.5, 1.0 / 3.0, 2.2, 3.0, 17.0, 1234.5];
    let mut numbers = borders();
    numbers.extend(arguments(20, (0.0, 1000.0), -1000));
    numbers.extend(arguments(21, (0.9, 1.1), -1));
    for y in exponents {
        let pair = |x| pow::power_estimate(x, y);
        // Where the scaled correction would be subnormal it would lose bits.
        let meant = |&x: &f64| x != 1.0 && pair(x).2 && log::log_pair(x).high * y > -600.0;
        let meant: Vec<f64> = numbers.iter().copied().filter(meant).collect();
        let estimate = |x| scaled((pair(x).0, pair(x).1));
        let exact = |x| {
            let known = log::log_pair(x);
            wide_functions::pow(x, y, known, known.high * y)
        };
        holds("pow", &meant, estimate, exact);
    }
}

#[test]
fn second_phases_next_to_borders() {
    let within = |pair: DoubleDouble, bits: i64| Estimate {
        sum: pair.high,
        correction: pair.low,
        error: size(pair.high) * power_of_two(-bits),
    };
    let known = log::log_pair;
    holds(
        "log",
        &borders(),
        |x| within(known(x), 72),
        |x| wide_functions::log(x, known(x)),
    );
    holds("exp", &halves(), |x| within(exp::exp_pair(x), 74), wide_functions::exp);
}
