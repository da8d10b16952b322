//! Cells that the model refuses.

use modelpack_engine::program::{Kind, Requirement};

use super::{At, Writer};
use crate::code::Code;
use crate::layout::Region;

impl Writer<'_> {
    pub fn is_bool(&self, at: At<'_>) -> bool {
        self.program.values[at.inputs[0]].value_type.kind == Kind::Bool
    }

    pub fn require(&mut self, at: At<'_>, requirement: &Requirement, code: &mut Code) {
        let x = self.input(at);
        let (refused, kind, bits) = match x.region {
            Region::I64 if self.is_bool(at) => ("x[i] == 2".to_owned(), "2", "0"),
            Region::I64 => ("x[i] == INT64_MIN".to_owned(), "2", "0"),
            Region::Code => (
                self.refused_code(requirement),
                "x[i] == -1 || x[i] == -2 ? 2 : 3",
                "(uint64_t)(int64_t)x[i]",
            ),
            _ => {
                let kind = if *requirement == Requirement::Present { "2" } else { "1" };
                (refused_number(requirement).to_owned(), kind, "mp_bits64((double)x[i])")
            }
        };
        code.put(format!("const {} *x = {};\nsize_t i;", x.c_type(), x.pointer()));
        let (count, column) = match x.columns {
            Some(from) => (format!("w->k[{from}]"), format!("w->k[{from} + 1 + i]")),
            None => (x.width.to_string(), "i".to_owned()),
        };
        code.put(format!("for (i = 0; i < {count}; i++) {{\nif ({refused}) {{"));
        code.put(format!(
            "return mp_refuse(refusal, {}, {column}, {kind}, {bits});\n}}\n}}",
            at.index
        ));
    }

    fn refused_code(&mut self, requirement: &Requirement) -> String {
        match requirement {
            Requirement::Allowed(allowed) => {
                let table = self.constants.array(self.names, allowed);
                format!("{table}[mp_code_row(x[i], {})] != 1", allowed.len() - 3)
            }
            _ => "x[i] == -1 || x[i] == -2".to_owned(),
        }
    }
}

fn refused_number(requirement: &Requirement) -> &'static str {
    match requirement {
        Requirement::Finite => "!mp_is_finite((double)x[i])",
        Requirement::FiniteOrNan => "!mp_is_finite((double)x[i]) && x[i] == x[i]",
        Requirement::FitsF32 { nan: false } => "!mp_is_finite((double)(float)x[i])",
        Requirement::FitsF32 { nan: true } => "!mp_is_finite((double)(float)x[i]) && x[i] == x[i]",
        Requirement::Present | Requirement::Allowed(_) => "x[i] != x[i]",
    }
}
