//! Everything around the operations: versions, names, uses, inputs, outputs, tensors, limits.

use super::{entry, member, refused, refused_with, taken};
use crate::check::{MAX_COLUMNS_READ, MAX_DENSE_COLUMNS, MAX_OPS};
use crate::testing::{Build, Fitted, TestProgram};
use modelpack_bundle::{ErrorCode, Json};

/// `first` = a + 1, `second` the code of b's length, as two operations.
fn valid() -> TestProgram {
    let mut build = Build::new();
    let (a, b) = (build.feature("a", "float64"), build.categories("b", &["x"]));
    let sum = build.op("add@1", &[&a], &[], &[("operand", Fitted::f64s(&[1.0]))]);
    let table = Fitted::f64s(&[1.0, 2.0, 3.0, 4.0]).shaped(&[4, 1]);
    let row = build.op("lookup@1", &[&b], &[], &[("table", table)]);
    build.output("first", &sum, "float64", 1);
    build.output("second", &row, "float64", 1);
    build.finish()
}

/// The valid program, changed.
fn changed(change: impl FnOnce(&mut Json)) -> TestProgram {
    let mut test = valid();
    change(&mut test.json);
    test
}

/// The valid program with one part replaced, found by keys and positions.
fn with(path: &[&str], value: Json) -> TestProgram {
    changed(|json| {
        let part = path.iter().fold(json, |part, step| match step.parse() {
            Ok(index) => entry(part, index),
            Err(_) => member(part, step),
        });
        *part = value;
    })
}

#[test]
fn the_valid_program_is_taken() {
    taken(&valid());
    let program = valid().check().expect("well formed");
    assert_eq!(
        (program.inputs.len(), program.ops.len(), program.values.len()),
        (2, 2, 4)
    );
    assert_eq!(program.outputs, [("first".to_string(), 2), ("second".to_string(), 3)]);
    assert_eq!(program.ops[1].origin, "step1");
}

#[test]
fn what_a_later_version_may_know_is_required() {
    refused_with(
        &with(&["program"], Json::Int(2)),
        ErrorCode::Requires,
        "program version 2",
    );
    refused_with(&with(&["math"], Json::Int(2)), ErrorCode::Requires, "math@2");
    refused_with(
        &with(&["math"], Json::Int(0)),
        ErrorCode::Requires,
        "pack the model again",
    );
    let uses = Json::Array(vec![Json::str("add@1"), Json::str("lookup@2")]);
    refused_with(&with(&["uses"], uses), ErrorCode::Requires, "lookup@2");
    let text = Json::Array(vec![Json::str("\u{202e}\n")]);
    refused_with(&with(&["uses"], text), ErrorCode::Requires, "\\n");
}

#[test]
fn parts_of_the_wrong_json_type() {
    refused(&changed(|json| *json = Json::Null), "not an object");
    for key in ["inputs", "ops", "uses"] {
        refused(&with(&[key], Json::Int(1)), "not an array");
    }
    for key in ["program", "math"] {
        refused(&with(&[key], Json::str("0")), "not an integer");
    }
    refused(&with(&["outputs"], Json::Array(vec![])), "not an object");
    refused(&with(&["inputs", "0"], Json::Null), "not an object");
    refused(&with(&["inputs", "0", "value"], Json::Int(0)), "not a string");
    refused(&with(&["ops", "0"], Json::str("add@1")), "not an object");
    refused(&with(&["ops", "0", "in"], Json::str("x0")), "not an array");
    refused(&with(&["ops", "0", "in", "0"], Json::Null), "not a string");
    refused(&with(&["ops", "0", "out"], Json::str("v0")), "not an array");
    refused(&with(&["ops", "0", "tensors"], Json::Null), "not an object");
    refused(&with(&["ops", "0", "tensors", "operand"], Json::Int(0)), "not a string");
    refused(&with(&["outputs", "first"], Json::Bool(true)), "not a string");
}

#[test]
fn fields_that_are_not_there_or_unknown_or_twice() {
    let without = |object: &mut Json, index: usize| match object {
        Json::Object(entries) => entries.remove(index).0,
        _ => panic!("no object"),
    };
    for index in 0..6 {
        refused(&changed(|json| drop(without(json, index))), "has no field");
    }
    for index in 0..5 {
        // in, op, origin, out, tensors
        let test = changed(|json| drop(without(entry(member(json, "ops"), 0), index)));
        refused(
            &test,
            if index == 4 {
                "the tensor operand is not there"
            } else {
                "has no field"
            },
        );
    }
    refused(&changed(|json| push(json, "zzz", Json::Null)), "unknown field 'zzz'");
    refused(&changed(|json| push(json, "uses", Json::Null)), "do not ascend");
    let in_op = |key: &str| changed(|json| push(entry(member(json, "ops"), 0), key, Json::Null));
    refused(&in_op("zzz"), "unknown field 'zzz'");
    refused(&in_op("out"), "do not ascend");
    let in_input = changed(|json| push(entry(member(json, "inputs"), 0), "zzz", Json::Null));
    refused(&in_input, "unknown field 'zzz'");
}

fn push(object: &mut Json, key: &str, value: Json) {
    match object {
        Json::Object(entries) => entries.push((key.to_string(), value)),
        _ => panic!("no object"),
    }
}

#[test]
fn inputs_are_features_each_once() {
    refused(
        &with(&["inputs", "0", "feature"], Json::str("zz")),
        "no feature of the schema",
    );
    refused(&with(&["inputs", "1", "feature"], Json::str("a")), "an input twice");
    taken(&with(&["inputs", "0", "value"], Json::str("x0")));
    refused(&with(&["inputs", "1", "value"], Json::str("x0")), "defined twice");
}

#[test]
fn values_have_plain_names_and_are_defined_before_they_are_used() {
    for name in ["", "a b", "ż", "a.b", &"v".repeat(65)] {
        refused(&with(&["ops", "1", "out", "0"], Json::str(name)), "no name for a value");
    }
    refused(&with(&["ops", "1", "out", "0"], Json::str("v0")), "defined twice");
    refused(&with(&["ops", "1", "out", "0"], Json::str("x1")), "defined twice");
    refused(&with(&["ops", "0", "in", "0"], Json::str("v1")), "no value 'v1' yet");
    refused(&with(&["ops", "0", "in", "0"], Json::str("v0")), "no value 'v0' yet");
    refused(&with(&["ops", "0", "out"], Json::Array(vec![])), "one name");
    let two = Json::Array(vec![Json::str("v0"), Json::str("v9")]);
    refused(&with(&["ops", "0", "out"], two), "one name");
}

#[test]
fn errors_name_index_operation_and_origin() {
    let error = with(&["ops", "1", "in", "0"], Json::str("x0"))
        .check()
        .expect_err("a code is needed");
    assert!(
        error.to_string().contains("operation 1 (lookup@1, from 'step1')"),
        "{error}"
    );
    let long = Json::str("o".repeat(1025));
    refused(&with(&["ops", "0", "origin"], long), "origin");
}

#[test]
fn uses_is_sorted_and_exact() {
    let uses = |names: &[&str]| {
        with(
            &["uses"],
            Json::Array(names.iter().map(|name| Json::str(*name)).collect()),
        )
    };
    taken(&uses(&["add@1", "lookup@1"]));
    refused(&uses(&["lookup@1", "add@1"]), "ascending");
    refused(&uses(&["add@1", "add@1", "lookup@1"]), "ascending");
    refused(&uses(&["add@1", "clip@1", "lookup@1"]), "clip@1");
    refused(&uses(&["lookup@1"]), "add@1");
    refused(&with(&["ops", "0", "op"], Json::str("add@2")), "add@2");
}

#[test]
fn every_tensor_belongs_to_one_operation() {
    refused(
        &with(&["ops", "0", "tensors", "operand"], Json::str("t9")),
        "not in the file",
    );
    refused(&with(&["ops", "1", "tensors", "table"], Json::str("t0")), "named twice");
    refused(
        &with(&["ops", "0", "tensors"], Json::object([("value", Json::str("t0"))])),
        "unknown tensor 'value'",
    );
    let none = Json::object::<&str>([]);
    refused(&with(&["ops", "0", "tensors"], none), "left out");
    // t1 is named by nobody
    let mut test = valid();
    let mut build = Build::new();
    build.op(
        "add@1",
        &[],
        &[],
        &[
            ("a", Fitted::f64s(&[1.0])),
            ("b", Fitted::f64s(&[1.0])),
            ("c", Fitted::f64s(&[1.0])),
        ],
    );
    let table = Fitted::f64s(&[1.0; 4]).shaped(&[4, 1]);
    let value = build.op("lookup@1", &[], &[], &[("table", table)]);
    build.output("first", &value, "float64", 1);
    test.tensors = build.finish().tensors;
    *member(entry(member(&mut test.json, "ops"), 1), "tensors") = Json::object([("table", Json::str("t3"))]);
    refused(&test, "no operation names the tensor 't1'");
}

#[test]
fn outputs_are_those_of_the_schema() {
    let outputs = |entries: &[(&str, &str)]| {
        let entries: Vec<_> = entries.iter().map(|(name, value)| (*name, Json::str(*value))).collect();
        with(&["outputs"], Json::object(entries))
    };
    taken(&outputs(&[("first", "v1"), ("second", "v0")]));
    taken(&outputs(&[("first", "v1"), ("second", "v1")]));
    taken(&outputs(&[("first", "x0"), ("second", "v1")]));
    refused(&outputs(&[("first", "v0")]), "1 outputs, 2 in the schema");
    refused(
        &outputs(&[("first", "v0"), ("second", "v1"), ("third", "v1")]),
        "3 outputs",
    );
    refused(&outputs(&[("first", "v0"), ("third", "v1")]), "no output second");
    refused(&outputs(&[("first", "v0"), ("second", "v7")]), "is no value");
    refused(
        &outputs(&[("first", "v0"), ("second", "x1")]),
        "the output second is a code[1], in the schema f64[1]",
    );
}

#[test]
fn outputs_have_type_width_and_density_of_the_schema() {
    let output = |dtype, columns, sparse: bool| {
        let mut build = Build::new();
        let mut value = build.op("constant@1", &[], &[], &[("value", Fitted::f64s(&[1.0, 2.0]))]);
        if sparse {
            value = build.op("to_sparse@1", &[&value], &[], &[]);
        }
        build.output("first", &value, dtype, columns);
        build.finish()
    };
    taken(&output("float64", 2, false));
    refused(&output("float64", 1, false), "f64[2], in the schema f64[1]");
    refused(&output("float32", 2, false), "f64[2], in the schema f32[2]");
    refused(&output("int64", 2, false), "in the schema i64[2]");
    refused(&output("float64", 2, true), "sparse f64[2]");
}

#[test]
fn a_value_has_a_column() {
    let mut build = Build::new();
    let value = build.op("constant@1", &[], &[], &[("value", Fitted::f64s(&[]))]);
    build.output("first", &value, "float64", 1);
    refused(&build.finish(), "has no column");
}

/// `x` repeated `count` times by operations that each double the width, then once more.
fn wide(doublings: usize, sparse: bool) -> TestProgram {
    let mut build = Build::new();
    let x = build.feature("x", "float64");
    let mut value = if sparse {
        build.op("to_sparse@1", &[&x], &[], &[])
    } else {
        x.clone()
    };
    for _ in 0..doublings {
        value = build.op("concat@1", &[&value, &value], &[], &[]);
    }
    build.output("first", &x, "float64", 1);
    build.finish()
}

#[test]
fn widths_are_limited() {
    assert_eq!(MAX_DENSE_COLUMNS, 1 << 20);
    taken(&wide(19, false)); // 1 + 2 + … + 2^19 is less than 2^20
    refused_with(&wide(20, false), ErrorCode::Limit, "dense");
    taken(&wide(20, true));
    refused_with(&wide(24, true), ErrorCode::Limit, "sparse");
    refused_with(&wide(80, true), ErrorCode::Limit, "sparse");
}

#[test]
fn columns_read_are_limited() {
    let mut build = Build::new();
    let x = build.feature("x", "float64");
    let mut wide = x.clone();
    for _ in 0..19 {
        wide = build.op("concat@1", &[&wide, &wide], &[], &[]);
    }
    let many = vec![wide.as_str(); MAX_COLUMNS_READ >> 19];
    build.op("columns@1", &many, &[], &[("index", Fitted::u32s(&[0]))]);
    build.output("first", &x, "float64", 1);
    refused_with(&build.finish(), ErrorCode::Limit, "read");
}

#[test]
fn operations_are_limited() {
    let program = |count: usize| {
        let mut build = Build::new();
        let x = build.feature("x", "float64");
        for _ in 0..count {
            build.op("row_sum@1", &[&x], &[], &[]);
        }
        build.output("first", &x, "float64", 1);
        build.finish()
    };
    taken(&program(MAX_OPS));
    refused_with(&program(MAX_OPS + 1), ErrorCode::Limit, "operations");
}
