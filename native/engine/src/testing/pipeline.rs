//! Programs of the shape that importers write: each column prepared, all side by side, a model, its link.

use super::forest::random_forest;
use super::pool::{float, Pool, Typed};
use super::{Build, Fitted, Random, TestProgram};

const NAMES: [&str; 8] = [
    "air_time", "carrier", "delay", "dest", "hour", "origin", "vis ib", "wind",
];

pub fn pipeline(random: Random) -> TestProgram {
    let mut pool = Pool {
        random,
        build: Build::new(),
        values: vec![],
    };
    let precision = pool.random.pick(&["f64", "f64", "f32"]);
    let sparse = pool.random.once_in(3);
    let mut columns = vec![];
    for name in &NAMES[..pool.random.between(1, 8)] {
        let value = if pool.random.once_in(3) {
            category(&mut pool, name, sparse)
        } else {
            number(&mut pool, name, sparse)
        };
        columns.push(cast(&mut pool, value, precision));
    }
    let mut block = pool.concatenated(&columns);
    if sparse && pool.random.once_in(2) {
        let op = pool.random.pick(&["to_dense@1", "absent_to_nan@1"]);
        block = pool.op(op, &block.clone(), &[], &[], (block.kind, block.width, false, 0));
    }
    model(&mut pool, block);
    pool.build.finish()
}

fn cast(pool: &mut Pool, x: Typed, to: &'static str) -> Typed {
    if x.kind == to {
        return x;
    }
    pool.op("cast@1", &x, &[("to", to)], &[], (to, x.width, x.sparse, 0))
}

/// Impute, indicate, scale, clip: each or not.
fn number(pool: &mut Pool, name: &'static str, sparse: bool) -> Typed {
    let types = [
        ("float64", "f64"),
        ("float64", "f64"),
        ("float32", "f32"),
        ("int64", "i64"),
        ("bool", "bool"),
    ];
    let dtype = pool.random.pick(&types);
    let raw = pool.feature(name, dtype);
    let mut x = if dtype.1 == "i64" || dtype.1 == "bool" {
        cast(pool, raw, "f64")
    } else {
        raw
    };
    let indicator = pool.random.once_in(4);
    let missing = [("missing", "nan")];
    let indicator = indicator.then(|| pool.op("is_missing@1", &x, &missing, &[], ("f64", 1, false, 0)));
    if pool.random.once_in(2) {
        let fill = pool.learned(x.kind, 1);
        x = pool.same("impute@1", &x, &missing, &[("fill", fill)]);
    }
    if pool.random.once_in(2) {
        let form = pool.random.pick(&["sub_div", "mul_add"]);
        let scale = (pool.random.unit() + 1.5) * 3.0;
        let (a, b) = if form == "sub_div" {
            (pool.random.learned(), scale)
        } else {
            (scale, pool.random.learned())
        };
        let tensors = [
            ("a", Fitted::floats(float(x.kind), &[a])),
            ("b", Fitted::floats(float(x.kind), &[b])),
        ];
        x = pool.same("affine@1", &x, &[("form", form)], &tensors);
    }
    if pool.random.once_in(6) {
        let tensors = [
            ("low", Fitted::floats(float(x.kind), &[-1.0])),
            ("high", Fitted::floats(float(x.kind), &[1.0])),
        ];
        x = pool.same("clip@1", &x, &[], &tensors);
    }
    if let Some(indicator) = indicator {
        let indicator = cast(pool, indicator, x.kind);
        x = pool.concatenated(&[x, indicator]);
    }
    if sparse {
        x = pool.op("to_sparse@1", &x, &[], &[], (x.kind, x.width, true, 0));
    }
    x
}

/// A text or a number as a category: one-hot, ordinal or target encoded.
fn category(pool: &mut Pool, name: &'static str, sparse: bool) -> Typed {
    let mut x = match pool.random.below(4) {
        0 => {
            let number = pool.feature(name, ("int64", "i64"));
            let values = Fitted::i64s(&[3, -1, 0, 2]);
            pool.op(
                "number_code@1",
                &number,
                &[],
                &[("values", values)],
                ("code", 1, false, 4),
            )
        }
        _ => pool.feature(name, ("string", "code")),
    };
    if pool.random.once_in(3) {
        x = pool.same("missing_as@1", &x, &[("to", "nan")], &[]);
    }
    if pool.random.once_in(3) && x.size > 0 {
        let fill = Fitted::i32s(&[pool.random.below(x.size) as i32]);
        x = pool.same("impute@1", &x, &[("missing", "nan")], &[("fill", fill)]);
    }
    if pool.random.once_in(4) {
        let mut allowed = vec![1; x.size + 3];
        *allowed.last_mut().expect("at least three") = 0;
        x = pool.same(
            "require@1",
            &x,
            &[("form", "allowed")],
            &[("allowed", Fitted::u8s(&allowed))],
        );
    }
    if pool.random.once_in(2) {
        let hot = pool.hot(&x);
        return if sparse {
            hot
        } else {
            pool.op("to_dense@1", &hot, &[], &[], ("f64", hot.width, false, 0))
        };
    }
    let rows = pool.code_rows(&x);
    let table: Vec<f64> = (0..rows)
        .map(|row| if row + 1 == rows { f64::NAN } else { row as f64 })
        .collect();
    let table = Fitted::f64s(&table).shaped(&[rows, 1]);
    let ordinal = pool.op("lookup@1", &x, &[], &[("table", table)], ("f64", 1, false, 0));
    if sparse {
        return pool.op("to_sparse@1", &ordinal, &[], &[], ("f64", 1, true, 0));
    }
    ordinal
}

/// A forest or a linear model, and what becomes of its score.
fn model(pool: &mut Pool, mut block: Typed) {
    if !block.sparse && pool.random.once_in(4) {
        let form = pool.random.pick(&["fits_f32_or_nan", "finite_or_nan", "finite"]);
        block = pool.same("require@1", &block, &[("form", form)], &[]);
    }
    let margin = if block.sparse || pool.random.once_in(3) {
        pool.weighted(&block)
    } else {
        let forest = random_forest(&mut pool.random, block.width, "sum");
        let (kind, width) = forest.result;
        pool.op(
            "forest@1",
            &block,
            &forest.options,
            &forest.tensors,
            (kind, width, false, 0),
        )
    };
    let dtype = if margin.kind == "f32" { "float32" } else { "float64" };
    pool.build.output("margin", &margin.name, dtype, margin.width);
    if margin.width > 1 {
        let form = if margin.kind == "f32" {
            "xgboost_f32"
        } else {
            pool.random.pick(&["lightgbm", "numpy"])
        };
        let probability = pool.same("softmax@1", &margin, &[("form", form)], &[]);
        pool.build.output("answer", &probability.name, dtype, probability.width);
        let label = pool.op("argmax@1", &probability, &[], &[], ("i64", 1, false, 0));
        pool.build.output("index", &label.name, "int64", 1);
    } else if pool.random.once_in(2) {
        let form = if margin.kind == "f32" { "xgboost_f32" } else { "expit" };
        let positive = pool.same("sigmoid@1", &margin, &[("form", form)], &[]);
        let probability = pool.op("complement@1", &positive, &[], &[], (positive.kind, 2, false, 0));
        pool.build.output("answer", &probability.name, dtype, 2);
        let zero = Fitted::floats(float(margin.kind), &[0.0]);
        let label = pool.op(
            "compare@1",
            &margin,
            &[("comparison", "gt")],
            &[("constant", zero)],
            ("i64", 1, false, 0),
        );
        pool.build.output("index", &label.name, "int64", 1);
    }
}
