//! Blocks have the bits of the functions of one argument: for every length, with every special value in every place.

use std::vec::Vec;

use super::super::block;
use super::super::{exp, expf, log};
use super::Random;

const SPECIAL: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    -745.0,
    709.782_712_893_384,
    -1.0,
];

fn arguments(seed: u64, count: usize) -> Vec<f64> {
    let mut random = Random(seed);
    let draw = || match random.bits() % 8 {
        0 => SPECIAL[(random.bits() % SPECIAL.len() as u64) as usize],
        1 => f64::from_bits(random.bits()),
        2 => 1.0 + random.between(-0.01, 0.01),
        3 => random.between(-800.0, 800.0),
        _ => random.between(-5.0, 20.0),
    };
    std::iter::repeat_with(draw).take(count).collect()
}

fn agree(block: impl Fn(&mut [f64]), function: impl Fn(f64) -> f64) {
    for length in (0..140).chain([1000, 50_000]) {
        let numbers = arguments(length as u64, length);
        let mut values = numbers.clone();
        block(&mut values);
        for (&x, &value) in numbers.iter().zip(&values) {
            let expected = function(x);
            let same = value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan();
            assert!(same, "of {x:e}: {value:e}, not {expected:e}");
        }
    }
}

#[test]
fn of_doubles() {
    agree(block::exp_block, exp);
    agree(block::log_block, log);
    agree(block::sigmoid_block, |x| 1.0 / (1.0 + exp(-x)));
}

/// Also where the processor has less than this one.
#[test]
fn of_the_baseline() {
    agree(block::exp_baseline, exp);
    agree(block::log_baseline, log);
    agree(block::sigmoid_baseline, |x| 1.0 / (1.0 + exp(-x)));
}

#[test]
fn of_singles() {
    for length in (0..140).chain([50_000]) {
        let numbers: Vec<f32> = arguments(length as u64, length).iter().map(|&x| x as f32).collect();
        for block in [block::expf_block, block::expf_baseline] {
            let mut values = numbers.clone();
            block(&mut values);
            for (&x, &value) in numbers.iter().zip(&values) {
                let expected = expf(x);
                let same = value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan();
                assert!(same, "of {x:e}: {value:e}, not {expected:e}");
            }
        }
    }
}
