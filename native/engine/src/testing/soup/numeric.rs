//! Arithmetic, cell by cell.

use crate::testing::pool::{is_dense, is_float, Pool, Typed};

impl Pool {
    pub(super) fn affine(&mut self) -> Option<()> {
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

    pub(super) fn clip(&mut self) -> Option<()> {
        let x = self.pick(is_dense)?;
        let tensors = [
            ("low", self.learned(x.kind, x.width)),
            ("high", self.learned(x.kind, x.width)),
        ];
        self.same("clip@1", &x, &[], &tensors);
        Some(())
    }

    pub(super) fn arithmetic(&mut self) -> Option<()> {
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

    pub(super) fn math(&mut self) -> Option<()> {
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

    pub(super) fn compare(&mut self) -> Option<()> {
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
}
