//! A program with its schema, dictionaries and tensors: checked, planned, and run against the reference interpreter.

use modelpack_bundle::{admit, json, Carrier, ErrorCode, Schema, TensorFile};
use modelpack_engine::program::Program;
use modelpack_engine::reference;
use modelpack_engine::testing::{hostile_rows, TestProgram};
use modelpack_engine::{Predictor, PredictorOptions};

use crate::parts;

/// Rows that each program is asked.
const ROWS: usize = 8;
/// Cells of all values of a program; more is a matter of time, not of form.
const CELLS: usize = 1 << 14;

/// The input is schema.json, the program's text, dictionaries.safetensors and the tensors, with a mark between each two.
pub fn program(data: &[u8]) {
    let Some(test) = read(data) else { return };
    let Ok(program) = test.check() else { return };
    if cells(&program) > CELLS {
        return;
    }
    let mut rows = hostile_rows(&program, &test.schema, data.len() as u64, ROWS);
    rows.retain_mut(|row| admitted(row, &test.schema) && reference::run(&program, &test.schema, row).is_ok());
    // The predictor replays them by its own steps, row by row and as a block, and compares every bit.
    let golden = test.golden(&rows).expect("the reference answers these rows");
    let Ok(bundle) = test.bundle(Some(&golden)) else {
        return;
    };
    if let Err(error) = Predictor::new(&bundle, &PredictorOptions::default()) {
        assert_eq!(error.code(), ErrorCode::Limit, "{error}");
    }
}

/// Whether the policies let the row through; its cells are then those that the policies put there.
fn admitted(row: &mut [u64], schema: &Schema) -> bool {
    row.iter_mut().zip(&schema.features).all(|(cell, feature)| {
        let admitted = admit(feature, *cell, Carrier::Row);
        admitted.map(|admitted| *cell = admitted.cell).is_ok()
    })
}

fn read(data: &[u8]) -> Option<TestProgram> {
    let [schema_json, program, dictionaries, tensor_bytes] = parts(data);
    let dictionaries = (!dictionaries.is_empty()).then(|| dictionaries.to_vec());
    let schema = Schema::parse(schema_json, dictionaries.clone().map(Into::into)).ok()?;
    Some(TestProgram {
        schema_json: schema_json.to_vec(),
        json: json::parse(program).ok()?,
        tensors: TensorFile::parse(tensor_bytes.to_vec()).ok()?,
        tensor_bytes: tensor_bytes.to_vec(),
        dictionaries,
        schema,
    })
}

fn cells(program: &Program) -> usize {
    let widths = program.values.iter().map(|value| value.value_type.width);
    widths.fold(0, usize::saturating_add)
}
