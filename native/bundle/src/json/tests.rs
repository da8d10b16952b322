use super::{parse, parse_any_spelling, Json};
use crate::ErrorCode;

fn code(text: impl AsRef<[u8]>) -> ErrorCode {
    parse(text.as_ref()).expect_err("must be refused").code()
}

#[test]
fn a_canonical_text_comes_back_byte_for_byte() {
    for text in [
        "null",
        "true",
        "0",
        "-1",
        "9007199254740991",
        "-9007199254740991",
        "\"\"",
        "[]",
        "{}",
        "[1,[2,[]],{}]",
        r#"{"A":1,"a":{"":null},"é":"ü\"\\\b\t\n\f\r\u0000\u001f/"}"#,
        "\"\u{7f}\u{2028}\u{10ffff}\"",
    ] {
        let value = parse(text.as_bytes()).expect(text);
        assert_eq!(value.to_bytes(), text.as_bytes());
    }
}

#[test]
fn any_other_spelling_is_refused() {
    for text in [
        "",
        " 1",
        "1 ",
        "1\n",
        "[1, 2]",
        "[1,]",
        "[,1]",
        "[1",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":1",
        "{a:1}",
        "{\"a\":1,\"a\":1}",
        "{\"b\":1,\"a\":1}",
        "01",
        "-0",
        "-",
        "+1",
        "1.0",
        "1e3",
        "1E3",
        "9007199254740992",
        "-9007199254740992",
        "123456789012345678901234567890",
        "NaN",
        "nul",
        "truefalse",
        "'a'",
        "\"a",
        "\"\t\"",
        r#""\/""#,
        r#""\u0041""#,
        r#""\u001F""#,
        r#""\u0009""#,
        r#""\ud800""#,
        r#""\x""#,
        r#""\"#,
        "\u{feff}1",
        "// c\n1",
    ] {
        assert_eq!(code(text), ErrorCode::Json, "{text:?}");
    }
    assert_eq!(code(b"\"\xff\""), ErrorCode::Json);
    assert_eq!(code(b"\"\xed\xa0\x80\""), ErrorCode::Json);
}

#[test]
fn depth_and_size_are_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(32).as_bytes()).is_ok());
    assert_eq!(code(nested(33)), ErrorCode::Limit);
    assert_eq!(code("[".repeat(1 << 20)), ErrorCode::Limit);
    assert_eq!(code(vec![b'1'; (8 << 20) + 1]), ErrorCode::Limit);
}

#[test]
fn numbers_that_json_cannot_hold_have_one_form() {
    let value = |text: &str| parse(text.as_bytes()).expect(text);
    assert_eq!(value(r#"{"f64":"3ff0000000000000"}"#).as_f64(), Some(1.0));
    assert_eq!(value(r#"{"f32":"3f800000"}"#).as_f32(), Some(1.0));
    assert_eq!(value(r#"{"f64":"3FF0000000000000"}"#).as_f64(), None);
    assert_eq!(value(r#"{"f64":"+ff0000000000000"}"#).as_f64(), None);
    assert_eq!(value(r#"{"i64":"-9223372036854775808"}"#).as_i64(), Some(i64::MIN));
    assert_eq!(value("17").as_i64(), Some(17));
    for text in [
        r#"{"i64":"17"}"#,
        r#"{"i64":"+9223372036854775807"}"#,
        r#"{"i64":"9223372036854775808"}"#,
    ] {
        assert_eq!(value(text).as_i64(), None, "{text}");
    }
}

#[test]
fn what_is_parsed_encodes_to_the_same_bytes_whatever_byte_is_changed() {
    let text = Json::object([
        ("name", Json::str("a\"b\u{1}é")),
        (
            "list",
            Json::Array(vec![
                Json::Int(-12),
                Json::Null,
                Json::Bool(true),
                Json::object([("x", Json::Int(0))]),
            ]),
        ),
    ])
    .to_bytes();
    for at in 0..text.len() {
        for byte in 0..=255 {
            let mut changed = text.clone();
            changed[at] = byte;
            if let Ok(value) = parse(&changed) {
                assert_eq!(value.to_bytes(), changed);
            }
        }
    }
}

#[test]
fn json_of_others_is_read_in_any_spelling_of_the_same_values() {
    let canonical = parse(br#"{"a":1,"b":"\u00e9"}"#);
    assert!(canonical.is_err(), "escapes that are not canonical");
    let value = parse_any_spelling(
        " \t\r\n{ \"b\" : { \"c\" : \"\\/\\u001F\\u007f\\u00e9\\ud83d\\ude00\" } , \"a\":[ 1 ,-2,null , true ] } "
            .as_bytes(),
    )
    .expect("the same value");
    let expected = "{\"a\":[1,-2,null,true],\"b\":{\"c\":\"/\\u001f\u{7f}é😀\"}}";
    assert_eq!(value.to_bytes(), expected.as_bytes());
    assert_eq!(parse(expected.as_bytes()).expect("canonical"), value);
}

#[test]
fn what_json_of_others_may_not_be() {
    for text in [
        "",
        "\u{feff}{}",
        "{\"a\":1,\"b\":2,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "[{\"x\":{\"a\":1,\"a\":1}}]",
        "1.0",
        "1e3",
        "01",
        "-0",
        "+1",
        "9007199254740992",
        "NaN",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ude00\"",
        "\"\\ude00\\ud83d\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\x41\"",
        "\"\\\"",
        "\"a\nb\"",
        "'a'",
        "{a:1}",
        "[1,]",
        "{\"a\":1,}",
        "[1] 2",
        "[1] // one",
        "\u{a0}1",
        "1\0",
    ] {
        let error = parse_any_spelling(text.as_bytes()).expect_err(text);
        assert_eq!(error.code(), ErrorCode::Json, "{text:?}");
    }
    assert!(parse_any_spelling(b"\"\xff\"").is_err());
    let deep = "[".repeat(33) + &"]".repeat(33);
    assert_eq!(
        parse_any_spelling(deep.as_bytes()).expect_err("deep").code(),
        ErrorCode::Limit
    );
}
