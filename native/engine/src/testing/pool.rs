//! The values of a program in the making, and operations on them.

use super::{Build, Fitted, Random};
use crate::program::Float;

const CATEGORIES: [&str; 6] = ["", "AA", "nan", "żółw", "B 6", "zz"];

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

pub fn is_float(value: &Typed) -> bool {
    value.kind == "f64" || value.kind == "f32"
}

pub fn is_dense(value: &Typed) -> bool {
    is_float(value) && !value.sparse
}

pub fn is_code(value: &Typed) -> bool {
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

    /// A random value that fits.
    pub fn pick(&mut self, fits: impl Fn(&Typed) -> bool) -> Option<Typed> {
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

    /// Up to four values of one kind and density, and their width together.
    pub fn alike(&mut self) -> Option<(Vec<Typed>, usize)> {
        let first = self.pick(|value| value.kind != "code")?;
        let mut all = vec![first.clone()];
        for _ in 0..self.random.below(4) {
            all.extend(self.pick(|value| value.kind == first.kind && value.sparse == first.sparse));
        }
        let width = all.iter().fold(0, |total, value| total + value.width);
        (width <= 200).then_some((all, width))
    }

    pub fn concatenated(&mut self, values: &[Typed]) -> Typed {
        let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
        let name = self.build.op("concat@1", &names, &[], &[]);
        self.keep(
            name,
            values[0].kind,
            values.iter().fold(0, |total, value| total + value.width),
            values[0].sparse,
            0,
        )
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

    /// A random one-hot encoding.
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

    /// A random linear model.
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
}
