//! Models and what becomes of their scores.

use crate::testing::forest::random_forest;
use crate::testing::pool::{is_dense, is_float, Pool};

impl Pool {
    pub(super) fn forest(&mut self) -> Option<()> {
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

    pub(super) fn linear(&mut self) -> Option<()> {
        let x = self.pick(is_float)?;
        self.weighted(&x);
        Some(())
    }

    pub(super) fn sigmoid(&mut self) -> Option<()> {
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

    pub(super) fn softmax(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let form = match x.kind {
            "f32" => self.random.pick(&["xgboost_f32", "numpy"]),
            _ => self.random.pick(&["lightgbm", "numpy"]),
        };
        self.same("softmax@1", &x, &[("form", form)], &[]);
        Some(())
    }

    pub(super) fn complement(&mut self) -> Option<()> {
        let x = self.pick(|value| is_dense(value) && value.width == 1)?;
        self.op("complement@1", &x, &[], &[], (x.kind, 2, false, 0));
        Some(())
    }

    pub(super) fn reduce(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        if self.random.once_in(2) {
            self.op("row_sum@1", &x, &[], &[], (x.kind, 1, false, 0));
        } else {
            self.op("argmax@1", &x, &[], &[], ("i64", 1, false, 0));
        }
        Some(())
    }

    pub(super) fn normalise(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let op = if self.random.once_in(2) {
            "normalise_rows@1"
        } else {
            "sort_row@1"
        };
        self.same(op, &x, &[], &[]);
        Some(())
    }
}
