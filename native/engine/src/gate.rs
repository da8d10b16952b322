//! The gate of the engine: random programs on hostile rows, where every path must give the reference's bits and its errors.

mod carriers;
mod forests;

use modelpack_bundle::{ErrorCode, OutputType as SchemaType, Schema};

use crate::batch::Shares;
use crate::call::{Call, OutputBuffer};
use crate::columns::{Column, Strided, Validity, Values};
use crate::model::Model;
use crate::testing::{hostile_rows, random_program, Random, TestProgram};

/// Programs that the gate draws, in each of its parts.
const PROGRAMS: u64 = 400;

/// What a path answered.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    /// Bytes of each output.
    outputs: Vec<Vec<u8>>,
    status: Vec<i32>,
    /// Of a call without status: its row, code, feature and text.
    error: Option<(Option<usize>, ErrorCode, Option<String>, String)>,
}

impl Answer {
    /// Fails with what differs first; the answers themselves are too long to print.
    fn assert_is(&self, expected: &Answer, place: &str) {
        assert_eq!(self.error, expected.error, "{place}");
        let differs = |(a, b): (&i32, &i32)| a != b;
        if let Some(row) = self.status.iter().zip(&expected.status).position(differs) {
            panic!(
                "{place}: row {row} has the status {}, not {}",
                self.status[row], expected.status[row]
            );
        }
        for (index, (own, others)) in self.outputs.iter().zip(&expected.outputs).enumerate() {
            if let Some(byte) = own.iter().zip(others).position(|(a, b)| a != b) {
                panic!("{place}: output {index} differs first in byte {byte} of {}", own.len());
            }
        }
    }
}

struct Case {
    seed: u64,
    schema: Schema,
    model: Model,
    /// Rows of cells, one after the other.
    cells: Vec<u64>,
    rows: usize,
}

impl Case {
    fn draw(seed: u64) -> Case {
        // Whole strips and blocks, parts of them, and single rows.
        let rows = Random::new(seed ^ 0x5eed).pick(&[1, 2, 5, 64, 70, 130]);
        Case::of(random_program(seed), seed, rows)
    }

    fn of(drawn: TestProgram, seed: u64, rows: usize) -> Case {
        let program = drawn.check().expect("the generator draws well-formed programs");
        let cells = hostile_rows(&program, &drawn.schema, seed, rows).concat();
        let model = Model::new(program, &drawn.schema);
        Case {
            seed,
            schema: drawn.schema,
            model,
            cells,
            rows,
        }
    }

    fn row(&self, row: usize) -> &[u64] {
        let features = self.schema.features.len();
        &self.cells[row * features..][..features]
    }

    fn columns(&self) -> Vec<Vec<u64>> {
        let features = self.schema.features.len();
        (0..features)
            .map(|feature| self.cells.iter().skip(feature).step_by(features).copied().collect())
            .collect()
    }

    /// Runs `predict` on buffers for the outputs in the mask; `with_status`: an error is a row's own.
    fn answer(
        &self,
        rows: usize,
        mask: u64,
        with_status: bool,
        predict: impl Fn(&mut Call<'_>) -> modelpack_bundle::Result<()>,
    ) -> Answer {
        let mut memory: Vec<Vec<u64>> = self
            .schema
            .outputs
            .iter()
            .map(|output| vec![0; rows * output.columns])
            .collect();
        let buffers: Vec<OutputBuffer<'_>> = memory
            .iter_mut()
            .zip(&self.schema.outputs)
            .enumerate()
            .filter(|(index, _)| mask >> index & 1 == 1)
            .map(|(index, (memory, output))| buffer(index, memory, output.dtype))
            .collect();
        let mut status = vec![-1; rows];
        let mut call = Call {
            outputs: &buffers,
            ..Call::default()
        };
        call.status = with_status.then_some(status.as_mut_slice());
        let error = predict(&mut call).err();
        drop(buffers);
        let outputs = memory
            .iter()
            .map(|cells| cells.iter().flat_map(|cell| cell.to_ne_bytes()).collect())
            .collect();
        let error = error.map(|error| {
            (
                error.row(),
                error.code(),
                error.feature().map(String::from),
                error.to_string(),
            )
        });
        Answer { outputs, status, error }
    }

    fn reference(&self, mask: u64, with_status: bool) -> Answer {
        self.answer(self.rows, mask, with_status, |call| {
            self.model.reference(&self.schema, &self.cells, self.rows, call)
        })
    }

    fn batch(&self, mask: u64, with_status: bool, shares: Shares) -> Answer {
        let cells = self.columns();
        let columns: Vec<Column<'_>> = cells
            .iter()
            .map(|cells| Column::new(Values::Cells(Strided::packed(cells)), Validity::All, self.rows))
            .collect();
        self.answer(self.rows, mask, with_status, |call| {
            self.model
                .predict_shares(&self.schema, &columns, self.rows, shares, call)
        })
    }

    /// Every output.
    fn all(&self) -> u64 {
        (1 << self.schema.outputs.len()) - 1
    }
}

fn buffer(index: usize, memory: &mut [u64], dtype: SchemaType) -> OutputBuffer<'_> {
    let (dtype, size) = match dtype {
        SchemaType::Float64 => (crate::OutputType::F64, 8),
        SchemaType::Float32 => (crate::OutputType::F32, 4),
        SchemaType::Int64 => (crate::OutputType::I64, 8),
    };
    let capacity = memory.len() * size;
    // SAFETY: the memory is borrowed as long as the buffer lives, and has at least so many bytes.
    unsafe { OutputBuffer::from_raw(index, dtype, memory.as_mut_ptr().cast(), capacity, 0) }
}

#[test]
fn blocks_answer_as_the_reference_row_by_row() {
    let mut answered = 0;
    for seed in 0..PROGRAMS {
        let case = Case::draw(seed);
        let expected = case.reference(case.all(), true);
        answered += expected.status.iter().filter(|&&status| status == 0).count();
        for (threads, block_rows) in [(1, 512), (1, 16), (2, 32), (3, 1)] {
            let answer = case.batch(case.all(), true, Shares { threads, block_rows });
            answer.assert_is(
                &expected,
                &format!("seed {}, {threads} threads, blocks of {block_rows}", case.seed),
            );
        }
    }
    assert!(answered > 1_000, "the gate has to answer rows, not only refuse them");
}

#[test]
fn rows_answer_as_the_reference() {
    for seed in 0..PROGRAMS {
        let case = Case::draw(seed);
        for row in 0..case.rows {
            let cells = case.row(row);
            let expected = case.answer(1, case.all(), false, |call| {
                case.model.reference(&case.schema, cells, 1, call)
            });
            let answer = case.answer(1, case.all(), false, |call| {
                case.model.predict_row(&case.schema, cells, call)
            });
            answer.assert_is(&expected, &format!("seed {seed}, row {row}"));
        }
    }
}

#[test]
fn the_first_error_is_the_same_on_every_path() {
    let mut refused = 0;
    for seed in 0..PROGRAMS {
        let case = Case::draw(seed);
        let expected = case.reference(case.all(), false).error;
        refused += usize::from(expected.is_some());
        for (threads, block_rows) in [(1, 512), (2, 16), (4, 8)] {
            let answer = case.batch(case.all(), false, Shares { threads, block_rows });
            assert_eq!(
                answer.error, expected,
                "seed {seed}, {threads} threads, blocks of {block_rows}"
            );
        }
    }
    assert!(refused > 20, "the gate has to meet errors");
}

#[test]
fn a_mask_changes_neither_answers_nor_errors() {
    for seed in 0..PROGRAMS {
        let case = Case::draw(seed);
        let expected = case.reference(case.all(), true);
        for mask in 1..=case.all().min(15) {
            let answer = case.batch(
                mask,
                true,
                Shares {
                    threads: 1,
                    block_rows: 64,
                },
            );
            assert_eq!(answer.status, expected.status, "seed {seed}, mask {mask:b}");
            for index in (0..case.schema.outputs.len()).filter(|index| mask >> index & 1 == 1) {
                assert!(
                    answer.outputs[index] == expected.outputs[index],
                    "seed {seed}, mask {mask:b}, output {index}"
                );
            }
        }
    }
}
