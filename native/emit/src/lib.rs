//! Writes a checked program as C99 without dependencies, the same bits as the reference interpreter.
//!
//! [`Form::Standalone`] is for people who embed a model without any runtime: header, sources, golden rows, a test and a Makefile.
//! [`Form::Library`] is what the engine `compiled` is built from: the same model behind the one symbol of `c/mp_compiled.h`.

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
}

/// A file of the source, its name without folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}
