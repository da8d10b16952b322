//! A predictor made from a bundle: golden rows, outputs, statuses, counts.

use std::sync::Arc;

use modelpack_bundle::{Bundle, ErrorCode};
use modelpack_engine::columns::{Strided, Validity, Values};
use modelpack_engine::program::Float;
use modelpack_engine::testing::{Build, Fitted, Golden, TestProgram};
use modelpack_engine::{Call, Column, OutputBuffer, Predictor, PredictorOptions};

const NULL: u64 = 0x7FF8_4D50_0000_0001;

/// value = (distance - 1) / 3, distance refused unless finite or NaN; label = value > 0; carrier by a table.
fn program() -> TestProgram {
    let mut build = Build::new();
    let distance = build.feature("distance", "float64");
    let carrier = build.categories("carrier", &["AA", "żółw"]);
    let finite = build.op("require@1", &[&distance], &[("form", "finite_or_nan")], &[]);
    let (a, b) = (Fitted::floats(Float::F64, &[1.0]), Fitted::floats(Float::F64, &[3.0]));
    let scaled = build.op("affine@1", &[&finite], &[("form", "sub_div")], &[("a", a), ("b", b)]);
    let table = Fitted::f64s(&[10.0, 20.0, 30.0, 40.0, 50.0]).shaped(&[5, 1]);
    let looked_up = build.op("lookup@1", &[&carrier], &[], &[("table", table)]);
    let both = build.op("concat@1", &[&scaled, &looked_up], &[], &[]);
    build.output("value", &both, "float64", 2);
    build.finish()
}

fn row(distance: f64, carrier: i64) -> Vec<u64> {
    vec![distance.to_bits(), carrier as u64]
}

fn golden() -> Golden {
    program()
        .golden(&[row(4.0, 0), row(-0.5, -3), row(f64::NAN, 1)])
        .expect("no golden row is refused")
}

fn bundle(golden: &Golden) -> Arc<Bundle> {
    program().bundle(Some(golden)).expect("the bundle is well formed")
}

fn predictor() -> Predictor {
    Predictor::new(&bundle(&golden()), &PredictorOptions::default()).expect("the bundle reproduces its golden rows")
}

/// The golden rows with one byte of a tensor changed.
fn changed(tensor: &str, byte: usize) -> Golden {
    let mut golden = golden();
    let (_, fitted) = golden
        .iter_mut()
        .find(|(name, _)| name == tensor)
        .expect("the tensor is there");
    fitted.data[byte] ^= 1;
    golden
}

fn refusal(golden: Option<&Golden>) -> (ErrorCode, String) {
    let bundle = program().bundle(golden).expect("the bundle is well formed");
    let error = Predictor::new(&bundle, &PredictorOptions::default()).expect_err("the golden rows do not come out");
    (error.code(), error.message().to_owned())
}

#[test]
fn a_row_answers() {
    let predictor = predictor();
    let mut value = [0.0; 2];
    let outputs = [OutputBuffer::from_f64(0, &mut value)];
    predictor
        .predict_row(
            &row(4.0, 1),
            &[],
            &mut Call {
                outputs: &outputs,
                ..Call::default()
            },
        )
        .unwrap();
    assert_eq!(value, [1.0, 20.0]);
}

#[test]
fn a_golden_answer_that_does_not_come_out_refuses_the_bundle() {
    let (code, message) = refusal(Some(&changed("native.value", 0)));
    assert_eq!(code, ErrorCode::Golden);
    assert!(
        message.starts_with("golden row 0, output 'value' column 0: 1.0 "),
        "{message}"
    );
    // A framework's answer outside of its bound, by one bit of row 1, column 0.
    let (code, message) = refusal(Some(&changed("framework.value", 16)));
    assert_eq!(code, ErrorCode::Golden);
    assert!(
        message.contains("golden row 1") && message.contains("the framework's answer"),
        "{message}"
    );
}

#[test]
fn a_framework_may_differ_within_its_bound() {
    let mut golden = changed("framework.value", 16);
    let (_, bound) = golden
        .iter_mut()
        .find(|(name, _)| name == "bound.value")
        .expect("the tensor is there");
    bound.data[16..24].copy_from_slice(&1e-9f64.to_le_bytes());
    assert!(Predictor::new(&bundle(&golden), &PredictorOptions::default()).is_ok());
}

#[test]
fn golden_rows_must_be_there_and_have_their_shape() {
    assert_eq!(refusal(None).0, ErrorCode::Golden);
    let mut without = golden();
    without.retain(|(name, _)| name != "bound.value");
    assert_eq!(
        refusal(Some(&without)),
        (
            ErrorCode::Golden,
            "golden.safetensors: there is no tensor 'bound.value'".into()
        )
    );
    let mut flat = golden();
    let (_, cells) = flat
        .iter_mut()
        .find(|(name, _)| name == "cells")
        .expect("the tensor is there");
    cells.shape = vec![6];
    assert_eq!(refusal(Some(&flat)).0, ErrorCode::Golden);
    let many = program().golden(&vec![row(1.0, 0); 65]).unwrap();
    assert_eq!(refusal(Some(&many)).0, ErrorCode::Limit);
}

#[test]
fn a_status_keeps_the_other_rows() {
    let predictor = predictor();
    let distances = [1.0, f64::INFINITY, 4.0];
    let carriers = [0u64, 1, 0];
    let columns = [
        Column::new(Values::F64(Strided::packed(&distances)), Validity::All, 3),
        Column::new(Values::Cells(Strided::packed(&carriers)), Validity::All, 3),
    ];
    let mut value = [7.0; 6];
    let mut status = [-1; 3];
    let outputs = [OutputBuffer::from_f64(0, &mut value)];
    let mut call = Call {
        outputs: &outputs,
        status: Some(&mut status),
        ..Call::default()
    };
    predictor.predict_columns(&columns, 3, &mut call).unwrap();
    assert_eq!(status, [0, ErrorCode::NonFinite as i32, 0]);
    let mut call = Call {
        outputs: &outputs,
        ..Call::default()
    };
    let error = predictor.predict_columns(&columns, 3, &mut call).unwrap_err();
    assert_eq!(
        (error.code(), error.row(), error.feature()),
        (ErrorCode::NonFinite, Some(1), Some("distance"))
    );
    assert_eq!((value[0], value[1], value[4], value[5]), (0.0, 10.0, 1.0, 10.0));
}

#[test]
fn answered_rows_are_counted_by_feature() {
    let predictor = predictor();
    assert_eq!(predictor.stats(0).rows, 0, "golden rows are not the caller's");
    let mut value = [0.0; 2];
    for cells in [row(f64::from_bits(NULL), -3), row(1.0, -1), row(f64::INFINITY, -3)] {
        let outputs = [OutputBuffer::from_f64(0, &mut value)];
        // The last is refused, and does not count.
        let _ = predictor.predict_row(
            &cells,
            &[],
            &mut Call {
                outputs: &outputs,
                ..Call::default()
            },
        );
    }
    let (distance, carrier) = (predictor.stats(0), predictor.stats(1));
    assert_eq!((distance.rows, distance.missing, distance.unseen), (2, 1, 0));
    assert_eq!((carrier.rows, carrier.missing, carrier.unseen), (2, 1, 1));
}

#[test]
fn a_call_that_does_not_fit_is_refused_before_anything_is_written() {
    let predictor = predictor();
    let cells = row(1.0, 0);
    let refused = |cells: &[u64], output: OutputBuffer<'_>, mask: u64, token: u64| {
        let outputs = [output];
        let mut call = Call {
            mask,
            schema_token: token,
            outputs: &outputs,
            ..Call::default()
        };
        predictor
            .predict_row(cells, &[], &mut call)
            .expect_err("the call does not fit")
            .code()
    };
    let token = predictor.schema().token();
    assert_eq!(
        refused(&cells[..1], OutputBuffer::from_f64(0, &mut [0.0; 2]), 0, 0),
        ErrorCode::WrongShape
    );
    assert_eq!(
        refused(&cells, OutputBuffer::from_f64(0, &mut [0.0; 1]), 0, 0),
        ErrorCode::Buffer
    );
    assert_eq!(
        refused(&cells, OutputBuffer::from_f32(0, &mut [0.0; 2]), 0, 0),
        ErrorCode::Buffer
    );
    assert_eq!(
        refused(&cells, OutputBuffer::from_f64(1, &mut [0.0; 2]), 0, 0),
        ErrorCode::Usage
    );
    assert_eq!(
        refused(&cells, OutputBuffer::from_f64(0, &mut [0.0; 2]), 2, 0),
        ErrorCode::Usage
    );
    assert_eq!(
        refused(&cells, OutputBuffer::from_f64(0, &mut [0.0; 2]), 0, token ^ 1),
        ErrorCode::StaleSchema
    );
}

#[test]
fn engines_and_threads_are_checked() {
    let bundle = bundle(&golden());
    let code = |engine: Option<&str>, threads: i32| {
        let options = PredictorOptions {
            engine: engine.map(String::from),
            threads,
            ..PredictorOptions::default()
        };
        Predictor::new(&bundle, &options)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(code(Some("native"), -1), Ok(()));
    assert_eq!(code(Some("onnx"), 1), Err(ErrorCode::Engine));
    assert_eq!(code(None, -2), Err(ErrorCode::Usage));
}

#[test]
fn an_empty_batch_answers_nothing() {
    let predictor = predictor();
    let columns = [
        Column::new(Values::F64(Strided::packed(&[])), Validity::All, 0),
        Column::new(Values::Cells(Strided::packed(&[])), Validity::All, 0),
    ];
    let outputs = [OutputBuffer::from_f64(0, &mut [])];
    predictor
        .predict_columns(
            &columns,
            0,
            &mut Call {
                outputs: &outputs,
                ..Call::default()
            },
        )
        .unwrap();
}

#[test]
fn the_plan_names_its_steps() {
    let text = predictor().plan_text().to_owned();
    assert!(text.contains("affine over 1 column [step1]"), "{text}");
    assert!(!text.contains("concat"), "gathering costs nothing: {text}");
}
