//! tests/vectors/valid: every row alone, all rows in one batch, and the reference interpreter answer every expected bit.

use std::path::{Path, PathBuf};

use crate::input::{parse, raw};
use modelpack_bundle::{normalise, Bundle, ErrorCode, OpenOptions, Result};
use modelpack_engine::call::{Call, OutputBuffer, OutputType};
use modelpack_engine::columns::{Column, Strided, Validity, Values};
use modelpack_engine::{Predictor, PredictorOptions};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/valid")
}

fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("a table");
    let fields = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().map(fields).collect()
}

/// One output of a call: its memory, and how it is written in expected.tsv.
struct Answer {
    dtype: OutputType,
    columns: usize,
    bytes: Vec<u8>,
}

impl Answer {
    fn buffer(&mut self, index: usize) -> OutputBuffer<'_> {
        // SAFETY: the buffer borrows `bytes`, which nothing else touches meanwhile.
        unsafe { OutputBuffer::from_raw(index, self.dtype, self.bytes.as_mut_ptr(), self.bytes.len(), 0) }
    }

    fn row(&self, row: usize) -> Vec<String> {
        let size = self.dtype.size_bytes();
        let cells = self
            .bytes
            .chunks_exact(size)
            .skip(row * self.columns)
            .take(self.columns);
        cells.map(|cell| self.text(cell)).collect()
    }

    fn text(&self, cell: &[u8]) -> String {
        match self.dtype {
            OutputType::F64 => format!("{:016x}", u64::from_le_bytes(cell.try_into().expect("8 bytes"))),
            OutputType::F32 => format!("{:08x}", u32::from_le_bytes(cell.try_into().expect("4 bytes"))),
            _ => i64::from_le_bytes(cell.try_into().expect("8 bytes")).to_string(),
        }
    }
}

struct Vector {
    name: String,
    predictor: Predictor,
    /// The cells of each row, or the error that one of its values is.
    rows: Vec<Result<Vec<u64>>>,
    expected: Vec<Vec<String>>,
}

impl Vector {
    fn read(name: &str) -> Vector {
        let folder = folder().join(name);
        let bundle = Bundle::open(&folder.join("bundle.mpk"), &OpenOptions::unsigned()).expect(name);
        let predictor = Predictor::new(&bundle, &PredictorOptions::default()).expect(name);
        let features = &predictor.schema().features;
        let cell = |(text, feature): (&String, _)| normalise(feature, raw(&parse(text)).expect("a single value"));
        let cells = |row: &Vec<String>| row.iter().zip(features).map(cell).collect();
        let rows = lines(&folder.join("input.tsv"))[1..].iter().map(cells).collect();
        let expected = lines(&folder.join("expected.tsv"))[1..].to_vec();
        Vector {
            name: name.to_owned(),
            predictor,
            rows,
            expected,
        }
    }

    /// Runs `predict` over `rows` rows with a status each; per row what expected.tsv says of it.
    fn answers(&self, rows: usize, predict: impl FnOnce(&mut Call<'_>) -> Result<()>) -> Vec<Vec<String>> {
        let outputs = &self.predictor.schema().outputs;
        let dtype = |dtype: &str| match dtype {
            "float64" => OutputType::F64,
            "float32" => OutputType::F32,
            _ => OutputType::I64,
        };
        let answer = |output: &modelpack_bundle::Output| {
            let dtype = dtype(output.dtype.name());
            Answer {
                dtype,
                columns: output.columns,
                bytes: vec![0; rows * output.columns * dtype.size_bytes()],
            }
        };
        let mut answers: Vec<Answer> = outputs.iter().map(answer).collect();
        let mut status = vec![0; rows];
        {
            let each = answers.iter_mut().enumerate();
            let buffers: Vec<_> = each.map(|(index, answer)| answer.buffer(index)).collect();
            predict(&mut Call {
                outputs: &buffers,
                status: Some(&mut status),
                ..Call::default()
            })
            .expect("errors go to the status");
        }
        let row = |row: usize| {
            let cells = answers.iter().flat_map(|answer| answer.row(row));
            match ErrorCode::from_number(status[row]) {
                None => [vec!["ok".to_owned()], cells.collect()].concat(),
                Some(code) => [vec![code.name().to_owned()], cells.map(|_| "-".to_owned()).collect()].concat(),
            }
        };
        (0..rows).map(row).collect()
    }

    fn check(&self) -> usize {
        let mut batch: Vec<(&Vec<u64>, &Vec<String>)> = Vec::new();
        for (row, (cells, expected)) in self.rows.iter().zip(&self.expected).enumerate() {
            match cells {
                Err(error) => assert_eq!(error.code().name(), expected[0], "{} row {row}", self.name),
                Ok(cells) => {
                    let alone = self.answers(1, |call| self.predictor.predict_row(cells, &[], call));
                    assert_eq!(&alone[0], expected, "{} row {row} alone", self.name);
                    batch.push((cells, expected));
                }
            }
        }
        let width = self.predictor.schema().features.len();
        let cells: Vec<u64> = batch.iter().flat_map(|(cells, _)| cells.iter().copied()).collect();
        let by_column = |column: usize| batch.iter().map(|(cells, _)| cells[column]).collect();
        let columns: Vec<Vec<u64>> = (0..width).map(by_column).collect();
        let columns: Vec<Column<'_>> = columns.iter().map(|cells| of_cells(cells)).collect();
        let together = self.answers(batch.len(), |call| {
            self.predictor.predict_columns(&columns, batch.len(), call)
        });
        let reference = self.answers(batch.len(), |call| self.predictor.reference(&cells, batch.len(), call));
        for (row, (_, expected)) in batch.iter().enumerate() {
            assert_eq!(&&together[row], expected, "{} row {row} in a batch", self.name);
            assert_eq!(&&reference[row], expected, "{} row {row} by the reference", self.name);
        }
        batch.len()
    }
}

fn of_cells(cells: &[u64]) -> Column<'_> {
    Column::new(Values::Cells(Strided::packed(cells)), Validity::All, cells.len())
}

#[test]
fn every_vector_has_its_expected_bits() {
    let index = lines(&folder().join("index.tsv"));
    assert!(index.len() >= 30, "{} vectors", index.len());
    for line in index {
        assert!(Vector::read(&line[0]).check() > 0, "{} has no row", line[0]);
    }
}
