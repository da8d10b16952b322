//! The library form: the exported symbol, called as the engine `compiled` calls it.

use std::process::{Command, Stdio};

use modelpack_emit::{emit, Form, Golden, Options, BRANCH_NODES};
use modelpack_engine::program::{Kind, Program};
use modelpack_engine::reference;
use modelpack_engine::requirement::{self, Refused, Violation};
use modelpack_engine::testing::{hostile_rows, random_program, Random};

use crate::build::{build, Folder, GCC};
use crate::gate::{about, bytes};

/// Reads the columns of `rows` rows, prints what predict returned, the violation and the columns of the answer.
const DRIVER: &str = r#"
#include "mp_compiled.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned in_size[] = {IN};
static const unsigned out_size[] = {OUT};

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? (size_t)atol(argv[1]) : 0, i;
    const void **inputs = calloc(mp_compiled_model.inputs + 1, sizeof *inputs);
    void **outputs = calloc(mp_compiled_model.output_columns, sizeof *outputs);
    mp_compiled_violation violation;
    int32_t result;
    memset(&violation, 0, sizeof violation);
    for (i = 0; i < mp_compiled_model.inputs; i++) {
        void *cells = malloc(rows * in_size[i]);
        if (fread(cells, in_size[i], rows, stdin) != rows) {
            return 2;
        }
        inputs[i] = cells;
    }
    for (i = 0; i < mp_compiled_model.output_columns; i++) {
        outputs[i] = malloc(rows * out_size[i]);
    }
    if (mp_compiled_model.struct_size != sizeof(mp_compiled) || mp_compiled_model.program_digest[31] != 1) {
        return 3;
    }
    result = mp_compiled_model.predict(inputs, rows, outputs, malloc(mp_compiled_model.workspace_bytes), &violation);
    fwrite(&result, sizeof result, 1, stdout);
    fwrite(&violation, sizeof violation, 1, stdout);
    for (i = 0; result == 0 && i < mp_compiled_model.output_columns; i++) {
        fwrite(outputs[i], out_size[i], rows, stdout);
    }
    return 0;
}
"#;

/// Cells of an input as the library takes them.
fn cell(kind: Kind, cell: u64) -> Vec<u8> {
    match kind {
        Kind::F32 => (f64::from_bits(cell) as f32).to_le_bytes().to_vec(),
        Kind::Code { .. } => (cell as i64 as i32).to_le_bytes().to_vec(),
        _ => cell.to_le_bytes().to_vec(),
    }
}

fn size(kind: Kind) -> usize {
    cell(kind, 0).len()
}

/// Columns of the inputs, one after the other.
fn columns(program: &Program, rows: &[&Vec<u64>]) -> Vec<u8> {
    let kind = |input: &modelpack_engine::program::Input| program.values[input.value].value_type.kind;
    let column = |input| {
        rows.iter()
            .flat_map(move |row: &&Vec<u64>| cell(kind(input), row[input.feature]))
    };
    program.inputs.iter().flat_map(column).collect()
}

fn predict(folder: &Folder, rows: usize, input: &[u8]) -> Vec<u8> {
    let mut command = Command::new(folder.0.join("driver"));
    let mut child = command
        .arg(rows.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    // Small enough for the pipe.
    std::io::Write::write_all(&mut child.stdin.take().expect("is a pipe"), input).expect("reads all");
    let done = child.wait_with_output().expect("ends");
    assert!(done.status.success(), "{:?}", done.status);
    done.stdout
}

#[test]
fn the_symbol_answers_as_the_reference() {
    let (mut answered, mut refused) = (0, 0);
    for seed in 2_000..2_024 {
        let drawn = random_program(seed);
        let (program, schema) = (drawn.check().expect("well formed"), &drawn.schema);
        let options = Options {
            prefix: Some("gate".to_owned()),
            form: Form::Library,
            branch_nodes: BRANCH_NODES,
        };
        let files = emit(&program, schema, &Golden::default(), &about(), &options).expect("emits");
        let sizes = |sizes: Vec<usize>| sizes.iter().map(|size| format!("{size}, ")).collect::<String>() + "0";
        let outputs = program.outputs.iter().map(|(_, id)| program.values[*id].value_type);
        let widths: Vec<usize> = outputs.flat_map(|value| vec![size(value.kind); value.width]).collect();
        let ins = program
            .inputs
            .iter()
            .map(|input| size(program.values[input.value].value_type.kind))
            .collect();
        let driver = DRIVER.replace("{IN}", &format!("{{{}}}", sizes(ins)));
        let driver = driver.replace("{OUT}", &format!("{{{}}}", sizes(widths)));
        let folder = build(&files, driver, GCC, "driver");
        let rows = hostile_rows(&program, schema, seed, 1 + Random::new(seed).below(40));
        let answers: Vec<_> = rows.iter().map(|row| reference::run(&program, schema, row)).collect();
        let good: Vec<usize> = (0..rows.len()).filter(|&row| answers[row].is_ok()).collect();
        answered += good.len();
        check_answers(&folder, &program, &rows, &answers, &good);
        for (row, answer) in rows.iter().zip(&answers) {
            let Err(error) = answer else { continue };
            let found = predict(&folder, 1, &columns(&program, &[row]));
            let found = requirement::error(&program, schema, &program.ops[op(&found)], &violation(&found));
            assert_eq!(found.to_string(), error.to_string(), "seed {seed}");
            refused += 1;
        }
    }
    assert!(
        answered > 100 && refused > 10,
        "{answered} rows answered, {refused} refused"
    );
}

type Answers = modelpack_bundle::Result<Vec<reference::OutputCells>>;

/// All rows that are answered, in one call.
fn check_answers(folder: &Folder, program: &Program, rows: &[Vec<u64>], answers: &[Answers], good: &[usize]) {
    let chosen: Vec<&Vec<u64>> = good.iter().map(|&row| &rows[row]).collect();
    let found = predict(folder, good.len(), &columns(program, &chosen));
    assert_eq!(found[..4], [0; 4], "no row is refused");
    let mut expected = Vec::new();
    for output in 0..program.outputs.len() {
        let width = program.values[program.outputs[output].1].value_type.width;
        let cells: Vec<Vec<u8>> = good
            .iter()
            .map(|&row| bytes(&answers[row].as_ref().expect("chosen so")[output]))
            .collect();
        for column in 0..width {
            expected.extend(cells.iter().flat_map(|cells| {
                let size = cells.len() / width;
                cells[column * size..][..size].to_vec()
            }));
        }
    }
    assert!(found[36..] == expected, "other bits");
}

fn word(found: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(found[at..at + 8].try_into().expect("8 bytes"))
}

fn half(found: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(found[at..at + 4].try_into().expect("4 bytes"))
}

fn op(found: &[u8]) -> usize {
    assert_eq!(half(found, 0), 1, "the row is refused");
    half(found, 12) as usize
}

fn violation(found: &[u8]) -> Violation {
    let bits = word(found, 28);
    Violation {
        column: half(found, 16) as usize,
        refused: match half(found, 20) {
            1 => Refused::Number(f64::from_bits(bits)),
            2 => Refused::Missing,
            kind => {
                assert_eq!(kind, 3);
                Refused::Code(bits as i64 as i32)
            }
        },
    }
}
