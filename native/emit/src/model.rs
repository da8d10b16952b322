//! The model's own files: an internal header with rules and workspace, the operations, arrays and forests.

use modelpack_engine::program::Program;

use crate::code::Code;
use crate::constants::Constants;
use crate::layout::{Layout, Region};
use crate::math::Math;
use crate::ops::Writer;
use crate::{Names, SourceFile};

const RULES: &str = include_str!("../c/model_rules.h");
/// Operations of one function; a file has one, so that no compiler meets a function that grows with the program.
const FILE_OPS: usize = 256;

/// `NAME_model.h` and all that computes.
pub fn files(names: &Names, program: &Program, layout: &Layout, branch_nodes: usize) -> Vec<SourceFile> {
    let mut writer = Writer {
        names,
        program,
        layout,
        branch_nodes,
        constants: Constants::default(),
        math: Math::default(),
        files: vec![],
        declarations: String::new(),
    };
    let mut files = Vec::new();
    let mut far = String::new();
    let lower = &names.lower;
    let steps = program.ops.len().div_ceil(FILE_OPS).max(1);
    for part in 0..steps {
        let mut code = Code::new();
        code.put(format!(
            "int32_t {lower}_run{part}({lower}_workspace *w, mp_refusal *refusal)\n{{"
        ));
        code.put("(void)w;\n(void)refusal;");
        for op in part * FILE_OPS..program.ops.len().min((part + 1) * FILE_OPS) {
            writer.op(op, &mut code);
        }
        code.put("return 0;\n}");
        let constants = writer.constants.next_file();
        far += &constants.0;
        let math = if writer.math.is_needed() {
            "#include \"modelpack_math.h\"\n"
        } else {
            ""
        };
        files.push(SourceFile {
            name: format!("{lower}_run{part}.c"),
            text: format!(
                "{}#include \"{lower}_model.h\"\n{math}\n{}\n{}",
                names.notice(),
                constants.1,
                code.into_text()
            ),
        });
    }
    let header = header(names, layout, &far, &writer.declarations, steps);
    files.append(&mut writer.files);
    files.extend(writer.constants.into_files(names));
    files.extend(writer.math.into_files());
    files.push(header);
    files
}

fn header(names: &Names, layout: &Layout, far: &str, forests: &str, steps: usize) -> SourceFile {
    let Names { lower, upper, .. } = names;
    let mut code = Code::new();
    code.put("/* Where the values of one row lie: a region for each type. */");
    code.put(format!("typedef struct {lower}_workspace {{"));
    for (region, size) in Region::ALL.into_iter().zip(layout.sizes) {
        let (field, c, _) = region.field();
        code.put(format!("{c} {field}[{}];", size.max(1)));
    }
    code.put(format!("}} {lower}_workspace;\n"));
    code.raw(far);
    code.raw(forests);
    code.put("\n/* The operations in their order: 0, or 1 after a refused cell. */");
    (0..steps).for_each(|part| {
        code.put(format!(
            "int32_t {lower}_run{part}({lower}_workspace *w, mp_refusal *refusal);"
        ));
    });
    code.put(format!(
        "\nstatic inline int32_t {lower}_run({lower}_workspace *w, mp_refusal *refusal)\n{{"
    ));
    let calls: Vec<String> = (0..steps)
        .map(|part| format!("{lower}_run{part}(w, refusal)"))
        .collect();
    code.put(format!("return {};\n}}", calls.join(" || ")));
    SourceFile {
        name: format!("{lower}_model.h"),
        text: format!(
            "{}#ifndef {upper}_MODEL_H\n#define {upper}_MODEL_H\n\n{RULES}\n{}\n#endif\n",
            names.notice(),
            code.into_text()
        ),
    }
}
