//! What people include and run: public header, admission, golden rows with self-test, test main, Makefile.

mod admission;
mod answer;
mod categories;
mod golden;
mod header;
mod makefile;

use modelpack_bundle::Schema;
use modelpack_engine::program::Program;

use crate::layout::Layout;
use crate::names::Identifiers;
use crate::{Golden, Names, SourceFile};

/// All that the files are written from.
pub struct Standalone<'a> {
    pub names: &'a Names,
    pub program: &'a Program,
    pub schema: &'a Schema,
    pub layout: &'a Layout,
    pub golden: &'a Golden,
    /// Identifiers of features, upper case, and fields of outputs.
    features: Vec<String>,
    outputs: Vec<String>,
}

impl<'a> Standalone<'a> {
    pub fn new(
        names: &'a Names,
        program: &'a Program,
        schema: &'a Schema,
        layout: &'a Layout,
        golden: &'a Golden,
    ) -> Self {
        let (mut features, mut outputs) = (Identifiers::default(), Identifiers::default());
        Standalone {
            names,
            program,
            schema,
            layout,
            golden,
            features: schema
                .features
                .iter()
                .map(|feature| features.make(&format!("FEATURE_{}", feature.name.to_uppercase())))
                .collect(),
            outputs: schema.outputs.iter().map(|output| outputs.make(&output.name)).collect(),
        }
    }

    /// The files; `others` are those of the model.
    pub fn files(&self, others: Vec<SourceFile>) -> Vec<SourceFile> {
        let mut files = vec![
            header::file(self),
            admission::file(self),
            golden::selftest(self),
            golden::main(self),
        ];
        files.extend(others);
        files.push(makefile::file(self, &files));
        files
    }
}
