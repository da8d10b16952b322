//! The cells of one value of one row.

use crate::program::{Floats, Kind};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// One value of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    F64(Vec<f64>),
    F32(Vec<f32>),
    SparseF64(Sparse<f64>),
    SparseF32(Sparse<f32>),
    /// `None` is missing; so below.
    I64(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Time(Vec<Option<i64>>),
    /// -1 null, -2 NaN, -3 unseen.
    Code(Vec<i32>),
}

/// (column, value) by ascending column; a column that is not there is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse<R> {
    pub width: usize,
    pub cells: Vec<(usize, R)>,
}

/// One output of one row as it leaves the engine: NaN is canonical.
#[derive(Clone, Debug)]
pub enum OutputCells {
    F64(Vec<f64>),
    F32(Vec<f32>),
    /// A missing integer is `i64::MIN`.
    I64(Vec<i64>),
}

pub const NAN_F64: f64 = f64::from_bits(0x7ff8_0000_0000_0000);
pub const NAN_F32: f32 = f32::from_bits(0x7fc0_0000);

impl Cells {
    /// The value of an input from the admitted cell of its feature.
    pub fn input(kind: Kind, cell: u64) -> Cells {
        let integer = cell as i64;
        let valid = (integer != i64::MIN).then_some(integer);
        match kind {
            Kind::F64 => Cells::F64(vec![f64::from_bits(cell)]),
            Kind::F32 => Cells::F32(vec![f64::from_bits(cell) as f32]),
            Kind::I64 => Cells::I64(vec![valid]),
            Kind::Time => Cells::Time(vec![valid]),
            Kind::Bool => Cells::Bool(vec![(integer != 2).then_some(integer == 1)]),
            Kind::Code { size } => Cells::Code(vec![known(integer, size)]),
            Kind::Text => unreachable!("no operation of this version takes text"),
        }
    }

    pub(super) fn output(&self) -> OutputCells {
        match self {
            Cells::F64(x) => OutputCells::F64(x.iter().map(|&x| if x.is_nan() { NAN_F64 } else { x }).collect()),
            Cells::F32(x) => OutputCells::F32(x.iter().map(|&x| if x.is_nan() { NAN_F32 } else { x }).collect()),
            Cells::I64(x) => OutputCells::I64(x.iter().map(|x| x.unwrap_or(i64::MIN)).collect()),
            _ => unreachable!("an output is f64, f32 or i64"),
        }
    }
}

/// A code of a cell as the program sees it: beyond the dictionary is unseen.
fn known(code: i64, size: u32) -> i32 {
    match i32::try_from(code) {
        Ok(code @ -2..=-1) => code,
        Ok(code) if code >= 0 && (code as u32) < size => code,
        _ => -3,
    }
}

impl From<&Floats> for Cells {
    fn from(value: &Floats) -> Cells {
        match value {
            Floats::F64(x) => Cells::F64(x.clone()),
            Floats::F32(x) => Cells::F32(x.clone()),
        }
    }
}

/// f64 or f32: what an operation on floats needs to be written once.
pub trait Real:
    Copy
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    const NAN: Self;
    fn of(floats: &Floats) -> &[Self];
    fn dense(cells: Vec<Self>) -> Cells;
    fn sparse(cells: Sparse<Self>) -> Cells;
    fn to_f64(self) -> f64;
    fn exp(self) -> Self;
    fn is_nan(self) -> bool {
        self.to_f64().is_nan()
    }
}

macro_rules! real {
    ($float:ty, $nan:expr, $variant:ident, $sparse:ident, $exp:path) => {
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NAN: Self = $nan;
            fn of(floats: &Floats) -> &[Self] {
                match floats {
                    Floats::$variant(floats) => floats,
                    _ => unreachable!("fitted numbers have the precision of the value they meet"),
                }
            }
            fn dense(cells: Vec<Self>) -> Cells {
                Cells::$variant(cells)
            }
            fn sparse(cells: Sparse<Self>) -> Cells {
                Cells::$sparse(cells)
            }
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn exp(self) -> Self {
                $exp(self)
            }
        }
    };
}

real!(f64, NAN_F64, F64, SparseF64, modelpack_math::exp);
real!(f32, NAN_F32, F32, SparseF32, modelpack_math::expf);

/// Runs the body for dense floats of either precision.
macro_rules! dense {
    ($cells:expr, $x:ident => $body:expr) => {
        match $cells {
            Cells::F64($x) => $body,
            Cells::F32($x) => $body,
            _ => unreachable!("check admits dense floats only"),
        }
    };
}

/// Runs the body for sparse floats of either precision.
macro_rules! sparse {
    ($cells:expr, $x:ident => $body:expr) => {
        match $cells {
            Cells::SparseF64($x) => $body,
            Cells::SparseF32($x) => $body,
            _ => unreachable!("check admits sparse floats only"),
        }
    };
}

pub(super) use {dense, sparse};
