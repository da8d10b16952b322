//! Operations on what is missing.

use super::cells::{dense, Cells, Real};
use crate::program::{Floats, MissingTest};

pub fn missing_as(to_null: bool, x: &Cells) -> Cells {
    let (from, to) = if to_null { (-2, -1) } else { (-1, -2) };
    Cells::Code(
        codes(x)
            .iter()
            .map(|&code| if code == from { to } else { code })
            .collect(),
    )
}

pub fn impute(missing: &MissingTest, fill: &Floats, x: &Cells) -> Cells {
    fn replace<R: Real>(missing: &MissingTest, fill: &[R], x: &[R]) -> Cells {
        R::dense(
            x.iter()
                .zip(fill)
                .map(|(&x, &fill)| if float_is_missing(missing, x) { fill } else { x })
                .collect(),
        )
    }
    dense!(x, x => replace(missing, Real::of(fill), x))
}

pub fn impute_code(missing: &MissingTest, fill: i32, x: &Cells) -> Cells {
    Cells::Code(
        codes(x)
            .iter()
            .map(|&code| if code_is_missing(missing, code) { fill } else { code })
            .collect(),
    )
}

pub fn is_missing(missing: &MissingTest, x: &Cells) -> Cells {
    let null = matches!(missing, MissingTest::Null | MissingTest::NanOrNull);
    let indicator = |missing: bool| if missing { 1.0 } else { 0.0 };
    Cells::F64(match x {
        Cells::F64(x) => x.iter().map(|&x| indicator(float_is_missing(missing, x))).collect(),
        Cells::F32(x) => x.iter().map(|&x| indicator(float_is_missing(missing, x))).collect(),
        Cells::I64(x) => x.iter().map(|x| indicator(null && x.is_none())).collect(),
        Cells::Bool(x) => x.iter().map(|x| indicator(null && x.is_none())).collect(),
        Cells::Code(x) => x
            .iter()
            .map(|&code| indicator(code_is_missing(missing, code)))
            .collect(),
        _ => unreachable!("check admits no other kind"),
    })
}

fn float_is_missing<R: Real>(missing: &MissingTest, x: R) -> bool {
    match missing {
        MissingTest::Nan | MissingTest::NanOrNull => x.is_nan(),
        MissingTest::Null | MissingTest::Code(_) => false,
        MissingTest::Value(value) => x.to_f64() == *value,
    }
}

fn code_is_missing(missing: &MissingTest, code: i32) -> bool {
    match missing {
        MissingTest::Nan => code == -2,
        MissingTest::Null => code == -1,
        MissingTest::NanOrNull => code == -1 || code == -2,
        MissingTest::Code(value) => code == *value,
        MissingTest::Value(_) => false,
    }
}

pub(super) fn codes(x: &Cells) -> &[i32] {
    match x {
        Cells::Code(codes) => codes,
        _ => unreachable!("check admits codes only"),
    }
}
