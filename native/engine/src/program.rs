//! The checked form of a program: a flat list of typed operations, each value defined once, before its use.
//!
//! Only `check` makes a [`Program`], so everything here holds: indices are in range, widths agree, tensors have the shape and
//! dtype that their operation needs. The reference interpreter and the planner read it and never check again.

use crate::forest::Forest;

/// Index into [`Program::values`].
pub type ValueId = usize;

/// What one cell of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    F64,
    F32,
    /// Integer with a validity; missing when invalid.
    I64,
    /// 0, 1, or 2 for missing.
    Bool,
    /// Microseconds since 1970-01-01 UTC with a validity.
    Time,
    /// Index into a dictionary of `size` entries; -1 null, -2 NaN, -3 unseen.
    Code {
        size: u32,
    },
    Text,
}

/// Type of a value: `width` cells of one kind. `sparse` (f64 and f32 only): a cell is absent or holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValueType {
    pub kind: Kind,
    pub width: usize,
    pub sparse: bool,
}

#[derive(Clone, Debug)]
pub struct Value {
    pub value_type: ValueType,
    pub features: Provenance,
}

/// Which input feature each column of a value carries on, where each op since then was element by element. For messages only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// All columns come from one feature, or from none.
    All(Option<usize>),
    /// A feature for each column, `u32::MAX` for none.
    Each(Vec<u32>),
}

impl Provenance {
    pub fn feature(&self, column: usize) -> Option<usize> {
        match self {
            Provenance::All(feature) => *feature,
            Provenance::Each(features) => features.get(column).filter(|&&f| f != u32::MAX).map(|&f| f as usize),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Input {
    /// Index of the feature in the schema.
    pub feature: usize,
    pub value: ValueId,
}

#[derive(Clone, Debug)]
pub struct Op {
    pub kind: OpKind,
    pub inputs: Vec<ValueId>,
    pub output: ValueId,
    /// Where the op comes from in the framework's model, for errors: `prep.num.scale`.
    pub origin: String,
}

#[derive(Clone, Debug)]
pub struct Program {
    pub inputs: Vec<Input>,
    pub values: Vec<Value>,
    pub ops: Vec<Op>,
    /// (name, value), in the order of the schema's outputs.
    pub outputs: Vec<(String, ValueId)>,
    /// Version of the elementary functions.
    pub math: u32,
}

impl Program {
    /// Keeps only what errors name. What is left can neither be planned nor interpreted.
    pub(crate) fn forget_fitted(&mut self) {
        for op in &mut self.ops {
            op.kind = OpKind::Concat;
        }
    }

    /// About how much memory names and types take, what was fitted not counted.
    pub(crate) fn memory_bytes(&self) -> usize {
        let ops = self
            .ops
            .iter()
            .map(|op| op.origin.len() + size_of_val(&*op.inputs) + size_of::<Op>());
        let values = self.values.iter().map(|value| match &value.features {
            Provenance::All(_) => size_of::<Value>(),
            Provenance::Each(features) => size_of_val(&**features) + size_of::<Value>(),
        });
        ops.chain(values).fold(0, usize::saturating_add)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    F64,
    F32,
}

/// Numbers fitted in training, in the precision of the value they meet.
#[derive(Clone, Debug, PartialEq)]
pub enum Floats {
    F64(Vec<f64>),
    F32(Vec<f32>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AffineForm {
    /// `(x - a) / b`
    SubDiv,
    /// `x * a + b`
    MulAdd,
    /// `x - a`
    Sub,
    /// `x / a`
    Div,
    /// `x * a`
    Mul,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Mul,
    Div,
}

/// What counts as missing for `impute` and `is_missing`.
#[derive(Clone, Debug, PartialEq)]
pub enum MissingTest {
    /// NaN cells; code -2.
    Nan,
    /// invalid integers and bools; code -1.
    Null,
    /// either of the two.
    NanOrNull,
    /// cells equal to this number (floats compare by value, so -0.0 = 0.0).
    Value(f64),
    /// the code of this category.
    Code(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigmoidForm {
    /// f32: `1 / (expf(min(-x, 88.7)) + 1 + 1e-16)`
    XgboostF32,
    /// f64: `1 / (1 + exp(-scale * x))`, scale is a tensor
    Lightgbm,
    /// f64 or f32: `1 / (1 + exp(-x))`
    Expit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoftmaxForm {
    XgboostF32,
    Lightgbm,
    Numpy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bias {
    None,
    First,
    Last,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Requirement {
    /// neither NaN nor infinite.
    Finite,
    /// NaN or finite.
    FiniteOrNan,
    /// not missing.
    Present,
    /// NaN, or finite after rounding to f32 (scikit-learn's trees); `nan` false: NaN is refused too.
    FitsF32 { nan: bool },
    /// per code (size + 3: null, NaN, unseen last): 1 where the framework accepts it.
    Allowed(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathFunction {
    Exp,
    Exp2,
    Expm1,
    Log,
    Log1p,
    Log2,
    Sqrt,
    Tanh,
    Abs,
    Neg,
    Square,
}

#[derive(Clone, Debug)]
pub enum OpKind {
    /// Gather over the concatenated columns of all inputs; all of one kind (and one density).
    Columns(Vec<u32>),
    Concat,
    /// The same floats for every row.
    Constant(Floats),
    /// To f64 or f32, from f64, f32, i64, bool; keeps density.
    Cast(Float),
    ToSparse,
    ToDense,
    AbsentToNan,
    /// codes: NaN becomes null (`to_null`), or null NaN.
    MissingAs {
        to_null: bool,
    },
    Require(Requirement),
    /// floats: `fill` per column.
    Impute {
        missing: MissingTest,
        fill: Floats,
    },
    /// codes: one code.
    ImputeCode {
        missing: MissingTest,
        fill: i32,
    },
    /// 1.0 where missing, f64.
    IsMissing(MissingTest),
    Affine {
        form: AffineForm,
        a: Floats,
        b: Option<Floats>,
    },
    Clip {
        low: Floats,
        high: Floats,
    },
    /// code[1] to f64[k]; `table` is [size + 3, k], the last rows are null, NaN, unseen. `size` may be less than the dictionary's:
    /// a code from `size` on is unseen (so too for OneHot and Requirement::Allowed).
    Lookup {
        table: Vec<f64>,
        columns: usize,
        size: u32,
    },
    /// code[1] to sparse f64[width]; `column` is [n + 3], -1 for all absent.
    OneHot {
        column: Vec<i32>,
        size: u32,
        width: usize,
    },
    /// f64[1] or i64[1] to code[1] by exact equality; NaN is -2, an invalid integer -1.
    NumberCodeF64(Vec<f64>),
    NumberCodeI64(Vec<i64>),
    Forest(Box<Forest>),
    /// weight [inputs, outputs], summed over inputs in order from +0.0 (or from the bias).
    Linear {
        weight: Floats,
        inputs: usize,
        outputs: usize,
        bias: Bias,
        bias_values: Option<Floats>,
        skip_nan: bool,
    },
    /// With one input: by `operand` (width 1 or the input's); with two: element by element (the second of width 1 broadcasts).
    Arithmetic {
        operation: Arithmetic,
        operand: Option<Floats>,
    },
    Math(MathFunction),
    Sigmoid {
        form: SigmoidForm,
        scale: Option<f64>,
    },
    Softmax(SoftmaxForm),
    /// x[1] to [1 - x, x].
    Complement,
    /// Sum of a row, sequential, to width 1.
    RowSum,
    /// Each cell divided by the row's sequential sum.
    NormaliseRows,
    /// The row's cells ascending; equals keep their order, NaN comes last.
    SortRow,
    /// Index of the largest cell, the first one wins; i64[1].
    Argmax,
    /// 1 where the comparison with the constant holds; element by element, i64.
    Compare {
        comparison: Comparison,
        constant: f64,
    },
}

/// Row of a code in a tensor of size + 3 rows, of which the last three are null, NaN and unseen. A code from `size` on is unseen.
pub fn code_row(code: i32, size: u32) -> usize {
    match code {
        code if code >= 0 && (code as u32) < size => code as usize,
        -1 => size as usize,
        -2 => size as usize + 1,
        _ => size as usize + 2,
    }
}
