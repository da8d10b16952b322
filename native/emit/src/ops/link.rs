//! From a model's score to its answer.

use modelpack_engine::program::SigmoidForm;

use super::{precision, At, Writer};
use crate::code::Code;
use crate::literal;

impl Writer<'_> {
    pub fn sigmoid(&mut self, at: At<'_>, form: SigmoidForm, scale: Option<f64>, code: &mut Code) {
        let suffix = precision(&self.input(at)).suffix;
        let exp = self.math.call("exp", suffix);
        match form {
            SigmoidForm::XgboostF32 => {
                let power = format!("{exp}(88.7f < -x[i] ? 88.7f : -x[i])");
                self.each(at, &format!("1.0f / ({power} + 1.0f + 1e-16f)"), code);
            }
            SigmoidForm::Lightgbm => {
                let scale = literal::double(-scale.expect("this form has a scale"));
                self.each(at, &format!("1.0 / (1.0 + {exp}({scale} * x[i]))"), code);
            }
            SigmoidForm::Expit => self.each(at, &format!("1.0{suffix} / (1.0{suffix} + {exp}(-x[i]))"), code),
        }
    }

    pub fn complement(&mut self, at: At<'_>, code: &mut Code) {
        let (x, _) = self.open(at, code);
        code.put(format!("y[0] = 1.0{} - x[0];\ny[1] = x[0];", precision(&x).suffix));
    }

    /// Declares `sum`, in order from the first cell.
    fn sum_in_order(&self, at: At<'_>, code: &mut Code) -> usize {
        let (x, _) = self.open(at, code);
        code.put(format!("{} sum = x[0];\nsize_t i;", x.c_type()));
        code.put(format!("for (i = 1; i < {}; i++) {{\nsum = sum + x[i];\n}}", x.width));
        x.width
    }

    pub fn row_sum(&mut self, at: At<'_>, code: &mut Code) {
        self.sum_in_order(at, code);
        code.put("y[0] = sum;");
    }

    pub fn normalise_rows(&mut self, at: At<'_>, code: &mut Code) {
        let width = self.sum_in_order(at, code);
        code.put(format!("for (i = 0; i < {width}; i++) {{\ny[i] = x[i] / sum;\n}}"));
    }

    /// By insertion, so that equals keep their order.
    pub fn sort_row(&mut self, at: At<'_>, code: &mut Code) {
        let (x, _) = self.open(at, code);
        code.put(format!("size_t i, j;\nfor (i = 0; i < {}; i++) {{", x.width));
        code.put(format!("{} cell = x[i];", x.c_type()));
        code.put("for (j = i; j > 0 && (cell < y[j - 1] || (cell == cell && y[j - 1] != y[j - 1])); j--) {");
        code.put("y[j] = y[j - 1];\n}\ny[j] = cell;\n}");
    }

    pub fn argmax(&mut self, at: At<'_>, code: &mut Code) {
        let (x, _) = self.open(at, code);
        code.put(format!(
            "size_t best = 0, i;\nfor (i = 1; i < {} && x[best] == x[best]; i++) {{",
            x.width
        ));
        code.put("if (x[i] > x[best] || x[i] != x[i]) {\nbest = i;\n}\n}\ny[0] = (int64_t)best;");
    }
}
