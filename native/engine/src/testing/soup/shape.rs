//! Operations that move cells or change their type.

use crate::testing::pool::{is_dense, Pool};
use crate::testing::Fitted;

impl Pool {
    pub(super) fn columns(&mut self) -> Option<()> {
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

    pub(super) fn concat(&mut self) -> Option<()> {
        let (all, _) = self.alike()?;
        self.concatenated(&all);
        Some(())
    }

    pub(super) fn constant(&mut self) -> Option<()> {
        let kind = self.random.pick(&["f64", "f32"]);
        let width = self.random.pick(&[1, 2, 3, 140]);
        let value = self.learned(kind, width);
        let name = self.build.op("constant@1", &[], &[], &[("value", value)]);
        self.keep(name, kind, width, false, 0);
        Some(())
    }

    pub(super) fn cast(&mut self) -> Option<()> {
        let x = self.pick(|value| value.kind != "code" && value.kind != "time")?;
        let to = self.random.pick(&["f64", "f64", "f32"]);
        self.op("cast@1", &x, &[("to", to)], &[], (to, x.width, x.sparse, 0));
        Some(())
    }

    pub(super) fn sparse(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        self.op("to_sparse@1", &x, &[], &[], (x.kind, x.width, true, 0));
        Some(())
    }

    pub(super) fn sparse_to(&mut self, op: &str) -> Option<()> {
        let x = self.pick(|value| value.sparse)?;
        self.op(op, &x, &[], &[], (x.kind, x.width, false, 0));
        Some(())
    }
}
