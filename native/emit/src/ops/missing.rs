//! Operations on what is missing.

use modelpack_engine::program::{Floats, MissingTest};

use super::{At, Writer};
use crate::code::Code;
use crate::layout::Region;
use crate::literal;

impl Writer<'_> {
    pub fn missing_as(&mut self, at: At<'_>, to_null: bool, code: &mut Code) {
        let (from, to) = if to_null { (-2, -1) } else { (-1, -2) };
        self.each(at, &format!("x[i] == {from} ? {to} : x[i]"), code);
    }

    pub fn impute(&mut self, at: At<'_>, missing: &MissingTest, fill: &Floats, code: &mut Code) {
        let fill = self.floats(fill);
        self.each(at, &format!("{} ? {fill}[j] : x[i]", number_is_missing(missing)), code);
    }

    pub fn impute_code(&mut self, at: At<'_>, missing: &MissingTest, fill: i32, code: &mut Code) {
        self.each(at, &format!("{} ? {fill} : x[i]", code_is_missing(missing)), code);
    }

    pub fn is_missing(&mut self, at: At<'_>, missing: &MissingTest, code: &mut Code) {
        let null = matches!(missing, MissingTest::Null | MissingTest::NanOrNull);
        let missing = match self.input(at).region {
            Region::I64 if !null => "0".to_owned(),
            Region::I64 if self.is_bool(at) => "x[i] == 2".to_owned(),
            Region::I64 => "x[i] == INT64_MIN".to_owned(),
            Region::Code => code_is_missing(missing),
            _ => number_is_missing(missing),
        };
        let missing = if missing == "0" {
            "0.0".to_owned()
        } else {
            format!("{missing} ? 1.0 : 0.0")
        };
        let (x, y) = (self.input(at), self.place(at.output));
        if missing.contains("x[i]") {
            code.put(format!("const {} *x = {};", x.c_type(), x.pointer()));
        }
        code.put(format!("double *y = {};\nsize_t i;", y.pointer()));
        code.put(format!("for (i = 0; i < {}; i++) {{\ny[i] = {missing};\n}}", y.width));
    }
}

fn number_is_missing(missing: &MissingTest) -> String {
    match missing {
        MissingTest::Nan | MissingTest::NanOrNull => "(x[i] != x[i])".to_owned(),
        MissingTest::Null | MissingTest::Code(_) => "0".to_owned(),
        MissingTest::Value(value) => format!("((double)x[i] == {})", literal::double(*value)),
    }
}

fn code_is_missing(missing: &MissingTest) -> String {
    match missing {
        MissingTest::Nan => "(x[i] == -2)".to_owned(),
        MissingTest::Null => "(x[i] == -1)".to_owned(),
        MissingTest::NanOrNull => "(x[i] == -1 || x[i] == -2)".to_owned(),
        MissingTest::Code(value) => format!("(x[i] == {value})"),
        MissingTest::Value(_) => "0".to_owned(),
    }
}
