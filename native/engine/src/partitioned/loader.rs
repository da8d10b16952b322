//! From an entry's bytes to a model. Nodes of one program share its parsed text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use modelpack_bundle::{json, quote, Bundle, Error, ErrorCode, Json, Result, TensorFile};

use super::flight::lock;
use super::slot::Loaded;
use crate::check::check;
use crate::model::Model;
use crate::program::Program;
use crate::stats::Stats;

pub struct Loader {
    bundle: Arc<Bundle>,
    stats: Arc<Stats>,
    /// By digest.
    programs: Mutex<HashMap<String, Arc<Json>>>,
}

impl Loader {
    pub fn new(bundle: &Arc<Bundle>, stats: &Arc<Stats>) -> Loader {
        Loader {
            bundle: Arc::clone(bundle),
            stats: Arc::clone(stats),
            programs: Mutex::default(),
        }
    }

    /// Reads, hashes, parses, checks and plans. Errors name the node.
    pub fn load(&self, node: u32) -> Result<Loaded> {
        let program = self.program(node)?;
        let mut model = Model::counting(program, self.bundle.schema(), Arc::clone(&self.stats));
        model.forget_fitted();
        let memory_bytes = model.memory_bytes() as u64;
        Ok(Loaded { model, memory_bytes })
    }

    /// The node's program with what was fitted for it.
    pub fn program(&self, node: u32) -> Result<Program> {
        let tensors = self.bundle.entry(node)?;
        self.checked(node, &tensors).map_err(|error| self.named(node, error))
    }

    fn checked(&self, node: u32, tensors: &TensorFile) -> Result<Program> {
        check(&*self.text(node)?, self.bundle.schema(), tensors)
    }

    fn text(&self, node: u32) -> Result<Arc<Json>> {
        let partitions = self.bundle.partitions();
        let found = partitions.and_then(|partitions| Some((partitions.program(node)?, partitions.program_text(node)?)));
        let (digest, text) = found.ok_or_else(|| {
            Error::new(
                ErrorCode::Program,
                format!("programs.json has no program of node {node}"),
            )
        })?;
        if let Some(program) = lock(&self.programs).get(digest) {
            return Ok(Arc::clone(program));
        }
        let program =
            json::parse(text.as_bytes()).map_err(|error| error.within(&format!("program {}", quote(digest))))?;
        let program = Arc::new(program);
        lock(&self.programs).insert(digest.to_owned(), Arc::clone(&program));
        Ok(program)
    }

    #[cold]
    fn named(&self, node: u32, error: Error) -> Error {
        let path = self
            .bundle
            .partitions()
            .map_or(String::new(), |partitions| partitions.path_text(node));
        error.within(&format!("node {path}")).with_node(path)
    }
}
