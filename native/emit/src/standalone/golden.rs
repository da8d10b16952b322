//! Golden rows as arrays, the self-test that answers them, and a program that runs it.

use modelpack_bundle::OutputType;

use super::Standalone;
use crate::code::Code;
use crate::constants::Constants;
use crate::SourceFile;

pub fn selftest(of: &Standalone<'_>) -> SourceFile {
    let (lower, golden) = (&of.names.lower, of.golden);
    let mut constants = Constants::default();
    let mut code = Code::new();
    code.put(format!("int32_t {lower}_selftest(void)\n{{"));
    if golden.rows == 0 {
        code.put("return 0;\n}");
    } else {
        let cells = constants.near_array(of.names, &golden.cells);
        code.put(format!(
            "{lower}_cell row[{}];\n{lower}_answer answer;\nsize_t i, j;",
            of.schema.features.len().max(1)
        ));
        code.put(format!("for (i = 0; i < {}; i++) {{", golden.rows));
        code.put(format!("for (j = 0; j < {}; j++) {{", of.schema.features.len()));
        code.put(format!(
            "row[j].integer = (int64_t){cells}[i * {} + j];\n}}",
            of.schema.features.len()
        ));
        code.put(format!(
            "if ({lower}_predict(row, &answer, NULL) != 0) {{\nreturn (int32_t)i + 1;\n}}"
        ));
        for ((output, name), bits) in of.schema.outputs.iter().zip(&of.outputs).zip(&golden.answers) {
            let (expected, answer) = match output.dtype {
                OutputType::Float64 => (
                    constants.near_array(of.names, bits),
                    format!("mp_bits64(answer.{name}[j])"),
                ),
                OutputType::Float32 => {
                    let bits: Vec<u32> = bits.iter().map(|&bits| bits as u32).collect();
                    (
                        constants.near_array(of.names, &bits),
                        format!("mp_bits32(answer.{name}[j])"),
                    )
                }
                OutputType::Int64 => (
                    constants.near_array(of.names, bits),
                    format!("(uint64_t)answer.{name}[j]"),
                ),
            };
            code.put(format!("for (j = 0; j < {}; j++) {{", output.columns));
            code.put(format!("if ({answer} != {expected}[i * {} + j]) {{", output.columns));
            code.put("return (int32_t)i + 1;\n}\n}");
        }
        code.put("}\nreturn 0;\n}");
    }
    SourceFile {
        name: format!("{lower}_selftest.c"),
        text: format!(
            "{}#include \"{lower}.h\"\n#include \"{lower}_model.h\"\n\n{}\n{}",
            of.names.notice(),
            constants.into_near(),
            code.into_text()
        ),
    }
}

pub fn main(of: &Standalone<'_>) -> SourceFile {
    let (lower, upper) = (&of.names.lower, &of.names.upper);
    let mut code = Code::new();
    code.put(format!(
        "int main(void)\n{{\nint32_t row = {lower}_selftest();\nif (row != 0) {{"
    ));
    code.put(format!(
        "printf(\"{lower}: golden row %d of %d is answered with other bits\\n\", (int)row, {upper}_GOLDEN_ROWS);"
    ));
    code.put(format!(
        "return 1;\n}}\nprintf(\"{lower}: %d golden rows, the same bits\\n\", {upper}_GOLDEN_ROWS);"
    ));
    code.put("return 0;\n}");
    SourceFile {
        name: format!("{lower}_test.c"),
        text: format!(
            "{}#include \"{lower}.h\"\n\n#include <stdio.h>\n\n{}",
            of.names.notice(),
            code.into_text()
        ),
    }
}
