//! A model in ONNX Runtime as the last step of a plan: columns of cells in, columns of answers out.

use std::ffi::CString;

use modelpack_bundle::OutputType;

use super::description::element_of;
use super::feed::{Data, Feed};
use super::session::{Outcome, Session, Tensor};
use crate::kernels::{Failure, Kernel};
use crate::scratch::{Cell, Scratch, Slot};

/// Where the columns of one output go.
pub struct Answer {
    pub dtype: OutputType,
    pub slots: Vec<Slot>,
}

pub struct OnnxKernel {
    pub session: Session,
    pub feeds: Vec<Feed>,
    pub input_names: Vec<CString>,
    pub answers: Vec<Answer>,
    pub output_names: Vec<CString>,
}

impl OnnxKernel {
    fn answer(&self, scratch: &mut Scratch<'_>, rows: usize) -> Outcome<()> {
        let mut data: Vec<Data> = self
            .feeds
            .iter()
            .map(|feed| feed.data(scratch, rows))
            .collect::<Outcome<_>>()?;
        let inputs: Vec<Tensor<'_>> = self
            .feeds
            .iter()
            .zip(&mut data)
            .map(|(feed, data)| feed.tensor(&self.session, data, rows))
            .collect::<Outcome<_>>()?;
        let outputs = self.session.run(&self.input_names, &inputs, &self.output_names)?;
        for (answer, tensor) in self.answers.iter().zip(&outputs) {
            answer.take(tensor, scratch, rows)?;
        }
        Ok(())
    }
}

impl Answer {
    fn take(&self, tensor: &Tensor<'_>, scratch: &mut Scratch<'_>, rows: usize) -> Outcome<()> {
        let count = rows * self.slots.len();
        let element = element_of(self.dtype);
        match self.dtype {
            OutputType::Float64 => self.scatter(tensor.bytes(element, count, 8)?, scratch, rows, f64::from_ne_bytes),
            OutputType::Float32 => self.scatter(tensor.bytes(element, count, 4)?, scratch, rows, f32::from_ne_bytes),
            OutputType::Int64 => self.scatter(tensor.bytes(element, count, 8)?, scratch, rows, i64::from_ne_bytes),
        }
        Ok(())
    }

    /// From rows of cells to columns.
    fn scatter<T: Cell, const N: usize>(
        &self,
        bytes: &[u8],
        scratch: &mut Scratch<'_>,
        rows: usize,
        value: impl Fn([u8; N]) -> T,
    ) {
        for (column, &slot) in self.slots.iter().enumerate() {
            let own = bytes.chunks_exact(N).skip(column).step_by(self.slots.len());
            for (place, cell) in scratch.write::<T>(slot, rows).iter_mut().zip(own) {
                *place = value(cell.try_into().expect("a chunk has N bytes"));
            }
        }
    }
}

impl Kernel for OnnxKernel {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        self.answer(scratch, rows)
            .map_err(|why| Failure::Engine(format!("ONNX Runtime: {why}").into()))
    }

    fn describe(&self) -> String {
        let runtime = &self.session.runtime;
        format!(
            "the whole model, by ONNX Runtime {} at {}",
            runtime.version,
            runtime.path.display()
        )
    }
}
