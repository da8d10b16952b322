use super::*;
use crate::{Bytes, Dictionary};

fn feature(dtype: FeatureType) -> Feature {
    let dictionary = Dictionary::new(Bytes::from(&b"JFKLGAEWR"[..]), &[0, 3, 6, 9]).expect("valid");
    Feature {
        name: "x".to_owned(),
        dtype,
        missing: Policy::Model,
        unseen: Policy::Model,
        null_is: NullIs::Nan,
        optional: false,
        dictionary: (dtype == FeatureType::String).then_some(dictionary),
    }
}

/// What a value becomes: its cell, or the name of the error.
fn cell(dtype: FeatureType, raw: Raw<'_>) -> std::result::Result<u64, &'static str> {
    normalise(&feature(dtype), raw).map_err(|error| {
        assert_eq!(error.feature(), Some("x"));
        error.code().name()
    })
}

const WRONG_TYPE: std::result::Result<u64, &str> = Err("WRONG_TYPE");
const NOT_EXACT: std::result::Result<u64, &str> = Err("NOT_EXACT");

#[test]
fn numbers_are_exact_or_refused() {
    use FeatureType::{Float32, Float64};
    for dtype in [Float64, Float32] {
        let bits = |value: f64| Ok(value.to_bits());
        assert_eq!(cell(dtype, Raw::F64(-0.0)), bits(-0.0));
        assert_eq!(cell(dtype, Raw::F64(f64::INFINITY)), bits(f64::INFINITY));
        assert_eq!(cell(dtype, Raw::F32(0.1)), bits(f64::from(0.1f32)));
        assert_eq!(cell(dtype, Raw::I64(17)), bits(17.0));
        assert_eq!(cell(dtype, Raw::I64(1 << 60)), bits((1u64 << 60) as f64));
        assert_eq!(cell(dtype, Raw::I64(i64::MIN)), bits(i64::MIN as f64));
        assert_eq!(cell(dtype, Raw::I64((1 << 53) + 1)), NOT_EXACT);
        assert_eq!(cell(dtype, Raw::I64(i64::MAX)), NOT_EXACT);
        assert_eq!(cell(dtype, Raw::U64(1 << 63)), bits((1u64 << 63) as f64));
        assert_eq!(cell(dtype, Raw::U64(u64::MAX)), NOT_EXACT);
        assert_eq!(cell(dtype, Raw::Bool(true)), bits(1.0));
        for raw in [Raw::Text(b"17"), Raw::Time(0), Raw::Code(0)] {
            assert_eq!(cell(dtype, raw), WRONG_TYPE, "{raw:?}");
        }
        assert_eq!(cell(dtype, Raw::Null), Ok(NUMBER_NAN));
        assert_eq!(cell(dtype, Raw::None), Ok(NUMBER_NULL));
        assert_eq!(
            cell(dtype, Raw::F64(f64::from_bits(NUMBER_NULL))),
            Ok(NUMBER_NAN),
            "a float cannot smuggle in a null"
        );
        assert_eq!(cell(dtype, Raw::F32(-f32::NAN)), Ok(NUMBER_NAN));
        assert_eq!(cell(dtype, Raw::Cell(NUMBER_NULL)), Ok(NUMBER_NULL));
        assert_eq!(cell(dtype, Raw::Cell(0xFFF8_0000_0000_0001)), Ok(NUMBER_NAN));
    }
}

#[test]
fn integers_take_whole_numbers_of_any_type() {
    let cell = |raw| cell(FeatureType::Int64, raw);
    assert_eq!(cell(Raw::F64(17.0)), Ok(17));
    assert_eq!(cell(Raw::F32(-3.0)), Ok(-3i64 as u64));
    assert_eq!(cell(Raw::F64(-0.0)), Ok(0));
    assert_eq!(cell(Raw::U64(i64::MAX as u64)), Ok(i64::MAX as u64));
    for raw in [
        Raw::F64(17.5),
        Raw::F64(9_223_372_036_854_775_808.0),
        Raw::F64(-9_223_372_036_854_775_808.0),
        Raw::F64(f64::INFINITY),
        Raw::F32(f32::NEG_INFINITY),
        Raw::U64(1 << 63),
        Raw::I64(i64::MIN),
    ] {
        assert_eq!(cell(raw), NOT_EXACT, "{raw:?}");
    }
    assert_eq!(cell(Raw::Bool(true)), Ok(1));
    for raw in [Raw::Text(b"17"), Raw::Time(1), Raw::Code(1)] {
        assert_eq!(cell(raw), WRONG_TYPE, "{raw:?}");
    }
    for raw in [Raw::Null, Raw::None, Raw::Nan, Raw::F64(f64::NAN)] {
        assert_eq!(cell(raw), Ok(INTEGER_MISSING), "{raw:?}");
    }
}

#[test]
fn bools_take_truth_values_and_0_and_1() {
    let cell = |raw| cell(FeatureType::Bool, raw);
    for raw in [
        Raw::Bool(true),
        Raw::I64(1),
        Raw::U64(1),
        Raw::F64(1.0),
        Raw::F32(1.0),
        Raw::Cell(1),
    ] {
        assert_eq!(cell(raw), Ok(1), "{raw:?}");
    }
    assert_eq!(cell(Raw::F64(-0.0)), Ok(0));
    for raw in [
        Raw::I64(2),
        Raw::I64(-1),
        Raw::U64(2),
        Raw::F64(0.5),
        Raw::F64(f64::INFINITY),
    ] {
        assert_eq!(cell(raw), NOT_EXACT, "{raw:?}");
    }
    for raw in [Raw::Text(b"true"), Raw::Time(0), Raw::Code(0), Raw::Cell(3)] {
        assert_eq!(cell(raw), WRONG_TYPE, "{raw:?}");
    }
    assert_eq!(cell(Raw::Null), Ok(BOOL_MISSING));
}

#[test]
fn times_take_instants_only() {
    let cell = |raw| cell(FeatureType::Timestamp, raw);
    assert_eq!(cell(Raw::Time(-1)), Ok(-1i64 as u64));
    assert_eq!(cell(Raw::Time(i64::MIN)), NOT_EXACT);
    assert_eq!(cell(Raw::Nan), Ok(INTEGER_MISSING));
    for raw in [Raw::I64(1), Raw::F64(1.0), Raw::Text(b"2026-11-24"), Raw::Bool(false)] {
        assert_eq!(cell(raw), WRONG_TYPE, "{raw:?}");
    }
}

#[test]
fn categories_are_text_by_its_exact_bytes() {
    let cell = |raw| cell(FeatureType::String, raw);
    assert_eq!(cell(Raw::Text(b"LGA")), Ok(1));
    for text in [&b"lga"[..], b"LGA ", b"", b"\0"] {
        assert_eq!(cell(Raw::Text(text)), Ok(CODE_UNSEEN as u64));
    }
    assert_eq!(cell(Raw::Text(b"\xff")), WRONG_TYPE);
    assert_eq!(cell(Raw::None), Ok(CODE_NONE as u64));
    assert_eq!(cell(Raw::F64(f64::NAN)), Ok(CODE_NAN as u64));
    assert_eq!(cell(Raw::Null), Ok(CODE_NAN as u64), "as null_is says");
    for code in -3i64..3 {
        assert_eq!(cell(Raw::Code(code)), Ok(code as u64));
        assert_eq!(cell(Raw::Cell(code as u64)), Ok(code as u64));
    }
    for code in [-4, 3, i64::MAX, i64::MIN] {
        assert_eq!(cell(Raw::Code(code)), WRONG_TYPE);
        assert_eq!(cell(Raw::Cell(code as u64)), WRONG_TYPE);
    }
    for raw in [Raw::I64(1), Raw::F64(1.0), Raw::Bool(true), Raw::Time(0)] {
        assert_eq!(cell(raw), WRONG_TYPE, "{raw:?}");
    }
}

#[test]
fn a_null_is_what_training_saw() {
    let mut string = feature(FeatureType::String);
    string.null_is = NullIs::None;
    assert_eq!(normalise(&string, Raw::Null), Ok(CODE_NONE as u64));
    string.optional = true;
    assert_eq!(string.absent(), Ok(CODE_NONE as u64));
    string.optional = false;
    assert_eq!(string.absent().expect_err("required").code(), ErrorCode::FeatureAbsent);
}

#[test]
fn a_number_that_is_no_f32_is_rounded_in_a_row_and_refused_in_a_matrix() {
    let float32 = feature(FeatureType::Float32);
    let cell = 0.1f64.to_bits();
    let row = admit(&float32, cell, Carrier::Row).expect("rounded");
    assert_eq!((f64::from_bits(row.cell), row.rounded), (f64::from(0.1f32), true));
    assert_eq!(
        admit(&float32, cell, Carrier::Matrix).expect_err("refused").code(),
        ErrorCode::NotExact
    );
    for value in [0.5, -0.0, f64::INFINITY, f64::from(f32::MIN_POSITIVE) / 2.0] {
        let admitted = admit(&float32, value.to_bits(), Carrier::Matrix).expect("exact");
        assert_eq!((admitted.cell, admitted.rounded), (value.to_bits(), false));
    }
    let too_large = admit(&float32, 1e300f64.to_bits(), Carrier::Row).expect_err("would be infinite");
    assert_eq!(too_large.code(), ErrorCode::NotExact);
    let tiny = admit(&float32, 1e-300f64.to_bits(), Carrier::Row).expect("rounded to zero, and counted");
    assert_eq!((tiny.cell, tiny.rounded), (0, true));
}

#[test]
fn policies_decide_about_missing_and_unseen() {
    let mut string = feature(FeatureType::String);
    let unseen = CODE_UNSEEN as u64;
    let as_is = admit(&string, unseen, Carrier::Row).expect("the model's affair");
    assert_eq!(
        as_is,
        Admitted {
            cell: unseen,
            missing: false,
            unseen: true,
            rounded: false
        }
    );
    string.unseen = Policy::Default(2);
    string.missing = Policy::Default(1);
    assert_eq!(admit(&string, unseen, Carrier::Row), Ok(Admitted { cell: 2, ..as_is }));
    let missing = Admitted {
        cell: 1,
        missing: true,
        unseen: false,
        rounded: false,
    };
    assert_eq!(admit(&string, CODE_NAN as u64, Carrier::Row), Ok(missing));
    string.unseen = Policy::Reject;
    string.missing = Policy::Reject;
    let code = |cell: u64| admit(&string, cell, Carrier::Row).expect_err("rejected").code();
    assert_eq!(
        (code(unseen), code(CODE_NONE as u64)),
        (ErrorCode::Unseen, ErrorCode::Missing)
    );
    let error = normalise(&string, Raw::Text(b"JFX")).expect_err("rejected");
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::Unseen, Some("did you mean 'JFK'?"))
    );
    let mut number = feature(FeatureType::Float64);
    number.missing = Policy::Default(2.5f64.to_bits());
    for cell in [NUMBER_NULL, NUMBER_NAN, 0x7FF0_0000_0000_0001] {
        let admitted = admit(&number, cell, Carrier::Matrix).expect("the default");
        assert_eq!((f64::from_bits(admitted.cell), admitted.missing), (2.5, true));
    }
}

#[test]
fn a_message_names_feature_type_and_value() {
    let error = normalise(
        &feature(FeatureType::Float64),
        Raw::Text("17\n\u{1b}é".repeat(99).as_bytes()),
    )
    .expect_err("text");
    assert!(
        error
            .message()
            .starts_with("feature 'x' (float64) takes a number, not the text '17\\n\\u{1b}é17"),
        "{error}"
    );
    assert!(error.message().chars().count() < 300);
}
