//! The two float types, as kernels see them.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::program::Floats;
use crate::scratch::Cell;

/// f64 or f32. Absent cells of sparse columns are NaNs of a payload that nothing else can make: every NaN that enters a sparse
/// column by another way is replaced by the plain one.
pub trait Real:
    Cell
    + Send
    + Sync
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    const ZERO: Self;
    const NEGATIVE_ZERO: Self;
    const ONE: Self;
    const NAN: Self;
    const ABSENT: Self;

    fn is_nan(self) -> bool;
    fn is_absent(self) -> bool;
    /// The tensor in this precision; `check` made sure that it has it.
    fn tensor(floats: &Floats) -> Vec<Self>;
    /// A constant that stands as f64 but came from a tensor of this precision.
    fn narrow(value: f64) -> Self;
    fn widen(self) -> f64;
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const NEGATIVE_ZERO: f64 = -0.0;
    const ONE: f64 = 1.0;
    const NAN: f64 = f64::NAN;
    const ABSENT: f64 = f64::from_bits(0x7FF8_4D50_4142_5345);

    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn is_absent(self) -> bool {
        self.to_bits() == Self::ABSENT.to_bits()
    }

    fn tensor(floats: &Floats) -> Vec<f64> {
        match floats {
            Floats::F64(values) => values.clone(),
            Floats::F32(values) => values.iter().map(|&value| f64::from(value)).collect(),
        }
    }

    fn narrow(value: f64) -> f64 {
        value
    }

    fn widen(self) -> f64 {
        self
    }
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const NEGATIVE_ZERO: f32 = -0.0;
    const ONE: f32 = 1.0;
    const NAN: f32 = f32::NAN;
    const ABSENT: f32 = f32::from_bits(0x7FC4_4D50);

    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn is_absent(self) -> bool {
        self.to_bits() == Self::ABSENT.to_bits()
    }

    fn tensor(floats: &Floats) -> Vec<f32> {
        match floats {
            Floats::F32(values) => values.clone(),
            Floats::F64(values) => values.iter().map(|&value| value as f32).collect(),
        }
    }

    fn narrow(value: f64) -> f32 {
        value as f32
    }

    fn widen(self) -> f64 {
        f64::from(self)
    }
}

/// Element by element from one column to another.
pub fn each<A: Cell, B: Cell>((from, to): (&[A], &mut [B]), function: impl Fn(A) -> B) {
    for (input, output) in from.iter().zip(to) {
        *output = function(*input);
    }
}

/// As [`each`] on a sparse column: an absent cell stays absent, and no other becomes so.
pub fn each_present<A: Real, B: Real>(columns: (&[A], &mut [B]), function: impl Fn(A) -> B) {
    each(columns, |input| {
        let output = function(input);
        if input.is_absent() {
            B::ABSENT
        } else if output.is_nan() {
            B::NAN
        } else {
            output
        }
    });
}
