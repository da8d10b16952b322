use super::*;
use crate::safetensors::{to_bytes, Dtype, TensorData};
use crate::{Class, NullIs, OutputType, Policy};

const OUTPUT: &str = r#"{"columns":1,"dtype":"float64","name":"value"}"#;

fn feature(name: &str, dtype: &str, missing: &str, unseen: &str) -> String {
    format!(
        r#"{{"dtype":"{dtype}","missing":{missing},"name":"{name}","null_is":"nan","optional":false,"unseen":{unseen}}}"#
    )
}

fn plain(name: &str, dtype: &str) -> String {
    feature(name, dtype, r#""model""#, r#""model""#)
}

fn schema(features: &[String], outputs: &[&str], dictionaries: Option<Vec<u8>>) -> Result<Schema> {
    let text = format!(
        r#"{{"features":[{}],"keys":[],"outputs":[{}]}}"#,
        features.join(","),
        outputs.join(",")
    );
    Schema::parse(text.as_bytes(), dictionaries.map(Bytes::from))
}

fn dictionary(index: usize) -> Vec<u8> {
    let offsets: Vec<u8> = [0u64, 1, 2].iter().flat_map(|offset| offset.to_le_bytes()).collect();
    let names = [format!("{index}.bytes"), format!("{index}.offsets")];
    let bytes = TensorData {
        name: &names[0],
        dtype: Dtype::U8,
        shape: &[2],
        data: b"ab",
    };
    to_bytes(
        &[
            bytes,
            TensorData {
                name: &names[1],
                dtype: Dtype::U64,
                shape: &[3],
                data: &offsets,
            },
        ],
        &[],
    )
    .expect("valid")
}

fn code(result: Result<Schema>) -> ErrorCode {
    result.expect_err("must be refused").code()
}

#[test]
fn a_schema_answers_what_a_row_holds() {
    let features = [
        plain("hour", "int64"),
        feature("carrier", "string", r#""reject""#, r#"{"default":"b"}"#),
    ];
    let schema = schema(&features, &[OUTPUT], Some(dictionary(1))).expect("valid");
    assert_eq!(schema.features[1].missing, Policy::Reject);
    assert_eq!(schema.features[1].unseen, Policy::Default(1));
    assert_eq!(schema.features[0].null_is, NullIs::Nan);
    assert_eq!(schema.feature_index("carrier"), Ok(1));
    assert_eq!(schema.output_index("value"), Some(0));
    let error = schema.feature_index("carier").expect_err("misspelt");
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::FeatureUnknown, Some("did you mean 'carrier'?"))
    );
}

#[test]
fn the_token_changes_with_schema_and_dictionaries() {
    let features = [plain("carrier", "string")];
    let token = |dictionaries: Vec<u8>| schema(&features, &[OUTPUT], Some(dictionaries)).expect("valid").token();
    let mut other = dictionary(0);
    let at = other.windows(2).position(|window| window == b"ab").expect("the bytes");
    other[at] = b'c';
    assert_ne!(token(dictionary(0)), token(other));
    assert_eq!(token(dictionary(0)), token(dictionary(0)));
    let numbers = |name| {
        schema(&[plain(name, "float64")], &[OUTPUT], None)
            .expect("valid")
            .token()
    };
    assert_ne!(numbers("a"), numbers("b"));
}

#[test]
fn a_default_is_a_known_value_of_the_feature() {
    let with = |dtype: &str, default: &str| {
        let dictionaries = (dtype == "string").then(|| dictionary(0));
        schema(
            &[feature(
                "x",
                dtype,
                &format!(r#"{{"default":{default}}}"#),
                r#""model""#,
            )],
            &[OUTPUT],
            dictionaries,
        )
    };
    for (dtype, default, cell) in [
        ("float64", r#"{"f64":"bff0000000000000"}"#, (-1.0f64).to_bits()),
        ("float32", "3", 3.0f64.to_bits()),
        ("int64", r#"{"i64":"9223372036854775807"}"#, i64::MAX as u64),
        ("timestamp", "-5", -5i64 as u64),
        ("bool", "true", 1),
        ("string", "\"b\"", 1),
    ] {
        assert_eq!(
            with(dtype, default).expect(dtype).features[0].missing,
            Policy::Default(cell),
            "{dtype}"
        );
    }
    for (dtype, default) in [
        ("float64", r#"{"f64":"7ff8000000000000"}"#),
        ("float64", "\"1\""),
        ("float32", r#"{"f64":"3fb999999999999a"}"#),
        ("int64", r#"{"f64":"3ff0000000000000"}"#),
        ("int64", r#"{"i64":"-9223372036854775808"}"#),
        ("bool", "1"),
        ("string", "\"c\""),
        ("string", "null"),
    ] {
        assert_eq!(code(with(dtype, default)), ErrorCode::Schema, "{dtype} {default}");
    }
}

#[test]
fn malformed_features_are_refused() {
    let one = |feature: String| schema(&[feature], &[OUTPUT], None);
    for bad in [
        plain("", "float64"),
        plain(&"x".repeat(1025), "float64"),
        plain("x", "float16"),
        feature("x", "float64", r#""keep""#, r#""model""#),
        feature("x", "float64", r#"{"default":1,"other":2}"#, r#""model""#),
        feature("x", "float64", r#""model""#, r#""reject""#),
        plain("x", "float64").replace("nan", "null"),
        plain("x", "float64").replace("false", "0"),
        plain("x", "string"),
        "{}".to_owned(),
        "1".to_owned(),
    ] {
        assert_eq!(code(one(bad.clone())), ErrorCode::Schema, "{bad}");
    }
    assert_eq!(
        code(schema(&[plain("x", "bool"), plain("x", "bool")], &[OUTPUT], None)),
        ErrorCode::Schema
    );
    assert_eq!(
        code(schema(&[plain("x", "bool")], &[OUTPUT], Some(dictionary(0)))),
        ErrorCode::Schema
    );
    assert_eq!(
        code(schema(&[plain("x", "string")], &[OUTPUT], Some(dictionary(1)))),
        ErrorCode::Schema
    );
    let text = br#"{"features":[],"keys":[],"outputs":[]} "#;
    assert_eq!(code(Schema::parse(text, None)), ErrorCode::Json);
}

#[test]
fn partition_keys_are_features_of_three_types() {
    let with_keys = |keys: &str| {
        let features = [
            plain("country", "string"),
            plain("zone", "int64"),
            plain("express", "bool"),
            plain("distance", "float64"),
        ];
        let text = format!(
            r#"{{"features":[{}],"keys":{keys},"outputs":[{OUTPUT}]}}"#,
            features.join(",")
        );
        Schema::parse(text.as_bytes(), Some(dictionary(0).into()))
    };
    let schema = with_keys(r#"["express","country","zone"]"#).expect("valid");
    assert_eq!(schema.keys, [2, 0, 1]);
    assert!(with_keys("[]").expect("valid").keys.is_empty());
    for keys in [
        r#"["city"]"#,
        r#"["distance"]"#,
        r#"["zone","zone"]"#,
        r#"[{"name":"zone"}]"#,
        r#""zone""#,
    ] {
        assert_eq!(code(with_keys(keys)), ErrorCode::Schema, "{keys}");
    }
    let many = format!("[{}]", [r#""zone""#; 17].join(","));
    assert_eq!(code(with_keys(&many)), ErrorCode::Limit);
}

#[test]
fn outputs_name_their_classes() {
    let label = r#"{"classes":{"dtype":"string","numpy":"|O","values":["no","yes"]},"columns":1,"dtype":"int64","name":"label"}"#;
    let probability = label.replace(
        "\"columns\":1,\"dtype\":\"int64\",\"name\":\"label\"",
        "\"columns\":2,\"dtype\":\"float64\",\"name\":\"probability\"",
    );
    let schema = schema(&[], &[label, &probability], None).expect("valid");
    assert_eq!(schema.outputs[0].dtype, OutputType::Int64);
    assert_eq!(schema.outputs[1].classes[0].values[1], Class::Text("yes".to_owned()));
}

#[test]
fn a_probability_of_several_labels_needs_no_classes() {
    let probability = r#"{"columns":2,"dtype":"float32","name":"probability"}"#;
    let found = schema(&[], &[probability], None).expect("valid");
    assert!(found.outputs[0].classes.is_empty());
}

#[test]
fn malformed_outputs_are_refused() {
    let classes = |values: &str, dtype: &str| format!(r#"{{"dtype":"{dtype}","numpy":"<i8","values":[{values}]}}"#);
    let label = |classes: &str, columns: u32, dtype: &str| {
        format!(r#"{{"classes":{classes},"columns":{columns},"dtype":"{dtype}","name":"label"}}"#)
    };
    let two = classes("0,1", "int64");
    assert!(schema(&[], &[&label(&format!("[{two},{two}]"), 2, "int64")], None).is_ok());
    for bad in [
        OUTPUT.replace("value", "Value"),
        OUTPUT.replace("value", ""),
        OUTPUT.replace("float64", "string"),
        OUTPUT.replace("float64", "int64"),
        OUTPUT.replace("\"columns\":1", "\"columns\":0"),
        OUTPUT.replace("\"columns\":1", "\"columns\":1048577"),
        OUTPUT.replace("value", "label"),
        OUTPUT.replace("value", "probability"),
        label(&two, 1, "float64"),
        label(&two, 2, "int64"),
        label(&format!("[{two}]"), 1, "int64"),
        label(&classes("0,0", "int64"), 1, "int64"),
        label(&classes("", "int64"), 1, "int64"),
        label(&classes("0,true", "int64"), 1, "int64"),
        label(&classes("0", "int32"), 1, "int64"),
        label(
            &classes(r#"{"f64":"0000000000000000"},{"f64":"8000000000000000"}"#, "float64"),
            1,
            "int64",
        ),
        label(&classes(r#"{"f64":"7ff8000000000000"}"#, "float64"), 1, "int64"),
        label(&two.replace("<i8", "<i 8"), 1, "int64"),
    ] {
        assert_eq!(code(schema(&[], &[&bad], None)), ErrorCode::Schema, "{bad}");
    }
    assert_eq!(code(schema(&[], &[], None)), ErrorCode::Schema);
    assert_eq!(code(schema(&[], &[OUTPUT, OUTPUT], None)), ErrorCode::Schema);
}
