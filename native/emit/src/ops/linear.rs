//! Weighted sums.

use modelpack_engine::program::{Bias, Floats, OpKind};

use super::{At, Writer};
use crate::code::Code;

impl Writer<'_> {
    pub fn linear(&mut self, at: At<'_>, kind: &OpKind, code: &mut Code) {
        let OpKind::Linear {
            weight,
            outputs,
            bias,
            bias_values,
            skip_nan,
            ..
        } = kind
        else {
            unreachable!("called for linear@1");
        };
        let weight = self.floats(weight);
        let bias_values = bias_values
            .as_ref()
            .map(|values: &Floats| self.floats(values))
            .unwrap_or_default();
        let (x, _) = self.open(at, code);
        code.put(format!("size_t i, k;\nfor (k = 0; k < {outputs}; k++) {{"));
        match bias {
            Bias::First => code.put(format!("y[k] = {bias_values}[k];\n}}")),
            _ => code.put("y[k] = 0;\n}"),
        }
        let row = match x.columns {
            Some(from) => {
                code.put(format!("for (i = 0; i < w->k[{from}]; i++) {{"));
                format!("(size_t)w->k[{from} + 1 + i]")
            }
            None => {
                code.put(format!("for (i = 0; i < {}; i++) {{", x.width));
                "i".to_owned()
            }
        };
        if *skip_nan {
            code.put("if (x[i] != x[i]) {\ncontinue;\n}");
        }
        code.put(format!("for (k = 0; k < {outputs}; k++) {{"));
        code.put(format!(
            "{} product = x[i] * {weight}[{row} * {outputs} + k];",
            x.c_type()
        ));
        code.put("y[k] = y[k] + product;\n}\n}");
        if *bias == Bias::Last {
            code.put(format!(
                "for (k = 0; k < {outputs}; k++) {{\ny[k] = y[k] + {bias_values}[k];\n}}"
            ));
        }
    }
}
