//! The one exported symbol of a compiled model.

use modelpack_bundle::{OutputType, Schema};
use modelpack_engine::program::Program;

use crate::code::Code;
use crate::layout::Layout;
use crate::{About, Names, SourceFile};

pub fn files(names: &Names, program: &Program, schema: &Schema, layout: &Layout, about: &About) -> Vec<SourceFile> {
    let lower = &names.lower;
    let mut code = Code::new();
    code.put("static int32_t predict(const void *const *inputs, uint64_t rows, void *const *outputs, void *workspace,");
    code.put(format!(
        "mp_compiled_violation *violation)\n{{\n{lower}_workspace *w = ({lower}_workspace *)workspace;"
    ));
    code.put("mp_refusal refusal;\nsize_t row;\n(void)inputs;\n(void)outputs;\nfor (row = 0; row < rows; row++) {");
    for (index, input) in program.inputs.iter().enumerate() {
        let place = layout.places[input.value];
        let (field, c, _) = place.region.field();
        code.put(format!(
            "w->{field}[{}] = ((const {c} *)inputs[{index}])[row];",
            place.offset
        ));
    }
    code.put(format!(
        "if ({lower}_run(w, &refusal)) {{\nviolation->row = row;\nviolation->op = refusal.op;"
    ));
    code.put("violation->column = refusal.column;\nviolation->kind = refusal.kind;\nviolation->reserved = 0;");
    code.put("violation->bits = refusal.bits;\nreturn 1;\n}");
    let mut column = 0;
    for (output, (_, id)) in schema.outputs.iter().zip(&program.outputs) {
        let place = layout.places[*id];
        let cell = format!("w->{}[{} + i]", place.region.field().0, place.offset);
        let to = format!("(({} *)outputs[{column} + i])", place.c_type());
        code.put(format!(
            "{{\nsize_t i;\nfor (i = 0; i < {}; i++) {{\nif (outputs[{column} + i] != NULL) {{",
            output.columns
        ));
        code.put(match output.dtype {
            OutputType::Float64 => format!("mp_store64({to} + row, {cell});"),
            OutputType::Float32 => format!("mp_store32({to} + row, {cell});"),
            OutputType::Int64 => format!("{to}[row] = {cell};"),
        });
        code.put("}\n}\n}");
        column += output.columns;
    }
    code.put("}\nreturn 0;\n}\n");
    let digest = |digest: &[u8; 32]| crate::literal::list(digest.iter().map(|byte| format!("0x{byte:02x}")));
    code.put("const mp_compiled mp_compiled_model = {\nsizeof(mp_compiled),\nMP_COMPILED_ABI,");
    code.put(format!(
        "{},\n{},",
        digest(&about.program_digest),
        digest(&about.model_digest)
    ));
    code.put(format!(
        "{}, {column}, sizeof({lower}_workspace),\npredict\n}};",
        program.inputs.len()
    ));
    vec![
        SourceFile {
            name: format!("{lower}_library.c"),
            text: format!(
                "{}#include \"mp_compiled.h\"\n#include \"{lower}_model.h\"\n\n{}",
                names.notice(),
                code.into_text()
            ),
        },
        SourceFile {
            name: "mp_compiled.h".to_owned(),
            text: include_str!("../c/mp_compiled.h").to_owned(),
        },
    ]
}
