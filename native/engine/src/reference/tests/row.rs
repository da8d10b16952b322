//! Whole rows: from cells to outputs.

use crate::reference::{run, OutputCells};
use crate::testing::{Build, Fitted};
use modelpack_bundle::cell::{INTEGER_MISSING, NUMBER_NULL};
use modelpack_bundle::ErrorCode;

fn bits(output: &OutputCells) -> Vec<u64> {
    match output {
        OutputCells::F64(x) => x.iter().map(|x| x.to_bits()).collect(),
        OutputCells::F32(x) => x.iter().map(|x| u64::from(x.to_bits())).collect(),
        OutputCells::I64(x) => x.iter().map(|&x| x as u64).collect(),
    }
}

#[test]
fn inputs_come_by_feature_and_outputs_in_the_order_of_the_schema() {
    let mut build = Build::new();
    let names = [
        ("d", "float64"),
        ("s", "float32"),
        ("i", "int64"),
        ("b", "bool"),
        ("t", "timestamp"),
    ];
    let values: Vec<String> = names.iter().map(|(name, dtype)| build.feature(name, dtype)).collect();
    let bools = build.op("cast@1", &[&values[3]], &[("to", "f64")], &[]);
    for (name, value, dtype) in [
        ("third", &values[2], "int64"),
        ("second", &values[1], "float32"),
        ("first", &values[0], "float64"),
        ("fourth", &bools, "float64"),
    ] {
        build.output(name, value, dtype, 1);
    }
    let test = build.finish();
    let program = test.check().expect("well formed");
    let answer = |cells: [u64; 5]| {
        run(&program, &test.schema, &cells)
            .expect("answered")
            .iter()
            .flat_map(bits)
            .collect::<Vec<_>>()
    };
    let cells = [0.1f64.to_bits(), 0.5f64.to_bits(), 7, 1, 0];
    assert_eq!(
        answer(cells),
        [7, u64::from(0.5f32.to_bits()), 0.1f64.to_bits(), 1.0f64.to_bits()]
    );
    let missing = [NUMBER_NULL, 0xfff8_0000_0000_0001, INTEGER_MISSING, 2, INTEGER_MISSING];
    assert_eq!(
        answer(missing),
        [
            INTEGER_MISSING,
            0x7fc0_0000,
            0x7ff8_0000_0000_0000,
            0x7ff8_0000_0000_0000
        ]
    );
}

#[test]
fn codes_beyond_the_dictionary_are_unseen() {
    let mut build = Build::new();
    let code = build.categories("c", &["a", "b"]);
    let table = Fitted::f64s(&[10.0, 11.0, -1.0, -2.0, -3.0]).shaped(&[5, 1]);
    let value = build.op("lookup@1", &[&code], &[], &[("table", table)]);
    build.output("first", &value, "float64", 1);
    let test = build.finish();
    let program = test.check().expect("well formed");
    for (cell, expected) in [
        (0, 10.0),
        (1, 11.0),
        (2, -3.0),
        (-1, -1.0),
        (-2, -2.0),
        (-3, -3.0),
        (-4, -3.0),
        (1i64 << 32, -3.0),
    ] {
        let output = run(&program, &test.schema, &[cell as u64]).expect("answered");
        assert_eq!(bits(&output[0]), [f64::to_bits(expected)], "{cell}");
    }
}

/// A program that refuses an infinite `a`, a missing `b`, and the category "x" of `c`.
#[test]
fn a_refusal_names_feature_and_step_and_comes_in_program_order() {
    let mut build = Build::new();
    let (a, b, c) = (
        build.feature("a", "float64"),
        build.feature("b", "int64"),
        build.categories("c", &["x", "y"]),
    );
    let a = build.op("require@1", &[&a], &[("form", "fits_f32_or_nan")], &[]);
    let b = build.op("require@1", &[&b], &[("form", "present")], &[]);
    build.op(
        "require@1",
        &[&c],
        &[("form", "allowed")],
        &[("allowed", Fitted::u8s(&[0, 1, 1, 0, 0]))],
    );
    let b = build.op("cast@1", &[&b], &[("to", "f64")], &[]);
    let both = build.op("concat@1", &[&b, &a], &[], &[]);
    let both = build.op(
        "affine@1",
        &[&both],
        &[("form", "mul")],
        &[("a", Fitted::f64s(&[1.0, 1e200]))],
    );
    let both = build.op("require@1", &[&both], &[("form", "finite")], &[]);
    build.output("first", &both, "float64", 2);
    let test = build.finish();
    let program = test.check().expect("well formed");
    let refusal =
        |a: f64, b: i64, c: i64| run(&program, &test.schema, &[a.to_bits(), b as u64, c as u64]).expect_err("refused");
    let cases = [
        (
            refusal(1e300, i64::MIN, -3),
            ErrorCode::NonFinite,
            "a",
            "step0",
            "1e300",
        ),
        (
            refusal(f64::NEG_INFINITY, 0, 1),
            ErrorCode::NonFinite,
            "a",
            "step0",
            "-inf",
        ),
        (
            refusal(f64::NAN, i64::MIN, -3),
            ErrorCode::Missing,
            "b",
            "step1",
            "missing",
        ),
        (refusal(0.0, 0, -3), ErrorCode::Unseen, "c", "step2", "category"),
        (refusal(0.0, 0, 0), ErrorCode::Unseen, "c", "step2", "'x'"),
        (refusal(0.0, 0, -2), ErrorCode::Missing, "c", "step2", "missing"),
        (refusal(f64::NAN, 0, 1), ErrorCode::NonFinite, "a", "step6", "NaN"),
    ];
    for (error, code, feature, step, what) in cases {
        assert_eq!((error.code(), error.feature()), (code, Some(feature)), "{error:?}");
        assert!(
            error.message().contains(step) && error.message().contains(what),
            "{error}"
        );
        assert_eq!(error.row(), None);
    }
    assert!(run(&program, &test.schema, &[1e100f64.to_bits(), 0, 1]).is_err());
    assert!(run(&program, &test.schema, &[1e30f64.to_bits(), 0, 1]).is_ok());
}
