//! For each function of math 1: in how many arguments the host's library differs, by how many units in the last place at most, and
//! the time of both. Blocks are timed beside a loop over the host's function.
//!
//! `cargo run --release -p modelpack-math --example accuracy [arguments]`

#![allow(clippy::disallowed_methods)] // the comparison is with the host's functions

use modelpack_math as own;
use std::hint::black_box;
use std::time::{Duration, Instant};

type Double = fn(f64) -> f64;
type Single = fn(f32) -> f32;
type Block = fn(&mut [f64]);

/// So many values a block has.
const BLOCK: usize = 512;
/// So many arguments are timed together.
const SLICE: usize = 8 * BLOCK;

/// The function that std lacks.
fn host_erf(x: f64) -> f64 {
    extern "C" {
        fn erf(x: f64) -> f64;
    }
    // SAFETY: C's function takes any number.
    unsafe { erf(x) }
}

fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    println!("function           differs %   units   own ns   host ns   ({count} arguments)");
    functions(count);
    singles(count);
    powers(count);
    println!("block              own ns   loop over the host's ns");
    blocks(count);
}

fn functions(count: usize) {
    let rows: [(&str, Double, Double, f64, f64); 18] = [
        ("exp", own::exp, f64::exp, -700.0, 700.0),
        ("exp near 0", own::exp, f64::exp, -10.0, 10.0),
        ("exp2", own::exp2, f64::exp2, -1000.0, 1000.0),
        ("expm1", own::expm1, f64::exp_m1, -10.0, 10.0),
        ("expm1 near 0", own::expm1, f64::exp_m1, -0.1, 0.1),
        ("log", own::log, f64::ln, 0.0, 1000.0),
        ("log near 1", own::log, f64::ln, 0.9, 1.1),
        ("log1p", own::log1p, f64::ln_1p, -0.9, 10.0),
        ("log2", own::log2, f64::log2, 0.0, 1000.0),
        ("tanh", own::tanh, f64::tanh, -10.0, 10.0),
        ("tanh near 0", own::tanh, f64::tanh, -1.0, 1.0),
        ("sqrt", own::sqrt, f64::sqrt, 0.0, 1000.0),
        ("sin", own::sin, f64::sin, -10.0, 10.0),
        ("cos", own::cos, f64::cos, -10.0, 10.0),
        ("sin far", own::sin, f64::sin, 1e6, 1e9),
        ("asin", own::asin, f64::asin, -1.0, 1.0),
        ("atan2(x, 1)", |x| own::atan2(x, 1.0), |x| x.atan2(1.0), -10.0, 10.0),
        ("erf", own::erf, host_erf, -4.0, 4.0),
    ];
    for (name, own, host, low, high) in rows {
        let arguments = arguments(count, low, high);
        let units = arguments.iter().map(|&x| own(x).to_bits().abs_diff(host(x).to_bits()));
        let times = (time(&arguments, own), time(&arguments, host));
        print(name, units, times);
    }
    println!("{:<37} {:>8.1}", "ndtri", time(&arguments(count, 0.0, 1.0), own::ndtri));
}

fn singles(count: usize) {
    let rows: [(&str, Single, Single, f64, f64); 2] = [
        ("expf", own::expf, f32::exp, -80.0, 80.0),
        ("logf", own::logf, f32::ln, 0.0, 1000.0),
    ];
    for (name, own, host, low, high) in rows {
        let arguments = rounded(&arguments(count, low, high));
        let units = arguments
            .iter()
            .map(|&x| u64::from(own(x).to_bits().abs_diff(host(x).to_bits())));
        let times = (time(&arguments, own), time(&arguments, host));
        print(name, units, times);
    }
}

fn powers(count: usize) {
    let numbers = arguments(2 * count, 0.0, 10.0);
    let pairs: Vec<(f64, f64)> = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1] - 5.0)).collect();
    let units = pairs
        .iter()
        .map(|&(x, y)| own::pow(x, y).to_bits().abs_diff(x.powf(y).to_bits()));
    let times = (time(&pairs, |(x, y)| own::pow(x, y)), time(&pairs, |(x, y)| x.powf(y)));
    print("pow", units, times);
}

fn blocks(count: usize) {
    let host_sigmoid: Double = |x| 1.0 / (1.0 + (-x).exp());
    let rows: [(&str, Block, Double, f64, f64); 5] = [
        ("exp", own::exp_block, f64::exp, -700.0, 700.0),
        ("exp near 0", own::exp_block, f64::exp, -10.0, 10.0),
        ("log", own::log_block, f64::ln, 0.0, 1000.0),
        ("log near 1", own::log_block, f64::ln, 0.9, 1.1),
        ("sigmoid", own::sigmoid_block, host_sigmoid, -10.0, 10.0),
    ];
    for (name, block, host, low, high) in rows {
        let arguments = arguments(count, low, high);
        let host = time_block(&arguments, |values| values.iter_mut().for_each(|x| *x = host(*x)));
        println!("{name:<18} {:>6.2} {host:>8.2}", time_block(&arguments, block));
    }
    let arguments = rounded(&arguments(count, -80.0, 80.0));
    let host = time_block(&arguments, |values| values.iter_mut().for_each(|x| *x = x.exp()));
    println!(
        "{:<18} {:>6.2} {host:>8.2}",
        "expf",
        time_block(&arguments, own::expf_block)
    );
}

fn print(name: &str, units: impl Iterator<Item = u64>, (own, host): (f64, f64)) {
    let (mut count, mut differing, mut greatest) = (0, 0, 0);
    for units in units {
        count += 1;
        differing += u64::from(units != 0);
        if units > greatest {
            greatest = units;
        }
    }
    let share = 100.0 * differing as f64 / f64::from(count);
    println!("{name:<18} {share:>9.4} {greatest:>7} {own:>8.1} {host:>9.1}");
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

fn rounded(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|&x| x as f32).collect()
}

/// Nanoseconds per call.
fn time<T: Copy, R>(arguments: &[T], function: impl Fn(T) -> R) -> f64 {
    best(arguments, |slice| {
        let start = Instant::now();
        for &x in slice {
            black_box(function(x));
        }
        start.elapsed()
    })
}

/// Nanoseconds per value of a block.
fn time_block<T: Copy>(arguments: &[T], function: impl Fn(&mut [T])) -> f64 {
    best(arguments, |slice| {
        let mut values = slice.to_vec();
        let start = Instant::now();
        values.chunks_mut(BLOCK).for_each(&function);
        let time = start.elapsed();
        black_box(values);
        time
    })
}

/// Nanoseconds per value: of each slice the best of seven times, so that what else the machine does counts little.
fn best<T>(arguments: &[T], time: impl Fn(&[T]) -> Duration) -> f64 {
    let mut best = vec![Duration::MAX; arguments.len().div_ceil(SLICE)];
    for _ in 0..7 {
        for (best, slice) in best.iter_mut().zip(arguments.chunks(SLICE)) {
            *best = time(slice).min(*best);
        }
    }
    best.iter().sum::<Duration>().as_secs_f64() * 1e9 / arguments.len() as f64
}
