//! Operations that read or make category codes.

use crate::testing::pool::{is_code, Pool};
use crate::testing::Fitted;

impl Pool {
    pub(super) fn lookup(&mut self) -> Option<()> {
        let x = self.pick(is_code)?;
        let (rows, columns) = (self.code_rows(&x), self.random.between(1, 3));
        let table = self.learned("f64", rows * columns).shaped(&[rows, columns]);
        self.op("lookup@1", &x, &[], &[("table", table)], ("f64", columns, false, 0));
        Some(())
    }

    pub(super) fn one_hot(&mut self) -> Option<()> {
        let x = self.pick(is_code)?;
        self.hot(&x);
        Some(())
    }

    pub(super) fn number_code(&mut self) -> Option<()> {
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
}
