//! From the workspace to the answer.

use modelpack_bundle::OutputType;

use super::Standalone;
use crate::code::Code;

pub fn put(of: &Standalone<'_>, code: &mut Code) {
    for ((output, name), (_, id)) in of.schema.outputs.iter().zip(&of.outputs).zip(&of.program.outputs) {
        let place = of.layout.places[*id];
        let (field, at) = (place.region.field().0, place.offset);
        code.put(format!("for (i = 0; i < {}; i++) {{", output.columns));
        code.put(match output.dtype {
            OutputType::Float64 => format!("mp_store64(&answer->{name}[i], w->{field}[{at} + i]);\n}}"),
            OutputType::Float32 => format!("mp_store32(&answer->{name}[i], w->{field}[{at} + i]);\n}}"),
            OutputType::Int64 => format!("answer->{name}[i] = w->{field}[{at} + i];\n}}"),
        });
    }
}
