//! Random programs on hostile rows: C answers and refuses as the reference interpreter does.

use modelpack_bundle::{admit, Carrier, Schema};
use modelpack_emit::{emit, About, Form, Golden, Options, BRANCH_NODES};
use modelpack_engine::program::Program;
use modelpack_engine::reference::{self, OutputCells};
use modelpack_engine::testing::{hostile_rows, random_program};

use crate::build::{compilers, Answer, Compiler, Executable, GCC};

const ROWS: usize = 60;

pub fn about() -> About {
    About {
        name: "gate".to_owned(),
        version: "1.0.0".to_owned(),
        identity: "sha256:0".to_owned(),
        program_digest: [1; 32],
        model_digest: [2; 32],
    }
}

/// What the reference answers to a row of cells; outputs of a refused row are zero, as the driver leaves them.
pub fn expected(program: &Program, schema: &Schema, row: &[u64]) -> Answer {
    let admitted = || {
        let cells = schema
            .features
            .iter()
            .zip(row)
            .map(|(feature, &cell)| admit(feature, cell, Carrier::Row));
        cells
            .map(|admitted| admitted.map(|admitted| admitted.cell))
            .collect::<Result<Vec<u64>, _>>()
    };
    match admitted().and_then(|cells| reference::run(program, schema, &cells)) {
        Ok(outputs) => Answer {
            result: 0,
            feature: -1,
            outputs: outputs.iter().map(bytes).collect(),
        },
        Err(error) => {
            let size = |output: &modelpack_bundle::Output| match output.dtype {
                modelpack_bundle::OutputType::Float32 => 4,
                _ => 8,
            };
            let feature = error.feature().and_then(|name| schema.feature_index(name).ok());
            Answer {
                result: error.code().number(),
                feature: feature.map_or(-1, |feature| feature as i32),
                outputs: schema
                    .outputs
                    .iter()
                    .map(|output| vec![0; output.columns * size(output)])
                    .collect(),
            }
        }
    }
}

pub fn bytes(cells: &OutputCells) -> Vec<u8> {
    match cells {
        OutputCells::F64(cells) => cells.iter().flat_map(|cell| cell.to_bits().to_le_bytes()).collect(),
        OutputCells::F32(cells) => cells.iter().flat_map(|cell| cell.to_bits().to_le_bytes()).collect(),
        OutputCells::I64(cells) => cells.iter().flat_map(|cell| cell.to_le_bytes()).collect(),
    }
}

fn check(seeds: impl Iterator<Item = u64>, compiler: Compiler, runner: &[&str]) -> usize {
    let mut answered = 0;
    for seed in seeds {
        let drawn = random_program(seed);
        let program = drawn.check().expect("the generator draws well-formed programs");
        let options = Options {
            prefix: Some("gate".to_owned()),
            form: Form::Standalone,
            // Every other program's forests as tables.
            branch_nodes: if seed % 4 < 2 { BRANCH_NODES } else { 0 },
        };
        let files = emit(&program, &drawn.schema, &Golden::default(), &about(), &options).expect("emits");
        let rows = hostile_rows(&program, &drawn.schema, seed, ROWS);
        let executable = Executable::new(&files, "gate", &drawn.schema, compiler);
        let answers = executable.answer(&rows.concat(), runner);
        assert_eq!(answers.len(), rows.len());
        for (index, (row, answer)) in rows.iter().zip(&answers).enumerate() {
            let expected = expected(&program, &drawn.schema, row);
            answered += usize::from(expected.result == 0);
            assert_eq!(*answer, expected, "seed {seed}, row {index}, {compiler:?}");
        }
    }
    answered
}

#[test]
fn programs_answer_as_the_reference() {
    assert!(
        check(0..50, GCC, &[]) > 500,
        "the gate has to answer rows, not only refuse them"
    );
}

#[test]
fn programs_answer_the_same_unoptimised_and_optimised() {
    for compiler in compilers() {
        check(1_000..1_006, compiler, &[]);
    }
}
