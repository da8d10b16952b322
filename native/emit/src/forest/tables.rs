//! Trees as tables of nodes, which one loop walks.

use modelpack_engine::forest::{Emit, SplitCompare};

use super::branches::leaf_table;
use super::node::{Node, CATEGORICAL, ZERO};
use super::Written;
use crate::code::Code;
use crate::constants::Constants;
use crate::literal;
use crate::Names;

/// Trees that are walked at once.
const LANES: usize = 8;

/// The tables of some trees, and the function that walks them in order.
pub fn part(
    written: &Written<'_>,
    trees: std::ops::Range<usize>,
    head: &str,
    names: &Names,
    constants: &mut Constants,
) -> String {
    let forest = written.forest;
    let sums = forest.emit == Emit::Sum;
    let mut table = Table::new(written, &trees);
    table.fill(&trees);
    let roots = constants.near_array(names, &table.roots);
    let firsts: Vec<u32> = trees
        .clone()
        .map(|tree| forest.tree_leaf[tree] - forest.tree_leaf[trees.start])
        .collect();
    let leaves = (forest.emit != Emit::LeafIndex).then(|| leaf_table(written, &trees, names, constants));
    let outputs: Vec<i32> = forest.tree_output[trees.clone()].to_vec();
    let one_output = outputs.iter().all(|output| *output == outputs[0]);
    let sets = (!table.sets.is_empty()).then(|| {
        let bits: Vec<u32> = table.bits.clone();
        (
            constants.near_array(names, &table.sets),
            constants.near_array(names, &bits),
        )
    });
    let mut code = Code::new();
    table.put(&mut code);
    walk(&table, sets, &mut code);
    code.put(format!("{head}\n{{\nint32_t at[{LANES}];\nsize_t tree;"));
    let width = forest.leaf_width;
    let loop_head = format!(
        "for (tree = 0; tree < {0}; tree++) {{\nif (tree % {LANES} == 0) {{\nwalk(x, {roots} + tree, {0} - tree, at);\n}}",
        trees.len()
    );
    match (sums, leaves) {
        (true, Some(leaves)) if width > 1 => {
            code.put(format!(
                "size_t k;\n{loop_head}\nsize_t leaf = (size_t)~at[tree % {LANES}];"
            ));
            code.put(format!(
                "for (k = 0; k < {width}; k++) {{\ny[k] = y[k] + {leaves}[leaf * {width} + k];\n}}\n}}"
            ));
        }
        (true, Some(leaves)) if one_output => {
            let output = outputs[0].max(0);
            code.put(format!("{} sum = y[{output}];\n{loop_head}", written.answer_type()));
            code.put(format!(
                "sum = sum + {leaves}[(size_t)~at[tree % {LANES}]];\n}}\ny[{output}] = sum;"
            ));
        }
        (true, Some(leaves)) => {
            let outputs = constants.near_array(names, &outputs);
            code.put(&loop_head);
            code.put(format!(
                "y[{outputs}[tree]] = y[{outputs}[tree]] + {leaves}[(size_t)~at[tree % {LANES}]];\n}}"
            ));
        }
        (_, Some(leaves)) => code.put(format!(
            "{loop_head}\ny[{} + tree] = {leaves}[(size_t)~at[tree % {LANES}]];\n}}",
            trees.start
        )),
        (_, None) => {
            let firsts = constants.near_array(names, &firsts);
            let leaf = format!("(int64_t)(size_t)~at[tree % {LANES}] - (int64_t){firsts}[tree]");
            code.put(format!("{loop_head}\ny[{} + tree] = {leaf};\n}}", trees.start));
        }
    }
    code.put("}");
    code.into_text()
}

/// Nodes of some trees: children are nodes of the table, or `~leaf`.
struct Table<'a> {
    written: &'a Written<'a>,
    nodes: String,
    count: usize,
    any: u32,
    roots: Vec<i32>,
    /// Per set its first word and its words.
    sets: Vec<u32>,
    bits: Vec<u32>,
}

impl<'a> Table<'a> {
    fn new(written: &'a Written<'a>, trees: &std::ops::Range<usize>) -> Table<'a> {
        Table {
            written,
            nodes: String::new(),
            count: 0,
            any: 0,
            roots: Vec::with_capacity(trees.len()),
            sets: vec![],
            bits: vec![],
        }
    }

    fn fill(&mut self, trees: &std::ops::Range<usize>) {
        let forest = self.written.forest;
        let first_leaf = forest.tree_leaf[trees.start];
        let mut items = Vec::new();
        for tree in trees.clone() {
            let nodes = forest.tree_node[tree] as usize..forest.tree_node[tree + 1] as usize;
            let leaf = (forest.tree_leaf[tree] - first_leaf) as i32;
            let root = items.len() as i32;
            self.roots.push(if nodes.is_empty() { !leaf } else { root });
            let child = |child: i32| if child < 0 { !(!child + leaf) } else { child + root };
            for node in nodes {
                let [left, right] = [forest.left[node], forest.right[node]].map(child);
                items.push(self.node(node, left, right));
            }
        }
        self.count = items.len();
        self.nodes = literal::list(items.into_iter());
    }

    fn node(&mut self, index: usize, left: i32, right: i32) -> String {
        let node = Node::of(self.written, index);
        self.any |= node.flags;
        let threshold = if node.flags & CATEGORICAL != 0 {
            self.set(&node)
        } else if self.written.single {
            u64::from((node.threshold as f32).to_bits())
        } else {
            node.threshold.to_bits()
        };
        // As the comparison may be false, so is the index of the child: right stands first.
        format!(
            "{{0x{threshold:x}, 0x{:x}, {{{right}, {left}}}}}",
            node.feature | node.flags
        )
    }

    fn set(&mut self, node: &Node) -> u64 {
        self.sets.extend([self.bits.len() as u32, node.set.len() as u32]);
        self.bits.extend(&self.written.forest.category_bits[node.set.clone()]);
        (self.sets.len() / 2 - 1) as u64
    }

    fn put(&self, code: &mut Code) {
        let bits = if self.written.single { "uint32_t" } else { "uint64_t" };
        code.put(format!(
            "struct node {{\n{bits} threshold;\nuint32_t feature;\nint32_t child[2];\n}};\n"
        ));
        let nodes = if self.count == 0 {
            "{{0, 0, {0, 0}}}"
        } else {
            &self.nodes
        };
        code.raw(&format!(
            "static const struct node nodes[{}] = {nodes};\n\n",
            self.count.max(1)
        ));
    }
}

/// The function from a root to its leaf.
fn walk(table: &Table<'_>, sets: Option<(String, String)>, code: &mut Code) {
    let written = table.written;
    let c = written.feature_type();
    let sign = match written.forest.compare {
        SplitCompare::Lt => "<",
        SplitCompare::Le => "<=",
    };
    let (read, zero) = if written.single {
        ("mp_f32", "mp_zero32")
    } else {
        ("mp_f64", "mp_zero64")
    };
    code.put(format!(
        "/* The child that a row goes to; of a leaf itself. */\nstatic inline int32_t step(const {c} *x, int32_t at)\n{{"
    ));
    code.put("const struct node *node = &nodes[at < 0 ? 0 : at];\nuint32_t flags = node->feature;");
    code.put(format!("{c} cell = x[flags & MP_FEATURE];"));
    code.put(format!(
        "int left = (cell {sign} {read}(node->threshold)) | ((cell != cell) & (int)(flags >> 31));"
    ));
    if table.any & ZERO != 0 {
        code.put(format!(
            "if ((flags & MP_ZERO) && {zero}(cell)) {{\nleft = (int)(flags >> 31);\n}}"
        ));
    }
    if let Some((sets, bits)) = sets {
        let missing = format!("cell != cell || ((flags & MP_ZERO) && {zero}(cell))");
        code.put(format!(
            "if (flags & MP_CATEGORICAL) {{\nif ({missing}) {{\nleft = (int)(flags >> 31);\n}} else {{"
        ));
        code.put(format!("const uint32_t *set = {sets} + 2 * node->threshold;"));
        code.put(format!(
            "left = mp_category_left({bits} + set[0], set[1], (double)cell, flags);\n}}\n}}"
        ));
    }
    code.put("return at < 0 ? at : node->child[left];\n}\n");
    put_lanes(c, code);
}

/// The function that walks several trees at once: each step waits for memory, and the trees wait together.
fn put_lanes(c: &str, code: &mut Code) {
    code.put(format!(
        "static inline void walk(const {c} *x, const int32_t *roots, size_t count, int32_t *at)\n{{\nsize_t i;"
    ));
    code.put(format!("int32_t all;\nfor (i = 0; i < {LANES}; i++) {{"));
    code.put(format!(
        "at[i] = i < count ? roots[i] : -1;\n}}\ndo {{\nall = -1;\nfor (i = 0; i < {LANES}; i++) {{"
    ));
    code.put("at[i] = step(x, at[i]);\nall &= at[i];\n}\n} while (all >= 0);\n}\n");
}
