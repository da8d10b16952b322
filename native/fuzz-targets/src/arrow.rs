//! A table through the Arrow C Data Interface.

use std::sync::OnceLock;

use modelpack_bundle::{Bundle, OpenOptions};
use modelpack_engine::arrow::{bind, Binding};
use modelpack_engine::{Call, OutputBuffer, Predictor, PredictorOptions};

use crate::produced::{Bytes, Produced};

/// A feature of each dtype; its output has a column for each but the timestamp.
const TYPES: &[u8] = include_bytes!("../../../tests/vectors/types.mpk");

pub fn arrow(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let strict = bytes.byte() % 2 == 1;
    let table = Produced::table(&mut bytes);
    let predictor = predictor();
    let binding = Binding { strict, key: &[] };
    // SAFETY: the producer's buffers hold what its lengths and offsets say, and live to the end.
    let Ok(batch) = (unsafe { bind(&table.schema, &table.array, predictor.schema(), binding) }) else {
        return;
    };
    let columns = predictor.schema().outputs[0].columns;
    let mut whole = vec![0.0; batch.rows * columns];
    let mut by_row = whole.clone();
    let mut status = vec![0; batch.rows];
    let outputs = [OutputBuffer::from_f64(0, &mut whole)];
    let failed = predictor
        .predict_columns(&batch.columns, batch.rows, &mut call(None, &outputs))
        .err();
    let outputs = [OutputBuffer::from_f64(0, &mut by_row)];
    let call = &mut call(Some(&mut status), &outputs);
    let answered = predictor.predict_columns(&batch.columns, batch.rows, call);
    answered.expect("with a status a row, no row fails the call");
    let first = status.iter().position(|status| *status != 0);
    assert_eq!(failed.as_ref().and_then(|error| error.row()), first, "{failed:?}");
    if failed.is_none() {
        assert!(whole.iter().zip(&by_row).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

fn call<'a>(status: Option<&'a mut [i32]>, outputs: &'a [OutputBuffer<'a>]) -> Call<'a> {
    Call {
        status,
        outputs,
        ..Call::default()
    }
}

fn predictor() -> &'static Predictor {
    static PREDICTOR: OnceLock<Predictor> = OnceLock::new();
    PREDICTOR.get_or_init(|| {
        let bundle = Bundle::open_bytes(TYPES, &OpenOptions::unsigned()).expect("the vector is a bundle");
        Predictor::new(&bundle, &PredictorOptions::default()).expect("the vector answers")
    })
}
