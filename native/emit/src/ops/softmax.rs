//! Softmax, with the sum of each framework.

use modelpack_engine::program::SoftmaxForm;

use super::{precision, At, Writer};
use crate::code::Code;

/// Up to here numpy's sum is one of lanes.
const LANES_MOST: usize = 128;

impl Writer<'_> {
    pub fn softmax(&mut self, at: At<'_>, form: SoftmaxForm, code: &mut Code) {
        let precision = precision(&self.input(at));
        let exp = self.math.call("exp", precision.suffix);
        let (x, _) = self.open(at, code);
        let (width, c) = (x.width, precision.c);
        code.put(format!("{c} greatest = x[0], total;\nsize_t i;"));
        code.put(format!(
            "for (i = 1; i < {width}; i++) {{\nif (x[i] > greatest) {{\ngreatest = x[i];\n}}\n}}"
        ));
        code.put(format!(
            "for (i = 0; i < {width}; i++) {{\ny[i] = {exp}(x[i] - greatest);\n}}"
        ));
        match form {
            SoftmaxForm::XgboostF32 => {
                code.put(format!("{{\ndouble sum = 0.0;\nfor (i = 0; i < {width}; i++) {{"));
                code.put("sum = sum + (double)y[i];\n}\ntotal = (float)sum;\n}");
            }
            SoftmaxForm::Numpy if width >= 8 => {
                code.put(format!("total = {};", numpy_sum("y", 0, width, precision.bits)));
            }
            _ => code.put(format!(
                "total = 0;\nfor (i = 0; i < {width}; i++) {{\ntotal = total + y[i];\n}}"
            )),
        }
        code.put(format!("for (i = 0; i < {width}; i++) {{\ny[i] = y[i] / total;\n}}"));
    }
}

/// numpy's sum of at least 8 contiguous numbers as an expression: halves are known now, as the width is.
fn numpy_sum(array: &str, first: usize, count: usize, bits: &str) -> String {
    if count <= LANES_MOST {
        return format!("mp_lanes{bits}({array} + {first}, {count})");
    }
    let half = count / 2 - count / 2 % 8;
    let (low, high) = (
        numpy_sum(array, first, half, bits),
        numpy_sum(array, first + half, count - half, bits),
    );
    format!("({low} + {high})")
}
