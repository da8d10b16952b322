//! Trees as nested branches, a function each.

use modelpack_engine::forest::{Emit, Forest, SplitCompare};

use super::node::{Node, CATEGORICAL, NAN_LEFT, ZERO};
use super::{Number, Written, BRANCH_DEPTH};
use crate::code::Code;
use crate::constants::Constants;
use crate::literal;
use crate::Names;

pub fn suits(forest: &Forest, most_nodes: usize) -> bool {
    forest.feature.len() + forest.tree_count() <= most_nodes
        && (0..forest.tree_count()).all(|tree| forest.depth(tree) <= BRANCH_DEPTH)
}

/// The trees' functions, and the one that calls them in order.
pub fn part(
    written: &Written<'_>,
    trees: std::ops::Range<usize>,
    head: &str,
    names: &Names,
    constants: &mut Constants,
) -> String {
    let forest = written.forest;
    let vector = forest.emit == Emit::Sum && forest.leaf_width > 1 && !trees.is_empty();
    let mut code = Code::new();
    let mut body = Code::new();
    let leaves = vector.then(|| leaf_table(written, &trees, names, constants));
    body.put(format!("{head}\n{{"));
    let locals = sums(forest, &trees);
    if trees.is_empty() {
        body.put("(void)x;\n(void)y;");
    }
    if leaves.is_some() {
        body.put("size_t k;\nuint32_t leaf;");
    }
    for output in &locals {
        body.put(format!("{} y{output} = y[{output}];", written.answer_type()));
    }
    for tree in trees.clone() {
        let result = if vector { "uint32_t" } else { written.answer_type() };
        code.put(format!(
            "static {result} tree{tree}(const {} *x)\n{{",
            written.feature_type()
        ));
        Tree {
            written,
            tree,
            first_leaf: forest.tree_leaf[trees.start],
            vector,
            names,
            constants,
        }
        .put(&mut code);
        code.put("}\n");
        match (forest.emit, &leaves) {
            (Emit::Sum, Some(leaves)) => {
                body.put(format!(
                    "leaf = tree{tree}(x);\nfor (k = 0; k < {}; k++) {{",
                    forest.leaf_width
                ));
                body.put(format!(
                    "y[k] = y[k] + {leaves}[(size_t)leaf * {} + k];\n}}",
                    forest.leaf_width
                ));
            }
            (Emit::Sum, None) => {
                let output = forest.tree_output[tree].max(0) as usize;
                let sum = if locals.contains(&output) {
                    format!("y{output}")
                } else {
                    format!("y[{output}]")
                };
                body.put(format!("{sum} = {sum} + tree{tree}(x);"));
            }
            _ => body.put(format!("y[{tree}] = tree{tree}(x);")),
        }
    }
    for output in &locals {
        body.put(format!("y[{output}] = y{output};"));
    }
    body.put("}");
    code.raw(&body.into_text());
    code.into_text()
}

/// Outputs that are summed in a variable: few, and the leaves no vectors.
fn sums(forest: &Forest, trees: &std::ops::Range<usize>) -> Vec<usize> {
    const MOST: usize = 8;
    let mut outputs: Vec<usize> = forest.tree_output[trees.clone()]
        .iter()
        .map(|&output| output.max(0) as usize)
        .collect();
    outputs.sort_unstable();
    outputs.dedup();
    if forest.emit == Emit::Sum && forest.leaf_width == 1 && outputs.len() <= MOST {
        outputs
    } else {
        vec![]
    }
}

/// The leaves of some trees as an array.
pub fn leaf_table(
    written: &Written<'_>,
    trees: &std::ops::Range<usize>,
    names: &Names,
    constants: &mut Constants,
) -> String {
    let forest = written.forest;
    let leaves = forest.tree_leaf[trees.start] as usize..forest.tree_leaf[trees.end] as usize;
    let (mut doubles, mut singles) = (vec![], vec![]);
    for index in leaves.start * forest.leaf_width..leaves.end * forest.leaf_width {
        match written.leaf(index) {
            Number::Double(leaf) => doubles.push(leaf),
            Number::Single(leaf) => singles.push(leaf),
        }
    }
    if singles.is_empty() {
        constants.near_array(names, &doubles)
    } else {
        constants.near_array(names, &singles)
    }
}

struct Tree<'a> {
    written: &'a Written<'a>,
    tree: usize,
    /// First leaf of the part's table.
    first_leaf: u32,
    vector: bool,
    names: &'a Names,
    constants: &'a mut Constants,
}

impl Tree<'_> {
    fn put(&mut self, code: &mut Code) {
        let forest = self.written.forest;
        if forest.tree_node[self.tree] == forest.tree_node[self.tree + 1] {
            code.put("(void)x;");
            return self.child(!0, code);
        }
        self.child(0, code);
    }

    fn child(&mut self, child: i32, code: &mut Code) {
        let forest = self.written.forest;
        let Ok(child) = usize::try_from(child) else {
            return code.put(format!("return {};", self.leaf(!child as usize)));
        };
        let node = forest.tree_node[self.tree] as usize + child;
        let condition = self.condition(node);
        code.put(format!("if ({condition}) {{"));
        self.child(forest.left[node], code);
        code.put("} else {");
        self.child(forest.right[node], code);
        code.put("}");
    }

    fn leaf(&self, leaf: usize) -> String {
        let forest = self.written.forest;
        let all = forest.tree_leaf[self.tree] as usize + leaf;
        if self.vector {
            return (all - self.first_leaf as usize).to_string();
        }
        match (forest.emit, self.written.leaf(all * forest.leaf_width)) {
            (Emit::LeafIndex, _) => leaf.to_string(),
            (_, Number::Double(leaf)) => literal::double(leaf),
            (_, Number::Single(leaf)) => literal::float(leaf),
        }
    }

    fn condition(&mut self, index: usize) -> String {
        let node = Node::of(self.written, index);
        let x = format!("x[{}]", node.feature);
        let nan_left = node.flags & NAN_LEFT != 0;
        let missing = match (node.flags & ZERO != 0, self.written.single) {
            (false, _) => format!("{x} != {x}"),
            (true, false) => format!("mp_zero64({x})"),
            (true, true) => format!("mp_zero32({x})"),
        };
        if node.flags & CATEGORICAL != 0 {
            let words = &self.written.forest.category_bits[node.set.clone()];
            let set = self.constants.near_array(self.names, words);
            let flags = node.flags;
            let member = format!("mp_category_left({set}, {}, {x}, UINT32_C(0x{flags:x}))", words.len());
            return if nan_left {
                format!("{missing} || {member}")
            } else {
                format!("!({missing}) && {member}")
            };
        }
        let threshold = match self.written.single {
            true => literal::float(node.threshold as f32),
            false => literal::double(node.threshold),
        };
        let (sign, opposite) = match self.written.forest.compare {
            SplitCompare::Lt => ("<", ">="),
            SplitCompare::Le => ("<=", ">"),
        };
        match (node.flags & ZERO != 0, nan_left) {
            (true, true) => format!("{missing} || {x} {sign} {threshold}"),
            (true, false) => format!("!{missing} && {x} {sign} {threshold}"),
            (false, true) => format!("!({x} {opposite} {threshold})"),
            (false, false) => format!("{x} {sign} {threshold}"),
        }
    }
}
