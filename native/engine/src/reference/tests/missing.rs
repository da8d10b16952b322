use super::*;
use crate::program::{MissingTest, Requirement};
use crate::requirement::{Refused, Violation};

#[test]
fn missing_as_exchanges_one_kind_for_the_other() {
    for (code, null, nan) in [(-1, -1, -2), (-2, -1, -2), (-3, -3, -3), (0, 0, 0)] {
        gives(&OpKind::MissingAs { to_null: true }, codes(&[code]), codes(&[null]));
        gives(&OpKind::MissingAs { to_null: false }, codes(&[code]), codes(&[nan]));
    }
}

#[test]
fn impute_fills_nan_in_each_column() {
    let impute = |missing| OpKind::Impute {
        missing,
        fill: fit64(&[1.0, -0.0, 3.0]),
    };
    let x = || f64s(&[NAN, f64::from_bits(0xfff8_0000_0000_0007), INF]);
    gives(&impute(MissingTest::Nan), x(), f64s(&[1.0, -0.0, INF]));
    gives(&impute(MissingTest::NanOrNull), x(), f64s(&[1.0, -0.0, INF]));
    gives(&impute(MissingTest::Null), x(), x());
}

#[test]
fn impute_of_a_value_compares_numbers_not_bits() {
    let kind = OpKind::Impute {
        missing: MissingTest::Value(0.0),
        fill: fit64(&[9.0; 4]),
    };
    gives(&kind, f64s(&[0.0, -0.0, TINY, NAN]), f64s(&[9.0, 9.0, TINY, NAN]));
    let kind = OpKind::Impute {
        missing: MissingTest::Value(f64::from(0.1f32)),
        fill: fit32(&[9.0; 2]),
    };
    gives(&kind, f32s(&[0.1, 0.2]), f32s(&[9.0, 0.2]));
}

#[test]
fn impute_of_codes() {
    let tests = [
        (MissingTest::Nan, [5, -1, 5, -3, 0]),
        (MissingTest::Null, [5, 5, -2, -3, 0]),
        (MissingTest::NanOrNull, [5, 5, 5, -3, 0]),
        (MissingTest::Code(0), [5, -1, -2, -3, 5]),
    ];
    for (missing, expected) in tests {
        for (code, expected) in [5, -1, -2, -3, 0].into_iter().zip(expected) {
            gives(
                &OpKind::ImputeCode {
                    missing: missing.clone(),
                    fill: 5,
                },
                codes(&[code]),
                codes(&[expected]),
            );
        }
    }
}

#[test]
fn is_missing_of_every_kind() {
    let is = OpKind::IsMissing;
    gives(&is(MissingTest::Nan), f64s(&[NAN, INF, 0.0]), f64s(&[1.0, 0.0, 0.0]));
    gives(&is(MissingTest::Null), f64s(&[NAN]), f64s(&[0.0]));
    gives(&is(MissingTest::Value(0.0)), f32s(&[-0.0, f32::NAN]), f64s(&[1.0, 0.0]));
    for (missing, null, invalid) in [
        (MissingTest::Nan, 0.0, 0.0),
        (MissingTest::Null, 1.0, 1.0),
        (MissingTest::NanOrNull, 1.0, 1.0),
    ] {
        gives(&is(missing.clone()), codes(&[-1]), f64s(&[null]));
        gives(
            &is(missing.clone()),
            Cells::I64(vec![None, Some(0)]),
            f64s(&[invalid, 0.0]),
        );
        gives(
            &is(missing),
            Cells::Bool(vec![None, Some(false)]),
            f64s(&[invalid, 0.0]),
        );
    }
    gives(&is(MissingTest::Nan), codes(&[-2]), f64s(&[1.0]));
    gives(&is(MissingTest::Code(3)), codes(&[3]), f64s(&[1.0]));
    gives(&is(MissingTest::NanOrNull), codes(&[-3]), f64s(&[0.0]));
}

#[test]
fn require_of_numbers() {
    // what each form says of NaN, infinity, 1e300 and 1.0
    let forms = [
        (Requirement::Finite, [false, false, true, true]),
        (Requirement::FiniteOrNan, [true, false, true, true]),
        (Requirement::Present, [false, true, true, true]),
        (Requirement::FitsF32 { nan: false }, [false, false, false, true]),
        (Requirement::FitsF32 { nan: true }, [true, false, false, true]),
    ];
    for (requirement, taken) in forms {
        for (x, taken) in [NAN, -INF, 1e300, 1.0].into_iter().zip(taken) {
            let kind = OpKind::Require(requirement.clone());
            assert_eq!(
                apply(&kind, &[&f64s(&[0.0, x])]).is_ok(),
                taken,
                "{requirement:?} of {x}"
            );
            assert_eq!(
                apply(&kind, &[&sparse(9, &[(8, x)])]).is_ok(),
                taken,
                "{requirement:?} of {x}, sparse"
            );
        }
    }
}

#[test]
fn fits_f32_ends_where_rounding_gives_infinity() {
    let kind = OpKind::Require(Requirement::FitsF32 { nan: false });
    let bound = f64::from_bits(0x47ef_ffff_f000_0000);
    assert!(apply(&kind, &[&f64s(&[bound.next_down()])]).is_ok());
    assert_eq!(
        apply(&kind, &[&f64s(&[bound])]),
        Err(Violation {
            column: 0,
            refused: Refused::Number(bound)
        })
    );
}

#[test]
fn require_of_other_kinds() {
    let present = OpKind::Require(Requirement::Present);
    let missing = |column| {
        Err(Violation {
            column,
            refused: Refused::Missing,
        })
    };
    assert_eq!(apply(&present, &[&Cells::I64(vec![Some(1), None, None])]), missing(1));
    assert_eq!(apply(&present, &[&Cells::Bool(vec![None])]), missing(0));
    assert_eq!(apply(&present, &[&Cells::Time(vec![None])]), missing(0));
    assert_eq!(apply(&present, &[&codes(&[-1])]), missing(0));
    assert_eq!(apply(&present, &[&codes(&[-2])]), missing(0));
    gives(&present, codes(&[-3]), codes(&[-3]));
}

#[test]
fn require_allowed_has_an_entry_for_each_code_and_what_is_missing() {
    let refused = |kind: &OpKind, code: i32| apply(kind, &[&codes(&[code])]).err().map(|violation| violation.refused);
    let kind = OpKind::Require(Requirement::Allowed(vec![1, 0, 1, 0, 0]));
    assert_eq!(refused(&kind, 0), None);
    assert_eq!(refused(&kind, 1), Some(Refused::Code(1)));
    assert_eq!(refused(&kind, -1), None);
    assert_eq!(refused(&kind, -2), Some(Refused::Missing));
    assert_eq!(refused(&kind, -3), Some(Refused::Code(-3)));
    assert_eq!(
        refused(&kind, 2),
        Some(Refused::Code(2)),
        "beyond the categories of the tensor is unseen"
    );
}
