//! A tree ensemble: small ones as branches, which one row takes fastest; large ones as tables, whose code does not grow with them.
//! Both are split into files of bounded size, each a run of trees in their order.

mod branches;
mod node;
mod tables;

use modelpack_engine::forest::{Emit, Forest};
use modelpack_engine::program::{Float, Floats};

use crate::code::Code;
use crate::constants::Constants;
use crate::ops::{At, Writer};
use crate::SourceFile;

/// A forest of more nodes is a table. Branches answer a row in a third of the time while they fit a cache, and in two thirds when
/// they do not (docs/C_SOURCE.md), but take about 0.3 ms a node to compile.
pub const BRANCH_NODES: usize = 1 << 16;
/// Nor may branches be nested deeper.
const BRANCH_DEPTH: u32 = 32;
/// Nodes of a file.
const FILE_BRANCH_NODES: usize = 1 << 11;
const FILE_TABLE_NODES: usize = 1 << 16;

/// A forest with what its files share.
pub struct Written<'a> {
    pub forest: &'a Forest,
    /// Features are compared in single precision: they are singles, so a threshold may be the nearest single on its side.
    pub single: bool,
}

impl Written<'_> {
    pub fn feature_type(&self) -> &'static str {
        if self.single {
            "float"
        } else {
            "double"
        }
    }

    /// The type of what a tree adds or gives.
    pub fn answer_type(&self) -> &'static str {
        match (self.forest.emit, self.forest.accumulator) {
            (Emit::LeafIndex, _) => "int64_t",
            (_, Float::F64) => "double",
            (_, Float::F32) => "float",
        }
    }

    /// A leaf's number in the accumulator's precision, by its index in `leaf`.
    pub fn leaf(&self, index: usize) -> Number {
        match (self.forest.accumulator, &self.forest.leaf) {
            (Float::F64, Floats::F64(leaf)) => Number::Double(leaf[index]),
            (Float::F64, Floats::F32(leaf)) => Number::Double(f64::from(leaf[index])),
            (Float::F32, Floats::F64(leaf)) => Number::Single(leaf[index] as f32),
            (Float::F32, Floats::F32(leaf)) => Number::Single(leaf[index]),
        }
    }
}

#[derive(Clone, Copy)]
pub enum Number {
    Double(f64),
    Single(f32),
}

pub fn write(writer: &mut Writer<'_>, at: At<'_>, forest: &Forest, code: &mut Code) {
    let (x, y) = (writer.input(at), writer.place(at.output));
    let narrowed = writer.layout.narrowed[at.index];
    let written = Written {
        forest,
        single: narrowed.is_some() || x.c_type() == "float",
    };
    code.put(format!("const {} *x = {};", x.c_type(), x.pointer()));
    code.put(format!("{} *y = {};", y.c_type(), y.pointer()));
    if narrowed.is_some() || forest.emit == Emit::Sum {
        code.put("size_t i;");
    }
    let features = narrowed.map_or("x".to_owned(), |place| place.pointer());
    if let Some(place) = narrowed {
        code.put(format!("for (i = 0; i < {}; i++) {{", place.width));
        code.put(format!("w->f[{} + i] = (float)x[i];\n}}", place.offset));
    }
    if forest.emit == Emit::Sum {
        let init = writer.floats(&forest.init);
        code.put(format!(
            "for (i = 0; i < {}; i++) {{\ny[i] = {init}[i];\n}}",
            forest.outputs
        ));
    }
    if features != "x" {
        code.put("(void)x;");
    }
    let lower = &writer.names.lower;
    let branches = branches::suits(forest, writer.branch_nodes);
    for (part, trees) in parts(forest, if branches { FILE_BRANCH_NODES } else { FILE_TABLE_NODES })
        .into_iter()
        .enumerate()
    {
        let name = format!("{lower}_forest{}_{part}", at.index);
        let head = format!(
            "void {name}(const {} *x, {} *y)",
            written.feature_type(),
            written.answer_type()
        );
        writer.declarations += &format!("{head};\n");
        code.put(format!("{name}({features}, y);"));
        let mut constants = Constants::default();
        let body = if branches {
            branches::part(&written, trees, &head, writer.names, &mut constants)
        } else {
            tables::part(&written, trees, &head, writer.names, &mut constants)
        };
        writer.files.push(SourceFile {
            text: format!(
                "{}#include \"{lower}_model.h\"\n\n{}\n{body}",
                writer.names.notice(),
                constants.into_near()
            ),
            name: format!("{name}.c"),
        });
    }
}

/// Runs of trees with about so many nodes each.
fn parts(forest: &Forest, nodes: usize) -> Vec<std::ops::Range<usize>> {
    let (mut parts, mut first) = (vec![], 0);
    for tree in 0..forest.tree_count() {
        let size = (forest.tree_node[tree + 1] - forest.tree_node[first]) as usize + (tree - first);
        if size > nodes && tree > first {
            parts.push(first..tree);
            first = tree;
        }
    }
    parts.push(first..forest.tree_count());
    parts
}
