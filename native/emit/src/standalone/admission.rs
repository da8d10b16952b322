//! NAME.c: cells judged by each feature's policies, the model run, its answer or its refusal handed out.

use modelpack_bundle::{CellKind, Feature, FeatureType, NullIs, Policy};
use modelpack_engine::program::{OpKind, Provenance};

use super::{answer, categories, Standalone};
use crate::code::Code;
use crate::constants::Constants;
use crate::layout::Region;
use crate::literal;
use crate::SourceFile;

pub fn file(of: &Standalone<'_>) -> SourceFile {
    let lower = &of.names.lower;
    let mut constants = Constants::default();
    let mut code = Code::new();
    gates(of, &mut code);
    categories::put(of, &mut constants, &mut code);
    missing(of, &mut code);
    refused_feature(of, &mut constants, &mut code);
    refused_step(of, &mut code);
    predict(of, &mut code);
    SourceFile {
        name: format!("{lower}.c"),
        text: format!(
            "{}#include \"{lower}.h\"\n#include \"{lower}_model.h\"\n\n{}\n{}",
            of.names.notice(),
            constants.into_near(),
            code.into_text()
        ),
    }
}

fn gates(of: &Standalone<'_>, code: &mut Code) {
    code.put(include_str!("../../c/admit.c"));
    let mut gates: Vec<String> = of.schema.features.iter().map(gate).collect();
    if gates.is_empty() {
        gates.push("{0, 0, 0, 0, 0, 0}".to_owned());
    }
    code.raw(&format!(
        "static const struct gate gates[{}] = {};\n\n",
        gates.len(),
        literal::list(gates.into_iter())
    ));
}

fn gate(feature: &Feature) -> String {
    let kind = match feature.dtype {
        FeatureType::Float64 => 0,
        FeatureType::Float32 => 1,
        FeatureType::Int64 | FeatureType::Timestamp => 2,
        FeatureType::Bool => 3,
        FeatureType::String => 4,
    };
    let policy = |policy| match policy {
        Policy::Model => (0, 0),
        Policy::Reject => (1, 0),
        Policy::Default(cell) => (2, cell),
    };
    let (missing, missing_default) = policy(feature.missing);
    let (unseen, unseen_default) = policy(feature.unseen);
    let categories = feature.dictionary.as_ref().map_or(0, |dictionary| dictionary.len());
    let [missing_default, unseen_default] =
        [missing_default, unseen_default].map(|cell| format!("UINT64_C(0x{cell:x})"));
    format!("{{{kind}, {missing}, {unseen}, {categories}, {missing_default}, {unseen_default}}}")
}

fn missing(of: &Standalone<'_>, code: &mut Code) {
    let lower = &of.names.lower;
    code.put(format!(
        "{lower}_cell {lower}_missing(uint32_t feature)\n{{\n{lower}_cell cell;"
    ));
    code.put("cell.number = MP_NAN;\nswitch (feature) {");
    for (feature, name) in of.schema.features.iter().zip(&of.features) {
        let cell = match (feature.dtype.cell_kind(), feature.null_is) {
            (CellKind::Number, _) => continue,
            (CellKind::Integer | CellKind::Time, _) => "INT64_MIN",
            (CellKind::Bool, _) => "2",
            (CellKind::Code, NullIs::None) => "-1",
            (CellKind::Code, NullIs::Nan) => "-2",
        };
        code.put(format!(
            "case {}_{name}:\ncell.integer = {cell};\nbreak;",
            of.names.upper
        ));
    }
    code.put("default:\nbreak;\n}\nreturn cell;\n}\n");
}

/// The feature that a column of a checked value carries on, or -1.
fn refused_feature(of: &Standalone<'_>, constants: &mut Constants, code: &mut Code) {
    code.put("static int32_t refused_feature(const mp_refusal *refusal)\n{\nswitch (refusal->op) {");
    for (index, op) in of.program.ops.iter().enumerate() {
        if !matches!(op.kind, OpKind::Require(_)) {
            continue;
        }
        match &of.program.values[op.inputs[0]].features {
            Provenance::All(None) => {}
            Provenance::All(Some(feature)) => code.put(format!("case {index}:\nreturn {feature};")),
            Provenance::Each(features) => {
                let features: Vec<i32> = features
                    .iter()
                    .map(|&feature| i32::try_from(feature).unwrap_or(-1))
                    .collect();
                let table = constants.near_array(of.names, &features);
                code.put(format!("case {index}:\nreturn {table}[refusal->column];"));
            }
        }
    }
    code.put("default:\nreturn -1;\n}\n}\n");
}

fn refused_step(of: &Standalone<'_>, code: &mut Code) {
    code.put("static const char *refused_step(const mp_refusal *refusal)\n{\nswitch (refusal->op) {");
    for (index, op) in of.program.ops.iter().enumerate() {
        if matches!(op.kind, OpKind::Require(_)) {
            code.put(format!("case {index}:\nreturn {};", literal::string(&op.origin)));
        }
    }
    code.put("default:\nreturn \"\";\n}\n}\n");
}

fn predict(of: &Standalone<'_>, code: &mut Code) {
    let (lower, upper) = (&of.names.lower, &of.names.upper);
    let arguments = format!("const {lower}_cell row[], {lower}_answer *answer, {lower}_refused *refused");
    code.put("/* The memory that the header promises to be enough. */");
    code.put(format!(
        "typedef char workspace_fits[sizeof({lower}_workspace) <= {upper}_WORKSPACE_BYTES ? 1 : -1];\n"
    ));
    code.put(format!(
        "static int32_t refuse({lower}_refused *refused, int32_t result, int32_t feature, const char *step)"
    ));
    code.put(
        "{\nif (refused != NULL) {\nrefused->result = result;\nrefused->feature = feature;\nrefused->step = step;\n}",
    );
    code.put("return result;\n}\n");
    code.put(format!(
        "static int32_t answer_in({arguments}, {lower}_workspace *w)\n{{"
    ));
    code.put(format!(
        "uint64_t cells[{}];\nmp_refusal refusal;\nsize_t i;",
        of.schema.features.len().max(1)
    ));
    code.put(format!(
        "for (i = 0; i < {}; i++) {{\nint32_t result;",
        of.schema.features.len()
    ));
    code.put("cells[i] = (uint64_t)row[i].integer;\nresult = admit(&gates[i], &cells[i]);\nif (result != 0) {");
    code.put("return refuse(refused, result, (int32_t)i, NULL);\n}\n}\n(void)cells;");
    for input in &of.program.inputs {
        let place = of.layout.places[input.value];
        let cell = format!("cells[{}]", input.feature);
        let cell = match place.region {
            Region::F64 => format!("mp_f64({cell})"),
            Region::F32 => format!("(float)mp_f64({cell})"),
            Region::Code => format!("(int32_t)(int64_t){cell}"),
            _ => format!("(int64_t){cell}"),
        };
        code.put(format!("w->{}[{}] = {cell};", place.region.field().0, place.offset));
    }
    code.put(format!("if ({lower}_run(w, &refusal)) {{"));
    code.put("int32_t result = refusal.kind == 1 ? 306 : refusal.kind == 2 ? 304 : 305;");
    code.put("return refuse(refused, result, refused_feature(&refusal), refused_step(&refusal));\n}");
    answer::put(of, code);
    code.put(format!("return {upper}_OK;\n}}\n"));
    code.put(format!("int32_t {lower}_predict_in({arguments}, void *workspace)\n{{"));
    code.put(format!(
        "return answer_in(row, answer, refused, ({lower}_workspace *)workspace);\n}}\n"
    ));
    code.put(format!(
        "int32_t {lower}_predict({arguments})\n{{\n{lower}_workspace workspace;"
    ));
    code.put("return answer_in(row, answer, refused, &workspace);\n}");
}
