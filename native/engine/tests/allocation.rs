//! Once warm, a call allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use modelpack_engine::columns::{Strided, Validity, Values};
use modelpack_engine::testing::{hostile_rows, random_program};
use modelpack_engine::{Call, Column, OutputBuffer, OutputType, Predictor, PredictorOptions};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Rows of random cells that the program answers, and what its outputs need.
struct Warm {
    predictor: Predictor,
    rows: Vec<Vec<u64>>,
    memory: Vec<Vec<u64>>,
}

impl Warm {
    fn new(seed: u64) -> Option<Warm> {
        let drawn = random_program(seed);
        let program = drawn.check().expect("the generator draws well-formed programs");
        let mut rows = hostile_rows(&program, &drawn.schema, seed, 100);
        rows.retain(|row| drawn.golden(std::slice::from_ref(row)).is_ok());
        let golden = drawn.golden(rows.get(..1)?).expect("the row is answered");
        let bundle = drawn.bundle(Some(&golden)).expect("the bundle is well formed");
        let predictor = Predictor::new(&bundle, &PredictorOptions::default()).expect("golden rows come out");
        let memory = drawn
            .schema
            .outputs
            .iter()
            .map(|output| vec![0; output.columns * rows.len()])
            .collect();
        Some(Warm {
            predictor,
            rows,
            memory,
        })
    }

    /// Allocations of one call for each row, then of one for all.
    fn run(&mut self) -> (usize, usize) {
        let cells: Vec<Vec<u64>> = (0..self.predictor.schema().features.len())
            .map(|feature| self.rows.iter().map(|row| row[feature]).collect())
            .collect();
        let count = self.rows.len();
        let column = |cells| Column::new(Values::Cells(Strided::packed(cells)), Validity::All, count);
        let columns: Vec<Column<'_>> = cells.iter().map(|cells| column(cells)).collect();
        let outputs = &self.predictor.schema().outputs;
        let buffers: Vec<OutputBuffer<'_>> = (self.memory.iter_mut().zip(outputs).enumerate())
            .map(|(index, (memory, output))| {
                let dtype = match output.dtype {
                    modelpack_bundle::OutputType::Float64 => OutputType::F64,
                    modelpack_bundle::OutputType::Float32 => OutputType::F32,
                    modelpack_bundle::OutputType::Int64 => OutputType::I64,
                };
                let bytes = memory.len() * dtype.size_bytes();
                // SAFETY: the memory has 8 bytes for each cell and is borrowed as long as the buffer lives.
                unsafe { OutputBuffer::from_raw(index, dtype, memory.as_mut_ptr().cast(), bytes, 0) }
            })
            .collect();
        let call = || Call {
            outputs: &buffers,
            ..Call::default()
        };
        let start = ALLOCATIONS.get();
        for row in &self.rows {
            self.predictor
                .predict_row(row, &[], &mut call())
                .expect("the row is answered");
        }
        let by_rows = ALLOCATIONS.get() - start;
        self.predictor
            .predict_columns(&columns, count, &mut call())
            .expect("the rows are answered");
        (by_rows, ALLOCATIONS.get() - start - by_rows)
    }
}

#[test]
fn a_warm_predictor_allocates_nothing() {
    let mut tried = 0;
    for mut warm in (0..60).filter_map(Warm::new) {
        warm.run();
        assert_eq!(warm.run(), (0, 0));
        tried += 1;
    }
    assert!(tried > 20);
}
