//! The functions under test, by name.

use modelpack_math::own;

#[derive(Clone, Copy)]
pub enum Body {
    One(fn(f64) -> f64),
    Two(fn(f64, f64) -> f64),
    Single(fn(f32) -> f32),
}

#[derive(Clone, Copy)]
pub struct Function {
    pub name: &'static str,
    pub body: Body,
}

impl Function {
    /// Doubles in one argument.
    pub fn width(&self) -> usize {
        match self.body {
            Body::One(_) | Body::Single(_) => 1,
            Body::Two(_) => 2,
        }
    }

    /// The value for `width` doubles; singles are given and returned as doubles.
    pub fn at(&self, argument: &[f64]) -> f64 {
        match self.body {
            Body::One(function) => function(argument[0]),
            Body::Two(function) => function(argument[0], argument[1]),
            Body::Single(function) => f64::from(function(argument[0] as f32)),
        }
    }
}

const fn one(name: &'static str, function: fn(f64) -> f64) -> Function {
    Function {
        name,
        body: Body::One(function),
    }
}

const fn two(name: &'static str, function: fn(f64, f64) -> f64) -> Function {
    Function {
        name,
        body: Body::Two(function),
    }
}

const fn single(name: &'static str, function: fn(f32) -> f32) -> Function {
    Function {
        name,
        body: Body::Single(function),
    }
}

pub const FUNCTIONS: [Function; 18] = [
    one("exp", own::exp),
    one("exp2", own::exp2),
    one("expm1", own::expm1),
    one("log", own::log),
    one("log1p", own::log1p),
    one("log2", own::log2),
    one("tanh", own::tanh),
    one("sin", own::sin),
    one("cos", own::cos),
    two("pow", own::pow),
    one("asin", own::asin),
    two("atan2", own::atan2),
    one("erf", own::erf),
    one("ndtri", own::ndtri),
    one("sqrt", modelpack_math::sqrt),
    single("sqrtf", modelpack_math::sqrtf),
    single("expf", own::expf),
    single("logf", own::logf),
];

/// The same bits, or both NaN.
pub fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}
