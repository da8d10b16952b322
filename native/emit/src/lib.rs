//! Writes a checked program as C99 without dependencies, the same bits as the reference interpreter.
//!
//! [`Form::Standalone`] is for people who embed a model without any runtime: header, sources, golden rows, a test and a Makefile.
//! [`Form::Library`] is what the engine `compiled` is built from: the same model behind the one symbol of `c/mp_compiled.h`.

mod bundle;
mod code;
mod constants;
mod forest;
mod layout;
mod library;
mod literal;
mod math;
mod model;
mod names;
mod ops;
mod standalone;

use modelpack_bundle::{Result, Schema};
use modelpack_engine::program::Program;

pub use bundle::emit_bundle;
pub use forest::BRANCH_NODES;

use names::Names;

/// What is written besides the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Admission of cells, look-up of categories, self-test, test main, Makefile.
    Standalone,
    /// `mp_compiled_model`: admission stays with the caller. All `.c` files together make the library.
    Library,
}

#[derive(Clone, Debug)]
pub struct Options {
    /// First part of every name in C: `[a-z][a-z0-9_]*`; None: made from the bundle's name.
    pub prefix: Option<String>,
    pub form: Form,
    /// Forests of more nodes and trees become tables, whose code does not grow with them; [`BRANCH_NODES`] is a good choice.
    pub branch_nodes: usize,
}

/// A file of the source, its name without folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

/// Rows with the bits that answer them.
#[derive(Clone, Debug, Default)]
pub struct Golden {
    pub rows: usize,
    /// A cell a feature, row by row.
    pub cells: Vec<u64>,
    /// Of each output its cells' bits, row by row.
    pub answers: Vec<Vec<u64>>,
}

/// Which model it is.
#[derive(Clone, Debug)]
pub struct About {
    pub name: String,
    pub version: String,
    pub identity: String,
    pub program_digest: [u8; 32],
    pub model_digest: [u8; 32],
}

/// Writes the files of a program.
pub fn emit(
    program: &Program,
    schema: &Schema,
    golden: &Golden,
    about: &About,
    options: &Options,
) -> Result<Vec<SourceFile>> {
    let title = format!("{} {}, {}", about.name, about.version, about.identity);
    let names = Names::new(options.prefix.as_deref(), &about.name, &title)?;
    let layout = layout::Layout::new(program);
    let mut files = model::files(&names, program, &layout, options.branch_nodes);
    match options.form {
        Form::Standalone => {
            files = standalone::Standalone::new(&names, program, schema, &layout, golden).files(files);
        }
        Form::Library => files.extend(library::files(&names, program, schema, &layout, about)),
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
