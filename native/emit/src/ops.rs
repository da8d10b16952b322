//! Each operation as C, on one row; the reference interpreter (native/engine/src/reference) says what it computes.

mod category;
mod check;
mod linear;
mod link;
mod missing;
mod numeric;
mod shape;
mod softmax;

use modelpack_engine::program::{Floats, OpKind, Program, ValueId};

use crate::code::Code;
use crate::constants::Constants;
use crate::forest;
use crate::layout::{is_same, Layout, Place, Region};
use crate::literal;
use crate::math::Math;
use crate::{Names, SourceFile};

/// Writes operations, and collects what they need.
pub struct Writer<'a> {
    pub names: &'a Names,
    pub program: &'a Program,
    pub layout: &'a Layout,
    /// Forests of more nodes become tables.
    pub branch_nodes: usize,
    pub constants: Constants,
    pub math: Math,
    /// Files of forests, and the declarations of their functions.
    pub files: Vec<SourceFile>,
    pub declarations: String,
}

/// An operation with its place in the program.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub index: usize,
    pub inputs: &'a [ValueId],
    pub output: ValueId,
}

impl Writer<'_> {
    pub fn op(&mut self, index: usize, code: &mut Code) {
        let program = self.program;
        let op = &program.ops[index];
        let at = At {
            index,
            inputs: &op.inputs,
            output: op.output,
        };
        if is_same_without_check(program, index) {
            return;
        }
        code.put(format!("/* {index} {} */\n{{", literal::comment(&op.origin)));
        self.body(at, &op.kind, code);
        code.put("}");
    }

    fn body(&mut self, at: At<'_>, kind: &OpKind, code: &mut Code) {
        match kind {
            OpKind::Columns(index) => self.columns(at, index, code),
            OpKind::Concat => self.concat(at, code),
            OpKind::Constant(value) => self.constant(at, value, code),
            OpKind::Cast(_) => self.cast(at, code),
            OpKind::ToSparse => self.sparse_of_dense(at, code),
            OpKind::ToDense => self.spread(at, "0", code),
            OpKind::AbsentToNan => self.spread(at, "MP_NAN", code),
            OpKind::MissingAs { to_null } => self.missing_as(at, *to_null, code),
            OpKind::Require(requirement) => self.require(at, requirement, code),
            OpKind::Impute { missing, fill } => self.impute(at, missing, fill, code),
            OpKind::ImputeCode { missing, fill } => self.impute_code(at, missing, *fill, code),
            OpKind::IsMissing(missing) => self.is_missing(at, missing, code),
            OpKind::Affine { form, a, b } => self.affine(at, *form, a, b.as_ref(), code),
            OpKind::Clip { low, high } => self.clip(at, low, high, code),
            OpKind::Lookup { table, columns, size } => self.lookup(at, table, *columns, *size, code),
            OpKind::OneHot { column, size, .. } => self.one_hot(at, column, *size, code),
            OpKind::NumberCodeF64(values) => self.number_code_f64(at, values, code),
            OpKind::NumberCodeI64(values) => self.number_code_i64(at, values, code),
            OpKind::Forest(forest) => forest::write(self, at, forest, code),
            OpKind::Linear { .. } => self.linear(at, kind, code),
            OpKind::Arithmetic { operation, operand } => self.arithmetic(at, *operation, operand.as_ref(), code),
            OpKind::Math(function) => self.math_function(at, *function, code),
            OpKind::Sigmoid { form, scale } => self.sigmoid(at, *form, *scale, code),
            OpKind::Softmax(form) => self.softmax(at, *form, code),
            OpKind::Complement => self.complement(at, code),
            OpKind::RowSum => self.row_sum(at, code),
            OpKind::NormaliseRows => self.normalise_rows(at, code),
            OpKind::SortRow => self.sort_row(at, code),
            OpKind::Argmax => self.argmax(at, code),
            OpKind::Compare { comparison, constant } => self.compare(at, *comparison, *constant, code),
        }
    }

    pub fn place(&self, id: ValueId) -> Place {
        self.layout.places[id]
    }

    pub fn input(&self, at: At<'_>) -> Place {
        self.place(at.inputs[0])
    }

    pub fn floats(&mut self, values: &Floats) -> String {
        self.constants.floats(self.names, values)
    }

    /// Declares `x`, the first input's cells, and `y`, the output's.
    pub fn open(&self, at: At<'_>, code: &mut Code) -> (Place, Place) {
        let (x, y) = (self.input(at), self.place(at.output));
        code.put(format!("const {} *x = {};", x.c_type(), x.pointer()));
        code.put(format!("{} *y = {};", y.c_type(), y.pointer()));
        (x, y)
    }

    /// Cell by cell; of a sparse value the stored ones. `value` reads cells at `[i]`, and what is fitted for a column at `[j]`.
    pub fn each(&self, at: At<'_>, value: &str, code: &mut Code) {
        let (x, y) = self.open(at, code);
        code.put("size_t i;");
        let (Some(from), Some(to)) = (x.columns, y.columns) else {
            code.put(format!("for (i = 0; i < {}; i++) {{", y.width));
            code.put(format!("y[i] = {};\n}}", value.replace("[j]", "[i]")));
            return;
        };
        code.put(format!(
            "const uint32_t *from = w->k + {from};\nuint32_t *to = w->k + {to};"
        ));
        code.put("to[0] = from[0];\nfor (i = 0; i < from[0]; i++) {\nsize_t j = from[i + 1];");
        code.put(format!("to[i + 1] = (uint32_t)j;\ny[i] = {value};\n}}"));
    }
}

/// Nothing to write: the result is the input, and no check stands between.
fn is_same_without_check(program: &Program, index: usize) -> bool {
    let op = &program.ops[index];
    !op.inputs.is_empty() && is_same(program, op) && !matches!(op.kind, OpKind::Require(_))
}

/// What differs between the two precisions.
pub struct Precision {
    /// Suffix of helper functions.
    pub bits: &'static str,
    /// Suffix of a function of math 1 and of a literal.
    pub suffix: &'static str,
    pub c: &'static str,
}

pub fn precision(place: &Place) -> Precision {
    match place.region {
        Region::F32 => Precision {
            bits: "32",
            suffix: "f",
            c: "float",
        },
        _ => Precision {
            bits: "64",
            suffix: "",
            c: "double",
        },
    }
}
