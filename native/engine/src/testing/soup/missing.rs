//! Operations on what is missing.

use crate::testing::pool::{is_code, is_dense, is_float, Pool, Typed};
use crate::testing::Fitted;

impl Pool {
    pub(super) fn missing_as(&mut self) -> Option<()> {
        let x = self.pick(is_code)?;
        let to = self.random.pick(&["null", "nan"]);
        self.same("missing_as@1", &x, &[("to", to)], &[]);
        Some(())
    }

    pub(super) fn require(&mut self) -> Option<()> {
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

    pub(super) fn impute(&mut self) -> Option<()> {
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

    pub(super) fn is_missing(&mut self) -> Option<()> {
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
}
