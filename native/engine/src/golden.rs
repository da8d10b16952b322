//! Golden rows: a bundle's own examples, answered anew before anything else is.
//!
//! Each row has two answers. The engine's must come out bit for bit, by the row path and by the block path; the framework's within
//! the bound that was stated when packing. Of the engine onnx, whose bits are not ours, only the bound is asked.

use modelpack_bundle::{quote, Bundle, Error, ErrorCode, Output, OutputType, Result, Schema, Tensor, TensorFile};

use crate::call::{Call, OutputBuffer};
use crate::columns::Column;
use crate::engines::onnx::ONNX;
use crate::model::{columns_of_cells, Model};
use crate::work;

const GOLDEN: &str = "golden.safetensors";
/// A bundle may hold no more golden rows, so that opening it stays quick.
const GOLDEN_ROWS: usize = 64;
/// What all golden rows together may cost, in the units of [`work::per_row`]: a few seconds at most.
const GOLDEN_WORK: u64 = 1 << 32;

/// Answers of every output, row by row.
enum Answers {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I64(Vec<i64>),
}

impl Answers {
    fn new(output: &Output, rows: usize) -> Answers {
        let cells = rows * output.columns;
        match output.dtype {
            OutputType::Float64 => Answers::F64(vec![0.0; cells]),
            OutputType::Float32 => Answers::F32(vec![0.0; cells]),
            OutputType::Int64 => Answers::I64(vec![0; cells]),
        }
    }

    fn read(tensor: Tensor<'_>, output: &Output) -> Result<Answers> {
        Ok(match output.dtype {
            OutputType::Float64 => Answers::F64(tensor.f64s()?),
            OutputType::Float32 => Answers::F32(tensor.f32s()?),
            OutputType::Int64 => Answers::I64(tensor.i64s()?),
        })
    }

    /// The buffer of the rows from `first` on, `columns` cells each.
    fn buffer(&mut self, index: usize, first: usize, columns: usize) -> OutputBuffer<'_> {
        let cells = first * columns..;
        match self {
            Answers::F64(values) => OutputBuffer::from_f64(index, &mut values[cells]),
            Answers::F32(values) => OutputBuffer::from_f32(index, &mut values[cells]),
            Answers::I64(values) => OutputBuffer::from_i64(index, &mut values[cells]),
        }
    }

    fn number(&self, cell: usize) -> f64 {
        match self {
            Answers::F64(values) => values[cell],
            Answers::F32(values) => f64::from(values[cell]),
            // Class indices are far below 2^53.
            Answers::I64(values) => values[cell] as f64,
        }
    }

    /// The first cell whose bits differ; NaN equals NaN.
    fn first_difference(&self, other: &Answers) -> Option<usize> {
        fn first<T: Copy>(x: &[T], y: &[T], same: impl Fn(T, T) -> bool) -> Option<usize> {
            x.iter().zip(y).position(|(&x, &y)| !same(x, y))
        }
        match (self, other) {
            (Answers::F64(x), Answers::F64(y)) => {
                first(x, y, |x, y| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()))
            }
            (Answers::F32(x), Answers::F32(y)) => {
                first(x, y, |x, y| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()))
            }
            (Answers::I64(x), Answers::I64(y)) => first(x, y, |x, y| x == y),
            _ => Some(0),
        }
    }

    /// The first cell further from the other than its bound; a bound of 0 wants the same bits.
    fn first_beyond(&self, other: &Answers, bound: &[f64]) -> Option<usize> {
        (0..bound.len()).find(|&cell| {
            let bound = bound[cell];
            let (x, y) = (self.number(cell), other.number(cell));
            let same = x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
            let near = bound > 0.0 && (x - y).abs() <= bound;
            !(same || near)
        })
    }
}

/// Fails if the model, which the engine of this name answers for, does not reproduce the bundle's golden rows.
pub fn replay(bundle: &Bundle, model: &Model, engine: &str) -> Result<()> {
    if !bundle.has_member(GOLDEN) {
        return Err(Error::new(ErrorCode::Golden, format!("the bundle has no {GOLDEN}")));
    }
    let file = TensorFile::parse(bundle.read_member(GOLDEN)?).map_err(|error| error.within(GOLDEN))?;
    let schema = bundle.schema();
    let golden = Golden::read(&file, schema)?;
    golden.check_work(model)?;
    let by_rows = golden.by_rows(schema, model)?;
    let by_block = golden.by_block(schema, model)?;
    for (index, output) in schema.outputs.iter().enumerate() {
        let expected = Expected::read(&file, output, golden.rows, engine)?;
        expected.compare(output, &by_rows[index], "row by row")?;
        expected.compare(output, &by_block[index], "as a block")?;
    }
    Ok(())
}

struct Golden {
    cells: Vec<u64>,
    features: usize,
    rows: usize,
}

impl Golden {
    fn read(file: &TensorFile, schema: &Schema) -> Result<Golden> {
        let features = schema.features.len();
        let cells = tensor(file, "cells")?;
        let rows = match cells.shape {
            [rows, columns] if *columns == features => *rows,
            _ => return Err(malformed(format!("cells has not the shape [rows, {features}]"))),
        };
        if rows > GOLDEN_ROWS {
            return Err(Error::new(
                ErrorCode::Limit,
                format!("{rows} golden rows; at most {GOLDEN_ROWS}"),
            ));
        }
        Ok(Golden {
            cells: cells.u64s()?,
            features,
            rows,
        })
    }

    fn check_work(&self, model: &Model) -> Result<()> {
        let work = work::per_row(&model.program).saturating_mul(self.rows as u64);
        if work > GOLDEN_WORK {
            let message = format!(
                "replaying {} golden rows takes {work} steps; at most {GOLDEN_WORK}",
                self.rows
            );
            return Err(Error::new(ErrorCode::Limit, message).with_hint("pack the model with fewer golden rows"));
        }
        Ok(())
    }

    fn by_rows(&self, schema: &Schema, model: &Model) -> Result<Vec<Answers>> {
        let mut answers = self.answers(schema);
        for row in 0..self.rows {
            let buffers: Vec<OutputBuffer<'_>> = answers
                .iter_mut()
                .enumerate()
                .map(|(index, answers)| answers.buffer(index, row, schema.outputs[index].columns))
                .collect();
            let mut call = Call {
                outputs: &buffers,
                ..Call::default()
            };
            model
                .predict_row(schema, &self.cells[row * self.features..][..self.features], &mut call)
                .map_err(refused)?;
        }
        Ok(answers)
    }

    fn by_block(&self, schema: &Schema, model: &Model) -> Result<Vec<Answers>> {
        let mut answers = self.answers(schema);
        let cells = columns_of_cells(&self.cells, self.features);
        let columns: Vec<Column<'_>> = cells.iter().map(|cells| Column::of_cells(cells)).collect();
        let buffers: Vec<OutputBuffer<'_>> = answers
            .iter_mut()
            .enumerate()
            .map(|(index, answers)| answers.buffer(index, 0, schema.outputs[index].columns))
            .collect();
        let mut call = Call {
            outputs: &buffers,
            ..Call::default()
        };
        model
            .predict_columns(schema, &columns, self.rows, 1, &mut call)
            .map_err(refused)?;
        Ok(answers)
    }

    fn answers(&self, schema: &Schema) -> Vec<Answers> {
        schema
            .outputs
            .iter()
            .map(|output| Answers::new(output, self.rows))
            .collect()
    }
}

/// The answers of one output that a reader must come to.
struct Expected {
    /// The engine's own, bit for bit; ONNX Runtime's differ from version to version.
    own: Option<Answers>,
    framework: Answers,
    /// Greatest |difference| from the framework's.
    bound: Vec<f64>,
}

impl Expected {
    fn read(file: &TensorFile, output: &Output, rows: usize, engine: &str) -> Result<Expected> {
        let shape = [rows, output.columns];
        let read = |kind: &str| -> Result<Tensor<'_>> {
            let name = format!("{kind}.{}", output.name);
            let tensor = tensor(file, &name)?;
            if tensor.shape != shape {
                return Err(malformed(format!("{} has not the shape {shape:?}", quote(&name))));
            }
            Ok(tensor)
        };
        let (own, bound) = match engine {
            ONNX => (None, read("onnx_bound")?),
            _ => (Some(Answers::read(read("native")?, output)?), read("bound")?),
        };
        Ok(Expected {
            own,
            framework: Answers::read(read("framework")?, output)?,
            bound: bound.f64s()?,
        })
    }

    fn compare(&self, output: &Output, answers: &Answers, path: &str) -> Result<()> {
        let difference = |cell: usize, expected: &Answers, whose: &str| {
            let (answer, expected) = (answers.number(cell), expected.number(cell));
            Err(differs(output, cell, path, answer, expected, whose))
        };
        if let Some(own) = &self.own {
            if let Some(cell) = answers.first_difference(own) {
                return difference(cell, own, "the bundle's own answer");
            }
        }
        match answers.first_beyond(&self.framework, &self.bound) {
            Some(cell) => difference(cell, &self.framework, "the framework's answer"),
            None => Ok(()),
        }
    }
}

fn tensor<'a>(file: &'a TensorFile, name: &str) -> Result<Tensor<'a>> {
    file.get(name)
        .ok_or_else(|| malformed(format!("there is no tensor {}", quote(name))))
}

fn malformed(what: String) -> Error {
    Error::new(ErrorCode::Golden, format!("{GOLDEN}: {what}"))
}

fn refused(error: Error) -> Error {
    let at = error.row().map_or(String::new(), |row| format!(" {row}"));
    Error::new(ErrorCode::Golden, format!("golden row{at} is refused: {error}"))
}

fn differs(output: &Output, cell: usize, path: &str, answer: f64, expected: f64, whose: &str) -> Error {
    let (row, column) = (cell / output.columns.max(1), cell % output.columns.max(1));
    let message = format!(
        "golden row {row}, output {} column {column}: {answer:?} {path}, but {whose} is {expected:?}",
        quote(&output.name)
    );
    Error::new(ErrorCode::Golden, message)
        .with_row(row)
        .with_hint("this machine computes differently than the one that packed the model; report it")
}
