//! What a leaf gives: added in tree order, or reported tree by tree.

use crate::forest::{Emit, Forest};
use crate::program::Floats;
use crate::scratch::{Cell, Scratch, Slot};

/// What leaves are summed in, or i64 for their indices.
pub trait Accumulator: Cell + Send + Sync + 'static {
    const ZERO: Self;
    fn plus(self, other: Self) -> Self;
    /// Number `index` of the leaf tensor, rounded to this precision.
    fn leaf(forest: &Forest, index: usize) -> Self;
    fn init(forest: &Forest) -> Vec<Self>;
}

impl Accumulator for f64 {
    const ZERO: f64 = 0.0;

    fn plus(self, other: f64) -> f64 {
        self + other
    }

    fn leaf(forest: &Forest, index: usize) -> f64 {
        match &forest.leaf {
            Floats::F64(leaf) => leaf[index],
            Floats::F32(leaf) => f64::from(leaf[index]),
        }
    }

    fn init(forest: &Forest) -> Vec<f64> {
        match &forest.init {
            Floats::F64(init) => init.clone(),
            Floats::F32(init) => init.iter().map(|&x| f64::from(x)).collect(),
        }
    }
}

impl Accumulator for f32 {
    const ZERO: f32 = 0.0;

    fn plus(self, other: f32) -> f32 {
        self + other
    }

    fn leaf(forest: &Forest, index: usize) -> f32 {
        match &forest.leaf {
            Floats::F64(leaf) => leaf[index] as f32,
            Floats::F32(leaf) => leaf[index],
        }
    }

    fn init(forest: &Forest) -> Vec<f32> {
        match &forest.init {
            Floats::F64(init) => init.iter().map(|&x| x as f32).collect(),
            Floats::F32(init) => init.clone(),
        }
    }
}

impl Accumulator for i64 {
    const ZERO: i64 = 0;

    fn plus(self, other: i64) -> i64 {
        self.wrapping_add(other)
    }

    fn leaf(_forest: &Forest, index: usize) -> i64 {
        index as i64
    }

    fn init(_forest: &Forest) -> Vec<i64> {
        Vec::new()
    }
}

/// The output columns of a strip of rows.
pub struct Sums<'a, 'b> {
    pub scratch: &'a mut Scratch<'b>,
    pub slots: &'a [Slot],
    pub first: usize,
    pub strip: usize,
}

impl Sums<'_, '_> {
    pub fn column<A: Cell>(&mut self, output: usize) -> &mut [A] {
        &mut self.scratch.write(self.slots[output], self.first + self.strip)[self.first..]
    }
}

enum Form {
    /// One number a leaf, for the one output.
    One,
    /// One number a leaf, for its tree's output.
    Output(Vec<u32>),
    /// Several numbers a leaf: positions are rows of `values`. A tree's output, or all of them.
    Vector {
        rows: Vec<u32>,
        width: usize,
        outputs: Vec<Option<u32>>,
    },
    /// Each tree's own value stands alone.
    PerTree,
}

pub struct Leaves<A> {
    form: Form,
    /// By position, or the tensor itself for `Form::Vector`.
    values: Vec<A>,
    init: Vec<A>,
}

impl<A: Accumulator> Leaves<A> {
    /// `positions`: the row of the leaf tensor at each position.
    pub fn new(forest: &Forest, positions: &[u32]) -> Leaves<A> {
        let scalar = |&row: &u32| A::leaf(forest, row as usize);
        match forest.emit {
            Emit::Sum if forest.leaf_width == 1 && forest.outputs == 1 => Leaves {
                form: Form::One,
                values: positions.iter().map(scalar).collect(),
                init: A::init(forest),
            },
            Emit::Sum if forest.leaf_width == 1 => {
                let outputs = forest.tree_output.iter().map(|&output| output.max(0) as u32).collect();
                Leaves {
                    form: Form::Output(outputs),
                    values: positions.iter().map(scalar).collect(),
                    init: A::init(forest),
                }
            }
            Emit::Sum => {
                let outputs = forest
                    .tree_output
                    .iter()
                    .map(|&output| u32::try_from(output).ok())
                    .collect();
                let form = Form::Vector {
                    rows: positions.to_vec(),
                    width: forest.leaf_width,
                    outputs,
                };
                let numbers = match &forest.leaf {
                    Floats::F64(leaf) => leaf.len(),
                    Floats::F32(leaf) => leaf.len(),
                };
                Leaves {
                    form,
                    values: (0..numbers).map(|index| A::leaf(forest, index)).collect(),
                    init: A::init(forest),
                }
            }
            Emit::LeafValue => {
                let init = vec![A::ZERO; forest.tree_count()];
                Leaves {
                    form: Form::PerTree,
                    values: positions.iter().map(scalar).collect(),
                    init,
                }
            }
            Emit::LeafIndex => {
                let init = vec![A::ZERO; forest.tree_count()];
                let local = |&row: &u32| A::leaf(forest, row as usize - first_leaf(forest, row));
                Leaves {
                    form: Form::PerTree,
                    values: positions.iter().map(local).collect(),
                    init,
                }
            }
        }
    }

    pub fn memory_bytes(&self) -> usize {
        let form = match &self.form {
            Form::One | Form::PerTree => 0,
            Form::Output(outputs) => size_of_val(&**outputs),
            Form::Vector { rows, outputs, .. } => size_of_val(&**rows) + size_of_val(&**outputs),
        };
        form + size_of_val(&*self.values) + size_of_val(&*self.init)
    }

    /// The first value of an output's sum.
    pub fn first(&self, output: usize) -> A {
        self.init[output]
    }

    pub fn begin(&self, sums: &mut [A]) {
        sums.copy_from_slice(&self.init);
    }

    /// The first value and the number of each position, where there is one sum.
    pub fn single(&self) -> Option<(A, &[A])> {
        matches!(self.form, Form::One).then_some((self.init[0], self.values.as_slice()))
    }

    /// Adds the leaf of a tree to the sums of one row.
    pub fn add(&self, sums: &mut [A], tree: usize, position: usize) {
        match &self.form {
            Form::One => sums[0] = sums[0].plus(self.values[position]),
            Form::Output(outputs) => {
                let sum = &mut sums[outputs[tree] as usize];
                *sum = sum.plus(self.values[position]);
            }
            Form::Vector { rows, width, outputs } => {
                let leaf = &self.values[rows[position] as usize * width..][..*width];
                match outputs[tree] {
                    Some(output) => sums[output as usize] = sums[output as usize].plus(leaf[0]),
                    None => leaf.iter().zip(sums).for_each(|(&value, sum)| *sum = sum.plus(value)),
                }
            }
            Form::PerTree => sums[tree] = self.values[position],
        }
    }

    /// Adds the leaves of a tree to the sums of a strip of rows.
    pub fn add_strip(&self, tree: usize, positions: &[u32], sums: &mut Sums<'_, '_>) {
        match &self.form {
            Form::One => self.add_column(sums.column(0), positions),
            Form::Output(outputs) => self.add_column(sums.column(outputs[tree] as usize), positions),
            Form::Vector { rows, width, outputs } => {
                let (first, all) = match outputs[tree] {
                    Some(output) => (output as usize, 1),
                    None => (0, *width),
                };
                for column in 0..all {
                    for (&position, sum) in positions.iter().zip(sums.column::<A>(first + column)) {
                        *sum = sum.plus(self.values[rows[position as usize] as usize * width + column]);
                    }
                }
            }
            Form::PerTree => {
                for (&position, value) in positions.iter().zip(sums.column(tree)) {
                    *value = self.values[position as usize];
                }
            }
        }
    }

    fn add_column(&self, sums: &mut [A], positions: &[u32]) {
        for (&position, sum) in positions.iter().zip(sums) {
            *sum = sum.plus(self.values[position as usize]);
        }
    }
}

/// First row of the leaf tensor of the tree that a row belongs to.
fn first_leaf(forest: &Forest, row: u32) -> usize {
    let tree = forest.tree_leaf.partition_point(|&first| first <= row) - 1;
    forest.tree_leaf[tree] as usize
}
