//! Operations thrown together wherever their types fit.

use super::forest::random_forest;
use super::{Build, Fitted, Random, TestProgram};
use crate::program::Float;

/// A value as the generator knows it. `kind`: "f64", "f32", "i64", "bool", "time" or "code" (of `size` categories).
#[derive(Clone, Debug)]
pub struct Typed {
    pub name: String,
    pub kind: &'static str,
    pub width: usize,
    pub sparse: bool,
    pub size: usize,
}

pub struct Pool {
    pub random: Random,
    pub build: Build,
    pub values: Vec<Typed>,
}

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const CATEGORIES: [&str; 6] = ["", "AA", "nan", "żółw", "B 6", "zz"];
const DTYPES: [(&str, &str); 6] = [
    ("float64", "f64"),
    ("float32", "f32"),
    ("int64", "i64"),
    ("bool", "bool"),
    ("timestamp", "time"),
    ("string", "code"),
];

pub fn soup(random: Random) -> TestProgram {
    let mut pool = Pool {
        random,
        build: Build::new(),
        values: vec![],
    };
    for name in &NAMES[..pool.random.between(1, 8)] {
        let dtype = pool.random.below(DTYPES.len());
        pool.feature(name, DTYPES[dtype]);
    }
    for _ in 0..pool.random.between(1, 40) {
        let operation = pool.random.below(OPERATIONS.len());
        OPERATIONS[operation](&mut pool);
    }
    pool.outputs();
    pool.build.finish()
}

type Operation = fn(&mut Pool) -> Option<()>;

const OPERATIONS: [Operation; 30] = [
    |pool| pool.columns(),
    |pool| pool.concat(),
    |pool| pool.concat(),
    |pool| pool.constant(),
    |pool| pool.cast(),
    |pool| pool.cast(),
    |pool| pool.sparse(),
    |pool| pool.sparse_to("to_dense@1"),
    |pool| pool.sparse_to("absent_to_nan@1"),
    |pool| pool.missing_as(),
    |pool| pool.require(),
    |pool| pool.impute(),
    |pool| pool.is_missing(),
    |pool| pool.affine(),
    |pool| pool.affine(),
    |pool| pool.clip(),
    |pool| pool.lookup(),
    |pool| pool.one_hot(),
    |pool| pool.number_code(),
    |pool| pool.forest(),
    |pool| pool.forest(),
    |pool| pool.linear(),
    |pool| pool.arithmetic(),
    |pool| pool.math(),
    |pool| pool.sigmoid(),
    |pool| pool.softmax(),
    |pool| pool.complement(),
    |pool| pool.reduce(),
    |pool| pool.compare(),
    |pool| pool.normalise(),
];

fn is_float(value: &Typed) -> bool {
    value.kind == "f64" || value.kind == "f32"
}

fn is_dense(value: &Typed) -> bool {
    is_float(value) && !value.sparse
}

fn is_code(value: &Typed) -> bool {
    value.kind == "code"
}

/// The precision of a float value.
pub fn float(kind: &str) -> Float {
    if kind == "f32" {
        Float::F32
    } else {
        Float::F64
    }
}

impl Pool {
    pub fn feature(&mut self, name: &'static str, (dtype, kind): (&'static str, &'static str)) -> Typed {
        let size = if kind == "code" {
            self.random.below(CATEGORIES.len() + 1)
        } else {
            0
        };
        let value = match kind {
            "code" => self.build.categories(name, &CATEGORIES[..size]),
            _ => self.build.feature(name, dtype),
        };
        self.keep(value, kind, 1, false, size)
    }

    pub fn keep(&mut self, name: String, kind: &'static str, width: usize, sparse: bool, size: usize) -> Typed {
        let value = Typed {
            name,
            kind,
            width,
            sparse,
            size,
        };
        self.values.push(value.clone());
        value
    }

    fn pick(&mut self, fits: impl Fn(&Typed) -> bool) -> Option<Typed> {
        let fitting: Vec<&Typed> = self.values.iter().filter(|value| fits(value)).collect();
        (!fitting.is_empty()).then(|| fitting[self.random.below(fitting.len())].clone())
    }

    /// The operation on one value, with the result's type.
    pub fn op(
        &mut self,
        op: &str,
        input: &Typed,
        options: &[(&str, &str)],
        tensors: &[(&str, Fitted)],
        (kind, width, sparse, size): (&'static str, usize, bool, usize),
    ) -> Typed {
        let name = self.build.op(op, &[&input.name], options, tensors);
        self.keep(name, kind, width, sparse, size)
    }

    /// The operation on one value, whose type the result has too.
    pub fn same(&mut self, op: &str, input: &Typed, options: &[(&str, &str)], tensors: &[(&str, Fitted)]) -> Typed {
        self.op(
            op,
            input,
            options,
            tensors,
            (input.kind, input.width, input.sparse, input.size),
        )
    }

    /// So many learned numbers in the precision of a value.
    pub fn learned(&mut self, kind: &str, count: usize) -> Fitted {
        let numbers: Vec<f64> = (0..count).map(|_| self.random.learned()).collect();
        Fitted::floats(float(kind), &numbers)
    }

    /// Up to four values of one kind and density.
    fn alike(&mut self) -> Option<(Vec<Typed>, usize)> {
        let first = self.pick(|value| value.kind != "code")?;
        let mut all = vec![first.clone()];
        for _ in 0..self.random.below(4) {
            all.extend(self.pick(|value| value.kind == first.kind && value.sparse == first.sparse));
        }
        let width = all.iter().map(|value| value.width).sum();
        (width <= 200).then_some((all, width))
    }

    pub fn concatenated(&mut self, values: &[Typed]) -> Typed {
        let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
        let name = self.build.op("concat@1", &names, &[], &[]);
        self.keep(
            name,
            values[0].kind,
            values.iter().map(|value| value.width).sum(),
            values[0].sparse,
            0,
        )
    }

    fn columns(&mut self) -> Option<()> {
        let (all, width) = self.alike()?;
        let index: Vec<u32> = (0..self.random.between(1, 8))
            .map(|_| self.random.below(width) as u32)
            .collect();
        let names: Vec<&str> = all.iter().map(|value| value.name.as_str()).collect();
        let name = self
            .build
            .op("columns@1", &names, &[], &[("index", Fitted::u32s(&index))]);
        self.keep(name, all[0].kind, index.len(), all[0].sparse, 0);
        Some(())
    }

    fn concat(&mut self) -> Option<()> {
        let (all, _) = self.alike()?;
        self.concatenated(&all);
        Some(())
    }

    fn constant(&mut self) -> Option<()> {
        let kind = self.random.pick(&["f64", "f32"]);
        let width = self.random.pick(&[1, 2, 3, 140]);
        let value = self.learned(kind, width);
        let name = self.build.op("constant@1", &[], &[], &[("value", value)]);
        self.keep(name, kind, width, false, 0);
        Some(())
    }

    fn cast(&mut self) -> Option<()> {
        let x = self.pick(|value| value.kind != "code" && value.kind != "time")?;
        let to = self.random.pick(&["f64", "f64", "f32"]);
        self.op("cast@1", &x, &[("to", to)], &[], (to, x.width, x.sparse, 0));
        Some(())
    }

    fn sparse(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        self.op("to_sparse@1", &x, &[], &[], (x.kind, x.width, true, 0));
        Some(())
    }

    fn sparse_to(&mut self, op: &str) -> Option<()> {
        let x = self.pick(|value| value.sparse)?;
        self.op(op, &x, &[], &[], (x.kind, x.width, false, 0));
        Some(())
    }

    fn missing_as(&mut self) -> Option<()> {
        let x = self.pick(is_code)?;
        let to = self.random.pick(&["null", "nan"]);
        self.same("missing_as@1", &x, &[("to", to)], &[]);
        Some(())
    }

    fn require(&mut self) -> Option<()> {
        if self.random.below(4) > 0 {
            return None;
        }
        let x = self.pick(|_| true)?;
        if is_code(&x) {
            let allowed: Vec<u8> = (0..x.size + 3).map(|_| !self.random.once_in(8) as u8).collect();
            self.same(
                "require@1",
                &x,
                &[("form", "allowed")],
                &[("allowed", Fitted::u8s(&allowed))],
            );
        } else {
            let forms = ["finite", "finite_or_nan", "fits_f32", "fits_f32_or_nan", "present"];
            let form = if is_float(&x) {
                self.random.pick(&forms)
            } else {
                "present"
            };
            self.same("require@1", &x, &[("form", form)], &[]);
        }
        Some(())
    }

    fn impute(&mut self) -> Option<()> {
        let x = self.pick(|value| is_dense(value) || is_code(value))?;
        let (missing, mut tensors) = self.missing_test(&x);
        let fill = match x.kind {
            "code" => Fitted::i32s(&[self.random.below(x.size + 3) as i32 - 3]),
            kind => self.learned(kind, x.width),
        };
        tensors.push(("fill", fill));
        self.same("impute@1", &x, &[("missing", missing)], &tensors);
        Some(())
    }

    fn is_missing(&mut self) -> Option<()> {
        let x = self.pick(|value| !value.sparse && value.kind != "time")?;
        let (missing, tensors) = self.missing_test(&x);
        self.op(
            "is_missing@1",
            &x,
            &[("missing", missing)],
            &tensors,
            ("f64", x.width, false, 0),
        );
        Some(())
    }

    fn missing_test(&mut self, x: &Typed) -> (&'static str, Vec<(&'static str, Fitted)>) {
        let missing = self.random.pick(&["nan", "null", "nan_or_null", "value"]);
        let value = match x.kind {
            _ if missing != "value" => return (missing, vec![]),
            "code" if x.size > 0 => Fitted::i32s(&[self.random.below(x.size) as i32]),
            kind @ ("f64" | "f32") => self.learned(kind, 1),
            _ => return ("nan_or_null", vec![]),
        };
        (missing, vec![("value", value)])
    }

    fn affine(&mut self) -> Option<()> {
        let x = self.pick(is_float)?;
        let forms = ["div", "mul", "sub_div", "mul_add", "sub"];
        let form = self.random.pick(if x.sparse { &forms[..2] } else { &forms });
        let mut tensors = vec![("a", self.learned(x.kind, x.width))];
        if form == "sub_div" || form == "mul_add" {
            tensors.push(("b", self.learned(x.kind, x.width)));
        }
        self.same("affine@1", &x, &[("form", form)], &tensors);
        Some(())
    }

    fn clip(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let tensors = [
            ("low", self.learned(x.kind, x.width)),
            ("high", self.learned(x.kind, x.width)),
        ];
        self.same("clip@1", &x, &[], &tensors);
        Some(())
    }

    /// Rows of a per-code tensor, seldom fewer than the dictionary asks for.
    pub fn code_rows(&mut self, x: &Typed) -> usize {
        let unknown = if self.random.once_in(6) {
            self.random.below(x.size + 1)
        } else {
            0
        };
        x.size - unknown + 3
    }

    fn lookup(&mut self) -> Option<()> {
        let x = self.pick(is_code)?;
        let (rows, columns) = (self.code_rows(&x), self.random.between(1, 3));
        let table = self.learned("f64", rows * columns).shaped(&[rows, columns]);
        self.op("lookup@1", &x, &[], &[("table", table)], ("f64", columns, false, 0));
        Some(())
    }

    fn one_hot(&mut self) -> Option<()> {
        let x = self.pick(is_code)?;
        self.hot(&x);
        Some(())
    }

    pub fn hot(&mut self, x: &Typed) -> Typed {
        let rows = self.code_rows(x);
        let width = self.random.between(1, rows);
        let column: Vec<i32> = (0..rows).map(|_| self.random.below(width + 1) as i32 - 1).collect();
        let tensors = [
            ("column", Fitted::i32s(&column)),
            ("width", Fitted::u32s(&[width as u32])),
        ];
        self.op("one_hot@1", x, &[], &tensors, ("f64", width, true, 0))
    }

    fn number_code(&mut self) -> Option<()> {
        let x = self.pick(|value| value.width == 1 && !value.sparse && (value.kind == "f64" || value.kind == "i64"))?;
        let size = self.random.below(6);
        let values = match x.kind {
            "i64" => Fitted::i64s(&(0..size).map(|i| i as i64 - 2).collect::<Vec<_>>()),
            _ => Fitted::f64s(&[-0.0, 1.0, 0.1, -2.5, f64::INFINITY, 5e-324][..size]),
        };
        self.op(
            "number_code@1",
            &x,
            &[],
            &[("values", values)],
            ("code", 1, false, size),
        );
        Some(())
    }

    fn forest(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let emit = self.random.pick(&["sum", "sum", "sum", "leaf_value", "leaf_index"]);
        let forest = random_forest(&mut self.random, x.width, emit);
        let (kind, width) = forest.result;
        self.op(
            "forest@1",
            &x,
            &forest.options,
            &forest.tensors,
            (kind, width, false, 0),
        );
        Some(())
    }

    fn linear(&mut self) -> Option<()> {
        let x = self.pick(is_float)?;
        self.weighted(&x);
        Some(())
    }

    pub fn weighted(&mut self, x: &Typed) -> Typed {
        let outputs = self.random.pick(&[1, 1, 2, 3, 9, 140]);
        let bias = self.random.pick(&["none", "first", "last"]);
        let nan = self.random.pick(&["keep", "skip"]);
        let weight = self.learned(x.kind, x.width * outputs).shaped(&[x.width, outputs]);
        let mut tensors = vec![("weight", weight)];
        if bias != "none" {
            tensors.push(("bias", self.learned(x.kind, outputs)));
        }
        self.op(
            "linear@1",
            x,
            &[("bias", bias), ("nan", nan)],
            &tensors,
            (x.kind, outputs, false, 0),
        )
    }

    fn arithmetic(&mut self) -> Option<()> {
        let op = self.random.pick(&["add@1", "mul@1", "div@1"]);
        let x = self.pick(is_dense)?;
        if self.random.once_in(2) {
            let width = if self.random.once_in(2) { 1 } else { x.width };
            let operand = self.learned(x.kind, width);
            self.same(op, &x, &[], &[("operand", operand)]);
        } else {
            let fits =
                |value: &Typed| is_dense(value) && value.kind == x.kind && (value.width == 1 || value.width == x.width);
            let y = self.pick(fits)?;
            let name = self.build.op(op, &[&x.name, &y.name], &[], &[]);
            self.keep(name, x.kind, x.width, false, 0);
        }
        Some(())
    }

    fn math(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let functions = [
            "exp", "log", "sqrt", "abs", "neg", "square", "exp2", "expm1", "log1p", "log2", "tanh",
        ];
        let function = self
            .random
            .pick(if x.kind == "f32" { &functions[..6] } else { &functions });
        self.same("math@1", &x, &[("function", function)], &[]);
        Some(())
    }

    fn sigmoid(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let form = match x.kind {
            "f32" => self.random.pick(&["xgboost_f32", "expit"]),
            _ => self.random.pick(&["lightgbm", "expit"]),
        };
        let scale = self.learned("f64", 1);
        let tensors = if form == "lightgbm" {
            vec![("scale", scale)]
        } else {
            vec![]
        };
        self.same("sigmoid@1", &x, &[("form", form)], &tensors);
        Some(())
    }

    fn softmax(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let form = match x.kind {
            "f32" => self.random.pick(&["xgboost_f32", "numpy"]),
            _ => self.random.pick(&["lightgbm", "numpy"]),
        };
        self.same("softmax@1", &x, &[("form", form)], &[]);
        Some(())
    }

    fn complement(&mut self) -> Option<()> {
        let x = self.pick(|value| is_dense(value) && value.width == 1)?;
        self.op("complement@1", &x, &[], &[], (x.kind, 2, false, 0));
        Some(())
    }

    fn reduce(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        if self.random.once_in(2) {
            self.op("row_sum@1", &x, &[], &[], (x.kind, 1, false, 0));
        } else {
            self.op("argmax@1", &x, &[], &[], ("i64", 1, false, 0));
        }
        Some(())
    }

    fn normalise(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        self.same("normalise_rows@1", &x, &[], &[]);
        Some(())
    }

    fn compare(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let comparison = self.random.pick(&["gt", "ge", "lt", "le"]);
        let constant = self.learned(x.kind, 1);
        let options = [("comparison", comparison)];
        self.op(
            "compare@1",
            &x,
            &options,
            &[("constant", constant)],
            ("i64", x.width, false, 0),
        );
        Some(())
    }

    /// Up to three outputs, preferably of late values.
    pub fn outputs(&mut self) {
        for name in ["first", "second", "third"] {
            let late = self.values.len() / 2;
            let candidates: Vec<Typed> = self
                .values
                .iter()
                .skip(late)
                .filter(|v| is_dense(v) || v.kind == "i64")
                .cloned()
                .collect();
            let value = match candidates.len() {
                0 => self
                    .constant()
                    .and_then(|()| self.values.last().cloned())
                    .expect("a constant is always possible"),
                count => candidates[self.random.below(count)].clone(),
            };
            let dtype = match value.kind {
                "f64" => "float64",
                "f32" => "float32",
                _ => "int64",
            };
            self.build.output(name, &value.name, dtype, value.width);
        }
    }
}
