//! The source of a bundle's model.

use modelpack_bundle::{Bundle, Digest, Error, ErrorCode, Output, OutputType, Result, TensorFile};
use modelpack_engine::predictor::read_program;

use crate::{emit, About, Golden, Options, SourceFile};

const GOLDEN: &str = "golden.safetensors";
const TENSORS: &str = "models/main/tensors.safetensors";

/// Writes the model of a bundle. Nothing is run, so one that was opened for inspection will do.
pub fn emit_bundle(bundle: &Bundle, options: &Options) -> Result<Vec<SourceFile>> {
    if bundle.partitions().is_some() {
        let message = "a partitioned bundle has many models, and C source is written of one";
        return Err(Error::new(ErrorCode::Engine, message));
    }
    if !bundle.has_member(TENSORS) {
        let message = "the bundle has no program, only a model that another engine runs";
        return Err(Error::new(ErrorCode::Engine, message));
    }
    let (program, program_digest) = read_program(bundle)?;
    let about = about(bundle, &program_digest)?;
    emit(&program, bundle.schema(), &golden(bundle)?, &about, options)
}

fn about(bundle: &Bundle, program: &str) -> Result<About> {
    let model = bundle.model_digest();
    Ok(About {
        name: bundle.name().to_owned(),
        version: bundle.version().to_owned(),
        identity: bundle.identity().to_owned(),
        program_digest: digest(program)?,
        model_digest: digest(model.strip_prefix("sha256:").unwrap_or(model))?,
    })
}

/// The bytes of 64 hexadecimal digits.
fn digest(hex: &str) -> Result<[u8; 32]> {
    Digest::from_hex(hex)
        .map(|digest| digest.0)
        .ok_or_else(|| Error::new(ErrorCode::Program, "a digest is not of 64 hexadecimal digits"))
}

fn golden(bundle: &Bundle) -> Result<Golden> {
    if !bundle.has_member(GOLDEN) {
        return Ok(Golden::default());
    }
    let file = TensorFile::parse(bundle.read_member(GOLDEN)?).map_err(|error| error.within(GOLDEN))?;
    let features = bundle.schema().features.len();
    let (cells, rows) = match file.get("cells") {
        Some(cells) if cells.shape.len() == 2 && cells.shape[1] == features => (cells.u64s()?, cells.shape[0]),
        _ => return Err(malformed(&format!("cells has not the shape [rows, {features}]"))),
    };
    let outputs = &bundle.schema().outputs;
    let answers = outputs
        .iter()
        .map(|output| answers(&file, output, rows))
        .collect::<Result<_>>()?;
    Ok(Golden { rows, cells, answers })
}

/// The native answers as bits.
fn answers(file: &TensorFile, output: &Output, rows: usize) -> Result<Vec<u64>> {
    let name = format!("native.{}", output.name);
    let tensor = file.get(&name).filter(|tensor| tensor.shape == [rows, output.columns]);
    let tensor =
        tensor.ok_or_else(|| malformed(&format!("{name} is not there, or not of one cell a row and column")))?;
    Ok(match output.dtype {
        OutputType::Float64 => tensor.f64s()?.into_iter().map(canonical).collect(),
        OutputType::Float32 => tensor.f32s()?.into_iter().map(canonical_single).collect(),
        OutputType::Int64 => tensor.i64s()?.into_iter().map(|integer| integer as u64).collect(),
    })
}

fn canonical(x: f64) -> u64 {
    if x.is_nan() {
        modelpack_engine::reference::NAN_F64.to_bits()
    } else {
        x.to_bits()
    }
}

fn canonical_single(x: f32) -> u64 {
    u64::from(if x.is_nan() {
        modelpack_engine::reference::NAN_F32.to_bits()
    } else {
        x.to_bits()
    })
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorCode::Golden, format!("{GOLDEN}: {what}"))
}
