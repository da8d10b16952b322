//! Operations that move cells or change their type.

use modelpack_engine::program::Floats;

use super::{precision, At, Writer};
use crate::code::Code;
use crate::layout::{Place, Region};

/// Cells that are copied one by one rather than in a loop.
const FEW: usize = 16;

impl Writer<'_> {
    /// The place of each column of the inputs, one after the other.
    fn sources(&self, at: At<'_>) -> Vec<Place> {
        at.inputs.iter().map(|&id| self.place(id)).collect()
    }

    pub fn columns(&mut self, at: At<'_>, index: &[u32], code: &mut Code) {
        let inputs = self.sources(at);
        if inputs[0].columns.is_some() {
            return self.sparse_columns(at, index, &inputs, code);
        }
        let offsets: Vec<u32> = inputs
            .iter()
            .flat_map(|x| x.offset as u32..(x.offset + x.width) as u32)
            .collect();
        let from: Vec<u32> = index.iter().map(|&column| offsets[column as usize]).collect();
        let (y, field) = (self.place(at.output), inputs[0].region.field().0);
        if from.len() <= FEW {
            for (to, from) in from.iter().enumerate() {
                code.put(format!("w->{field}[{}] = w->{field}[{from}];", y.offset + to));
            }
            return;
        }
        let table = self.constants.array(self.names, &from);
        code.put(format!("size_t i;\nfor (i = 0; i < {}; i++) {{", from.len()));
        code.put(format!("w->{field}[{} + i] = w->{field}[{table}[i]];\n}}", y.offset));
    }

    /// For each column of the result, the cell of its source, if that is stored.
    fn sparse_columns(&mut self, at: At<'_>, index: &[u32], inputs: &[Place], code: &mut Code) {
        let ends: Vec<usize> = inputs
            .iter()
            .scan(0, |end, x| {
                *end += x.width;
                Some(*end)
            })
            .collect();
        let input = |column: u32| ends.partition_point(|&end| end <= column as usize);
        let local = |column: u32| column - (ends[input(column)] - inputs[input(column)].width) as u32;
        let sources: Vec<u32> = index.iter().map(|&column| input(column) as u32).collect();
        let locals: Vec<u32> = index.iter().map(|&column| local(column)).collect();
        let values: Vec<u32> = inputs.iter().map(|x| x.offset as u32).collect();
        let columns: Vec<u32> = inputs.iter().map(|x| x.columns.unwrap_or(0) as u32).collect();
        let tables = [&sources, &locals, &values, &columns].map(|table| self.constants.array(self.names, table));
        let [source, local, value, stored] = tables;
        let (y, to) = (self.place(at.output), self.place(at.output).columns.unwrap_or(0));
        let field = y.region.field().0;
        code.put(format!("uint32_t *to = w->k + {to};\nuint32_t count = 0;\nsize_t i;"));
        code.put(format!("for (i = 0; i < {}; i++) {{", index.len()));
        code.put(format!("const uint32_t *from = w->k + {stored}[{source}[i]];"));
        code.put(format!(
            "uint32_t at = mp_find(from + 1, from[0], {local}[i]);\nif (at < from[0]) {{"
        ));
        code.put(format!(
            "w->{field}[{} + count] = w->{field}[{value}[{source}[i]] + at];",
            y.offset
        ));
        code.put("count++;\nto[count] = (uint32_t)i;\n}\n}\nto[0] = count;");
    }

    pub fn concat(&mut self, at: At<'_>, code: &mut Code) {
        let (inputs, y) = (self.sources(at), self.place(at.output));
        if let Some(to) = y.columns {
            return concat_sparse(&inputs, &y, to, code);
        }
        let field = y.region.field().0;
        if y.width > FEW && inputs.iter().any(|x| x.width > 1) {
            code.put("size_t i;");
        }
        let mut to = y.offset;
        for x in &inputs {
            if x.width == 1 || y.width <= FEW {
                for i in 0..x.width {
                    code.put(format!("w->{field}[{}] = w->{field}[{}];", to + i, x.offset + i));
                }
            } else {
                code.put(format!("for (i = 0; i < {}; i++) {{", x.width));
                code.put(format!("w->{field}[{to} + i] = w->{field}[{} + i];\n}}", x.offset));
            }
            to += x.width;
        }
    }

    pub fn constant(&mut self, at: At<'_>, value: &Floats, code: &mut Code) {
        let table = self.floats(value);
        let y = self.place(at.output);
        code.put(format!("{} *y = {};\nsize_t i;", y.c_type(), y.pointer()));
        code.put(format!("for (i = 0; i < {}; i++) {{\ny[i] = {table}[i];\n}}", y.width));
    }

    pub fn cast(&mut self, at: At<'_>, code: &mut Code) {
        let (x, y) = (self.input(at), self.place(at.output));
        let c = precision(&y).c;
        let value = match (x.region, self.is_bool(at)) {
            (Region::I64, true) => format!("x[i] == 2 ? ({c})MP_NAN : ({c})(x[i] == 1)"),
            (Region::I64, false) => format!("x[i] == INT64_MIN ? ({c})MP_NAN : ({c})x[i]"),
            _ => format!("({c})x[i]"),
        };
        self.each(at, &value, code);
    }

    pub fn sparse_of_dense(&mut self, at: At<'_>, code: &mut Code) {
        let (x, y) = self.open(at, code);
        code.put(format!(
            "uint32_t *to = w->k + {};\nuint32_t count = 0;\nsize_t i;",
            y.columns.unwrap_or(0)
        ));
        code.put(format!("for (i = 0; i < {}; i++) {{\nif (!(x[i] == 0)) {{", x.width));
        code.put("y[count] = x[i];\ncount++;\nto[count] = (uint32_t)i;\n}\n}\nto[0] = count;");
    }

    /// Dense, with a number for what is absent.
    pub fn spread(&mut self, at: At<'_>, absent: &str, code: &mut Code) {
        let (x, y) = self.open(at, code);
        code.put(format!(
            "const uint32_t *from = w->k + {};\nsize_t i;",
            x.columns.unwrap_or(0)
        ));
        code.put(format!(
            "for (i = 0; i < {}; i++) {{\ny[i] = ({}){absent};\n}}",
            y.width,
            precision(&y).c
        ));
        code.put("for (i = 0; i < from[0]; i++) {\ny[from[i + 1]] = x[i];\n}");
    }
}

fn concat_sparse(inputs: &[Place], y: &Place, to: usize, code: &mut Code) {
    let field = y.region.field().0;
    code.put(format!("uint32_t *to = w->k + {to};\nuint32_t count = 0;\nsize_t i;"));
    let mut first = 0;
    for x in inputs {
        let from = x.columns.unwrap_or(0);
        code.put(format!("for (i = 0; i < w->k[{from}]; i++) {{"));
        code.put(format!(
            "w->{field}[{} + count] = w->{field}[{} + i];\ncount++;",
            y.offset, x.offset
        ));
        code.put(format!("to[count] = w->k[{from} + 1 + i] + {first}u;\n}}"));
        first += x.width;
    }
    code.put("to[0] = count;");
}
