//! Each operation: what it takes, and everything that is wrong with inputs, options and tensors.

use super::{op, refused, taken};
use crate::testing::Fitted;

fn f64s(values: &[f64]) -> Fitted {
    Fitted::f64s(values)
}

fn f32s(values: &[f32]) -> Fitted {
    Fitted::f32s(values)
}

#[test]
fn inputs_are_counted() {
    for (name, options) in [
        ("cast@1", vec![("to", "f64")]),
        ("to_sparse@1", vec![]),
        ("argmax@1", vec![]),
    ] {
        refused(&op(name, "", &options, &[]), "takes one input, not 0");
        refused(&op(name, "dd", &options, &[]), "takes one input, not 2");
    }
    refused(
        &op("constant@1", "d", &[], &[("value", f64s(&[1.0]))]),
        "takes no input",
    );
    refused(&op("concat@1", "", &[], &[]), "at least one input");
    refused(&op("add@1", "ddd", &[], &[]), "takes one input, not 3");
}

#[test]
fn options_are_known_and_complete() {
    refused(&op("cast@1", "d", &[], &[]), "the option to is not there");
    refused(&op("cast@1", "d", &[("to", "f16")], &[]), "unknown value 'f16'");
    refused(
        &op("cast@1", "d", &[("to", "f32"), ("from", "f64")], &[]),
        "unknown field 'from'",
    );
    refused(&op("softmax@1", "D", &[("form", "")], &[]), "unknown value ''");
}

#[test]
fn columns() {
    let index = |inputs, index: &[u32]| op("columns@1", inputs, &[], &[("index", Fitted::u32s(index))]);
    taken(&index("Dd", &[3, 0]));
    taken(&index("Z", &[2, 2]));
    taken(&index("tt", &[1]));
    refused(&index("Dd", &[4]), "names column 4 of 4");
    refused(&index("Dd", &[u32::MAX]), "names column 4294967295");
    refused(&index("Dd", &[]), "has no column");
    refused(&index("Ds", &[0]), "one kind and density");
    refused(&index("DZ", &[0]), "one kind and density");
    refused(&index("c", &[0]), "does not take a code");
    refused(
        &op("columns@1", "d", &[], &[("index", Fitted::i32s(&[0]))]),
        "I32[1], not U32[1]",
    );
    refused(
        &op("columns@1", "d", &[], &[("index", Fitted::u32s(&[0]).shaped(&[1, 1]))]),
        "not U32[1]",
    );
    refused(
        &op("columns@1", "d", &[], &[("index", Fitted::u32s(&[0]).shaped(&[]))]),
        "not U32[0]",
    );
}

#[test]
fn concat_and_constant() {
    taken(&op("concat@1", "dD", &[], &[]));
    taken(&op("concat@1", "b", &[], &[]));
    refused(&op("concat@1", "cc", &[], &[]), "does not take a code");
    refused(&op("concat@1", "ib", &[], &[]), "one kind");
    taken(&op("constant@1", "", &[], &[("value", f32s(&[f32::NAN]))]));
    refused(
        &op("constant@1", "", &[], &[("value", f64s(&[1.0]).shaped(&[1, 1]))]),
        "not F64[1]",
    );
    refused(
        &op("constant@1", "", &[], &[("value", Fitted::i64s(&[1]))]),
        "I64[1], not F64[1]",
    );
}

#[test]
fn casts_and_density() {
    for input in ["d", "s", "i", "b", "Z", "S"] {
        taken(&op("cast@1", input, &[("to", "f32")], &[]));
    }
    refused(&op("cast@1", "t", &[("to", "f64")], &[]), "does not take time");
    refused(&op("cast@1", "c", &[("to", "f64")], &[]), "does not take a code");
    taken(&op("to_sparse@1", "S", &[], &[]));
    refused(&op("to_sparse@1", "Z", &[], &[]), "dense");
    refused(&op("to_sparse@1", "i", &[], &[]), "takes floats, not i64");
    for name in ["to_dense@1", "absent_to_nan@1"] {
        taken(&op(name, "Z", &[], &[]));
        refused(&op(name, "D", &[], &[]), "takes a sparse value");
        refused(&op(name, "c", &[], &[]), "takes floats");
    }
}

#[test]
fn require() {
    let require = |input, form, tensors: &[(&str, Fitted)]| op("require@1", input, &[("form", form)], tensors);
    let allowed = |flags: &[u8]| [("allowed", Fitted::u8s(flags))];
    for form in ["finite", "finite_or_nan", "fits_f32", "fits_f32_or_nan"] {
        taken(&require("Z", form, &[]));
        taken(&require("S", form, &[]));
        refused(&require("i", form, &[]), "takes floats");
        refused(&require("d", form, &allowed(&[1; 5])), "no use for the tensor allowed");
    }
    for input in ["d", "i", "b", "t", "c", "Z"] {
        taken(&require(input, "present", &[]));
    }
    taken(&require("c", "allowed", &allowed(&[1, 0, 1, 0, 0])));
    taken(&require("c", "allowed", &allowed(&[1, 0, 0])));
    refused(&require("c", "allowed", &[]), "tensor allowed is not there");
    refused(&require("c", "allowed", &allowed(&[1, 0])), "2 rows for 2 categories");
    refused(&require("c", "allowed", &allowed(&[1; 6])), "6 rows for 2 categories");
    refused(
        &require("c", "allowed", &allowed(&[2, 0, 0, 0, 0])),
        "other numbers than 0 and 1",
    );
    refused(&require("d", "allowed", &allowed(&[1; 5])), "takes a code, not f64");
}

#[test]
fn impute_and_is_missing() {
    let impute = |input, missing, tensors: &[(&str, Fitted)]| op("impute@1", input, &[("missing", missing)], tensors);
    taken(&impute("D", "nan", &[("fill", f64s(&[1.0; 3]))]));
    taken(&impute(
        "D",
        "value",
        &[("fill", f64s(&[1.0; 3])), ("value", f64s(&[0.0]))],
    ));
    refused(&impute("D", "nan", &[("fill", f64s(&[1.0; 2]))]), "F64[2], not F64[3]");
    refused(&impute("D", "nan", &[("fill", f32s(&[1.0; 3]))]), "F32[3], not F64[3]");
    refused(
        &impute("D", "nan", &[("fill", f64s(&[1.0; 3])), ("value", f64s(&[0.0]))]),
        "no use for the tensor value",
    );
    refused(
        &impute("D", "value", &[("fill", f64s(&[1.0; 3]))]),
        "tensor value is not there",
    );
    refused(
        &impute("D", "value", &[("fill", f64s(&[1.0; 3])), ("value", f64s(&[f64::NAN]))]),
        "NaN",
    );
    refused(&impute("Z", "nan", &[("fill", f64s(&[1.0; 3]))]), "dense");
    refused(&impute("i", "null", &[("fill", Fitted::i32s(&[1]))]), "takes floats");
    let code = |missing, fill: i32| impute("c", missing, &[("fill", Fitted::i32s(&[fill]))]);
    for fill in [-3, -2, -1, 0, 1] {
        taken(&code("null", fill));
    }
    refused(&code("null", 2), "holds 2, no code of 2 categories");
    refused(&code("null", -4), "holds -4");
    refused(
        &impute("c", "nan", &[("fill", Fitted::i32s(&[1, 1]))]),
        "I32[2], not I32[1]",
    );
    let value = |code: i32| {
        op(
            "is_missing@1",
            "c",
            &[("missing", "value")],
            &[("value", Fitted::i32s(&[code]))],
        )
    };
    taken(&value(1));
    refused(&value(2), "none of 2 categories");
    refused(&value(-1), "none of 2 categories");
    for input in ["D", "s", "i", "b", "c"] {
        taken(&op("is_missing@1", input, &[("missing", "nan_or_null")], &[]));
    }
    refused(
        &op("is_missing@1", "t", &[("missing", "null")], &[]),
        "does not take time",
    );
    refused(&op("is_missing@1", "Z", &[("missing", "nan")], &[]), "dense");
    refused(
        &op(
            "is_missing@1",
            "i",
            &[("missing", "value")],
            &[("value", Fitted::i32s(&[1]))],
        ),
        "takes floats",
    );
}

#[test]
fn numbers() {
    let affine = |input, form, tensors: &[(&str, Fitted)]| op("affine@1", input, &[("form", form)], tensors);
    let three = || f64s(&[1.0; 3]);
    taken(&affine("D", "sub_div", &[("a", three()), ("b", three())]));
    taken(&affine("Z", "div", &[("a", three())]));
    refused(&affine("Z", "sub", &[("a", three())]), "dense");
    refused(&affine("Z", "mul_add", &[("a", three()), ("b", three())]), "dense");
    refused(&affine("D", "sub_div", &[("a", three())]), "tensor b is not there");
    refused(
        &affine("D", "mul", &[("a", three()), ("b", three())]),
        "no use for the tensor b",
    );
    refused(&affine("D", "mul", &[("a", f64s(&[1.0]))]), "F64[1], not F64[3]");
    refused(&affine("S", "mul", &[("a", three())]), "F64[3], not F32[3]");
    refused(&affine("i", "mul", &[("a", f64s(&[1.0]))]), "takes floats");
    refused(&op("clip@1", "D", &[], &[("low", three())]), "tensor high is not there");
    refused(&op("clip@1", "Z", &[], &[("low", three()), ("high", three())]), "dense");
    taken(&op("add@1", "Dd", &[], &[]));
    taken(&op("mul@1", "DD", &[], &[]));
    taken(&op("div@1", "D", &[], &[("operand", three())]));
    taken(&op("div@1", "D", &[], &[("operand", f64s(&[1.0]))]));
    refused(&op("add@1", "dD", &[], &[]), "nor one column");
    refused(&op("add@1", "DS", &[], &[]), "first one's type");
    refused(&op("add@1", "DZ", &[], &[]), "dense");
    refused(
        &op("add@1", "Dd", &[], &[("operand", f64s(&[1.0]))]),
        "no use for the tensor operand",
    );
    refused(&op("add@1", "D", &[], &[]), "tensor operand is not there");
    refused(
        &op("add@1", "D", &[], &[("operand", f64s(&[1.0; 2]))]),
        "F64[2], not F64[3]",
    );
    taken(&op("math@1", "S", &[("function", "exp")], &[]));
    refused(
        &op("math@1", "S", &[("function", "tanh")], &[]),
        "tanh is not defined in f32",
    );
    refused(&op("math@1", "Z", &[("function", "abs")], &[]), "dense");
    taken(&op(
        "compare@1",
        "S",
        &[("comparison", "gt")],
        &[("constant", f32s(&[0.0]))],
    ));
    refused(
        &op("compare@1", "S", &[("comparison", "gt")], &[("constant", f64s(&[0.0]))]),
        "not F32[1]",
    );
}

#[test]
fn categories() {
    let table = |rows: usize, columns: usize| f64s(&vec![0.0; rows * columns]).shaped(&[rows, columns]);
    taken(&op("lookup@1", "c", &[], &[("table", table(5, 2))]));
    taken(&op("lookup@1", "c", &[], &[("table", table(3, 2))]));
    refused(&op("lookup@1", "c", &[], &[("table", table(2, 2))]), "2 rows");
    refused(&op("lookup@1", "c", &[], &[("table", table(6, 2))]), "6 rows");
    refused(&op("lookup@1", "c", &[], &[("table", table(5, 0))]), "has no column");
    refused(
        &op("lookup@1", "c", &[], &[("table", f64s(&[0.0; 5]))]),
        "two dimensions",
    );
    refused(
        &op("lookup@1", "d", &[], &[("table", table(5, 1))]),
        "takes a code, not f64",
    );
    refused(&op("missing_as@1", "d", &[("to", "nan")], &[]), "takes a code");
    let hot = |column: &[i32], width: u32| {
        op(
            "one_hot@1",
            "c",
            &[],
            &[("column", Fitted::i32s(column)), ("width", Fitted::u32s(&[width]))],
        )
    };
    taken(&hot(&[0, 1, -1, -1, 4], 5));
    refused(&hot(&[0, 1, -1, -1, 5], 5), "holds 5, no column of 5");
    refused(&hot(&[0, 1, -2, -1, -1], 5), "holds -2");
    refused(&hot(&[-1; 5], 6), "6 columns for 5 rows");
    refused(&hot(&[-1; 5], u32::MAX), "4294967295 columns");
    refused(&hot(&[-1; 5], 0), "has no column");
    refused(&hot(&[0], 1), "1 rows");
    let number = |input, values: Fitted| op("number_code@1", input, &[], &[("values", values)]);
    taken(&number("d", f64s(&[0.0, f64::INFINITY, -1.0])));
    taken(&number("d", f64s(&[])));
    taken(&number("i", Fitted::i64s(&[i64::MAX, 0])));
    refused(&number("d", f64s(&[0.0, -0.0])), "twice");
    refused(&number("d", f64s(&[1.0, f64::NAN])), "NaN");
    refused(&number("i", Fitted::i64s(&[3, 3])), "twice");
    refused(&number("i", f64s(&[3.0])), "not I64[1]");
    refused(&number("s", f32s(&[3.0])), "takes f64 or i64");
    refused(&number("D", f64s(&[3.0])), "one dense column");
}

#[test]
fn models_and_links() {
    let weight = |rows: usize, columns: usize| f64s(&vec![1.0; rows * columns]).shaped(&[rows, columns]);
    let linear =
        |input, bias, tensors: &[(&str, Fitted)]| op("linear@1", input, &[("bias", bias), ("nan", "keep")], tensors);
    taken(&linear(
        "Z",
        "last",
        &[("weight", weight(3, 2)), ("bias", f64s(&[0.0; 2]))],
    ));
    taken(&linear("D", "none", &[("weight", weight(3, 1))]));
    refused(
        &linear("D", "none", &[("weight", weight(2, 1))]),
        "F64[2, 1], not F64[3, 1]",
    );
    refused(
        &linear("D", "none", &[("weight", f64s(&[1.0; 3]))]),
        "F64[3], not F64[3, 0]",
    );
    refused(&linear("D", "none", &[("weight", weight(3, 0))]), "has no column");
    refused(
        &linear("D", "none", &[("weight", weight(3, 1)), ("bias", f64s(&[0.0]))]),
        "no use for the tensor bias",
    );
    refused(
        &linear("D", "first", &[("weight", weight(3, 1))]),
        "tensor bias is not there",
    );
    refused(
        &linear("D", "last", &[("weight", weight(3, 2)), ("bias", f64s(&[0.0]))]),
        "F64[1], not F64[2]",
    );
    refused(&linear("S", "none", &[("weight", weight(3, 1))]), "not F32[3, 1]");
    let scale = || [("scale", f64s(&[1.0]))];
    taken(&op("sigmoid@1", "D", &[("form", "lightgbm")], &scale()));
    refused(
        &op("sigmoid@1", "D", &[("form", "lightgbm")], &[]),
        "tensor scale is not there",
    );
    refused(
        &op("sigmoid@1", "S", &[("form", "lightgbm")], &scale()),
        "the form lightgbm takes f64",
    );
    refused(
        &op("sigmoid@1", "D", &[("form", "xgboost_f32")], &[]),
        "the form xgboost_f32 takes f32",
    );
    refused(
        &op("sigmoid@1", "D", &[("form", "expit")], &scale()),
        "no use for the tensor scale",
    );
    taken(&op("softmax@1", "S", &[("form", "numpy")], &[]));
    refused(&op("softmax@1", "D", &[("form", "xgboost_f32")], &[]), "takes f32");
    refused(&op("softmax@1", "S", &[("form", "lightgbm")], &[]), "takes f64");
    refused(&op("complement@1", "D", &[], &[]), "one column");
    for name in ["row_sum@1", "normalise_rows@1", "sort_row@1", "argmax@1"] {
        taken(&op(name, "S", &[], &[]));
        refused(&op(name, "Z", &[], &[]), "dense");
        refused(&op(name, "b", &[], &[]), "takes floats, not bool");
    }
}
