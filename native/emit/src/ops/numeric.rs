//! Arithmetic, cell by cell; each operation is rounded once.

use modelpack_engine::program::{AffineForm, Arithmetic, Comparison, Floats, MathFunction};

use super::{precision, At, Writer};
use crate::code::Code;
use crate::literal;

impl Writer<'_> {
    pub fn affine(&mut self, at: At<'_>, form: AffineForm, a: &Floats, b: Option<&Floats>, code: &mut Code) {
        let a = self.floats(a);
        let b = b
            .filter(|_| matches!(form, AffineForm::SubDiv | AffineForm::MulAdd))
            .map(|b| self.floats(b));
        let b = b.unwrap_or_default();
        let value = match form {
            AffineForm::SubDiv => format!("(x[i] - {a}[j]) / {b}[j]"),
            AffineForm::MulAdd => format!("x[i] * {a}[j] + {b}[j]"),
            AffineForm::Sub => format!("x[i] - {a}[j]"),
            AffineForm::Div => format!("x[i] / {a}[j]"),
            AffineForm::Mul => format!("x[i] * {a}[j]"),
        };
        self.each(at, &value, code);
    }

    pub fn clip(&mut self, at: At<'_>, low: &Floats, high: &Floats, code: &mut Code) {
        let (low, high) = (self.floats(low), self.floats(high));
        let (_, y) = self.open(at, code);
        code.put(format!("size_t i;\nfor (i = 0; i < {}; i++) {{", y.width));
        code.put(format!("{} raised = x[i] < {low}[i] ? {low}[i] : x[i];", y.c_type()));
        code.put(format!("y[i] = raised > {high}[i] ? {high}[i] : raised;\n}}"));
    }

    /// The second operand is fitted or a value, and meets every column if it has one.
    pub fn arithmetic(&mut self, at: At<'_>, operation: Arithmetic, operand: Option<&Floats>, code: &mut Code) {
        let sign = match operation {
            Arithmetic::Add => '+',
            Arithmetic::Mul => '*',
            Arithmetic::Div => '/',
        };
        let operand = match operand {
            Some(values) => {
                let one = matches!(values, Floats::F64(v) if v.len() == 1)
                    || matches!(values, Floats::F32(v) if v.len() == 1);
                format!("{}[{}]", self.floats(values), if one { "0" } else { "i" })
            }
            None => {
                let z = self.place(at.inputs[1]);
                format!("({})[{}]", z.pointer(), if z.width == 1 { "0" } else { "i" })
            }
        };
        self.each(at, &format!("x[i] {sign} {operand}"), code);
    }

    pub fn math_function(&mut self, at: At<'_>, function: MathFunction, code: &mut Code) {
        let precision = precision(&self.input(at));
        let name = match function {
            MathFunction::Exp => "exp",
            MathFunction::Exp2 => "exp2",
            MathFunction::Expm1 => "expm1",
            MathFunction::Log => "log",
            MathFunction::Log1p => "log1p",
            MathFunction::Log2 => "log2",
            MathFunction::Sqrt => "sqrt",
            MathFunction::Tanh => "tanh",
            MathFunction::Abs => return self.each(at, &format!("mp_abs{}(x[i])", precision.bits), code),
            MathFunction::Neg => return self.each(at, "-x[i]", code),
            MathFunction::Square => return self.each(at, "x[i] * x[i]", code),
        };
        let call = self.math.call(name, precision.suffix);
        self.each(at, &format!("{call}(x[i])"), code);
    }

    pub fn compare(&mut self, at: At<'_>, comparison: Comparison, constant: f64, code: &mut Code) {
        let sign = match comparison {
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
            Comparison::Lt => "<",
            Comparison::Le => "<=",
        };
        self.each(at, &format!("(double)x[i] {sign} {}", literal::double(constant)), code);
    }
}
