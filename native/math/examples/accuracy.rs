//! For each function of math 1: the share of arguments in which the host's library differs, and the time of both.
//!
//! `cargo run --release -p modelpack-math --example accuracy [arguments]`

#![allow(clippy::disallowed_methods)] // the comparison is with the host's functions

use modelpack_math::own;
use std::hint::black_box;
use std::time::Instant;

type Function = fn(f64) -> f64;

fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let rows: [(&str, Function, Function, f64, f64); 11] = [
        ("exp", own::exp, f64::exp, -700.0, 700.0),
        ("exp near 0", own::exp, f64::exp, -10.0, 10.0),
        ("expm1", own::expm1, f64::exp_m1, -10.0, 10.0),
        ("exp2", own::exp2, f64::exp2, -1000.0, 1000.0),
        ("log", own::log, f64::ln, 0.0, 1000.0),
        ("log near 1", own::log, f64::ln, 0.9, 1.1),
        ("log1p", own::log1p, f64::ln_1p, -0.9, 10.0),
        ("log2", own::log2, f64::log2, 0.0, 1000.0),
        ("tanh", own::tanh, f64::tanh, -10.0, 10.0),
        (
            "expf",
            |x| f64::from(own::expf(x as f32)),
            |x| f64::from((x as f32).exp()),
            -80.0,
            80.0,
        ),
        (
            "logf",
            |x| f64::from(own::logf(x as f32)),
            |x| f64::from((x as f32).ln()),
            0.0,
            1000.0,
        ),
    ];
    println!("function     differs %   own ns   host ns   ({count} arguments)");
    for (name, own, host, low, high) in rows {
        let arguments = arguments(count, low, high);
        let differing = arguments
            .iter()
            .filter(|&&x| own(x).to_bits() != host(x).to_bits())
            .count();
        let share = 100.0 * differing as f64 / count as f64;
        println!(
            "{name:<12} {share:>9.4} {:>8.1} {:>9.1}",
            time(own, &arguments),
            time(host, &arguments)
        );
    }
}

/// Seeded numbers of the range, evenly distributed.
fn arguments(count: usize, low: f64, high: f64) -> Vec<f64> {
    let mut state = 1u64;
    let step = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * (state >> 11) as f64 / 9_007_199_254_740_992.0
    };
    std::iter::repeat_with(step).take(count).collect()
}

/// Nanoseconds per call, the best of five.
fn time(function: Function, arguments: &[f64]) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        for &x in arguments {
            black_box(function(x));
        }
        let each = start.elapsed().as_secs_f64() * 1e9 / arguments.len() as f64;
        if each < best {
            best = each;
        }
    }
    best
}
