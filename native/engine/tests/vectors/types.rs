//! tests/vectors/types.tsv: what each raw value becomes in each type of feature, as a single value and as a column.

use std::path::Path;
use std::sync::Arc;

use crate::input::{parse, raw, Input};
use modelpack_bundle::{normalise, Bundle, Error, Feature, OpenOptions, Raw, Result};
use modelpack_engine::call::{Call, OutputBuffer};
use modelpack_engine::columns::{Column, Strided, Text, TimeUnit, Validity, Values};
use modelpack_engine::{Predictor, PredictorOptions};

const COLUMNS: usize = 7;

struct Runner {
    predictor: Predictor,
}

impl Runner {
    fn new(folder: &Path) -> Runner {
        let bundle: Arc<Bundle> = Bundle::open(&folder.join("types.mpk"), &OpenOptions::unsigned()).expect("opens");
        Runner {
            predictor: Predictor::new(&bundle, &PredictorOptions::default()).expect("predicts"),
        }
    }

    fn feature(&self, index: usize) -> &Feature {
        &self.predictor.schema().features[index]
    }

    /// Cells of a row that is null but for one feature.
    fn cells(&self, index: usize, cell: u64) -> Result<Vec<u64>> {
        let null = |feature| normalise(feature, Raw::Null);
        let mut cells = self
            .predictor
            .schema()
            .features
            .iter()
            .map(null)
            .collect::<Result<Vec<u64>>>()?;
        cells[index] = cell;
        Ok(cells)
    }

    fn row(&self, cells: &[u64]) -> Result<[u64; COLUMNS]> {
        answer(|call| self.predictor.predict_row(cells, &[], call))
    }

    fn column(&self, index: usize, column: Column<'_>) -> Result<[u64; COLUMNS]> {
        let null = || Column::new(Values::Null, Validity::All, 1);
        let mut columns: Vec<Column<'_>> = self.predictor.schema().features.iter().map(|_| null()).collect();
        columns[index] = column;
        answer(|call| self.predictor.predict_columns(&columns, 1, call))
    }

    /// The value's cell, after the row call has taken it.
    fn value(&self, index: usize, raw: Raw<'_>) -> Result<u64> {
        let cell = normalise(self.feature(index), raw)?;
        self.row(&self.cells(index, cell)?).map(|_| cell)
    }
}

fn answer(predict: impl FnOnce(&mut Call<'_>) -> Result<()>) -> Result<[u64; COLUMNS]> {
    let mut value = [0.0; COLUMNS];
    {
        let outputs = [OutputBuffer::from_f64(0, &mut value)];
        predict(&mut Call {
            outputs: &outputs,
            ..Call::default()
        })?;
    }
    Ok(value.map(f64::to_bits))
}

/// Calls `run` with a column of one row that holds the value.
fn with_column<R>(input: &Input, run: impl FnOnce(Column<'_>) -> R) -> R {
    let one = |values| Column::new(values, Validity::All, 1);
    match input {
        Input::Null => run(one(Values::Null)),
        Input::F64(value) => run(one(Values::F64(Strided::packed(&[*value])))),
        Input::F32(value) => run(one(Values::F32(Strided::packed(&[*value])))),
        Input::F16(value) => run(one(Values::F16(Strided::packed(&[*value])))),
        Input::I64(value) => run(one(Values::I64(Strided::packed(&[*value])))),
        Input::U64(value) => run(one(Values::U64(Strided::packed(&[*value])))),
        Input::Bool(value) => run(one(Values::Bool(Strided::packed(&[*value])))),
        Input::Time(value) => run(one(Values::Time(Strided::packed(&[*value]), TimeUnit::Micro))),
        Input::Decimal(value, scale) => run(one(Values::Decimal(Strided::packed(&[*value]), *scale))),
        Input::Text(data) => {
            let offsets = [0, data.len() as i64];
            run(one(Values::Text(Text::Offsets64 {
                offsets: Strided::packed(&offsets),
                data,
            })))
        }
        Input::None | Input::Nan | Input::Cell(_) => panic!("{input:?} is no value of a column"),
    }
}

fn name(error: &Error) -> String {
    error.code().name().to_owned()
}

#[test]
fn every_value_becomes_what_the_table_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let runner = Runner::new(&folder);
    let table = std::fs::read_to_string(folder.join("types.tsv")).expect("the table");
    let mut checked = 0;
    for line in table.lines() {
        let [feature, carrier, input, expected, _comment] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not five fields: {line}");
        };
        let index = runner.predictor.schema().feature_index(feature).expect("a feature");
        let input = parse(input);
        if let Some(raw) = raw(&input).filter(|_| carrier != "column") {
            let found = runner
                .value(index, raw)
                .map(|cell| format!("{cell:016x}"))
                .unwrap_or_else(|error| name(&error));
            assert_eq!(found, expected, "as a value: {line}");
            checked += 1;
        }
        if carrier != "value" {
            let found = with_column(&input, |column| runner.column(index, column)).map_err(|error| name(&error));
            let wanted = match u64::from_str_radix(expected, 16) {
                Ok(cell) => Ok(runner
                    .row(&runner.cells(index, cell).expect("cells"))
                    .expect("predicts")),
                Err(_) => Err(expected.to_owned()),
            };
            assert_eq!(found, wanted, "as a column: {line}");
            checked += 1;
        }
    }
    assert!(checked > 600, "only {checked} values were checked");
}
