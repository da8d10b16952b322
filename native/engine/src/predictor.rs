//! What answers for a bundle.

use std::sync::Arc;
use std::thread;

use modelpack_bundle::json;
use modelpack_bundle::{quote, Bundle, Error, ErrorCode, Programs, Result, Schema, TensorFile};

use crate::call::Call;
use crate::check::check;
use crate::columns::Column;
use crate::engines::compiled::{Compiled, COMPILED};
use crate::engines::onnx::{self, Places, ONNX};
use crate::golden;
use crate::model::Model;
use crate::partitioned::{CacheStats, NodeStats, Partitioned};
use crate::program::Program;
use crate::stats::FeatureStats;

/// The engine that runs the program itself.
pub const NATIVE: &str = "native";

const TENSORS: &str = "models/main/tensors.safetensors";
const PROGRAMS: &str = "programs.json";

#[derive(Clone, Debug, Default)]
pub struct PredictorOptions {
    /// `None`: the first that can be used.
    pub engine: Option<String>,
    /// Threads that a batch may use: 0 or 1 one, -1 as many as there are processors.
    pub threads: i32,
    /// Memory that models of partition nodes may take, the root not counted; 0 for 1 GiB.
    pub cache_bytes: u64,
    /// Where ONNX Runtime is, for the engine onnx.
    pub onnxruntime: Places,
}

/// Answers rows and batches. Immutable, so that threads share it freely; calls neither lock nor, once warm, allocate.
pub struct Predictor {
    bundle: Arc<Bundle>,
    /// The one model, or that of the root.
    model: Model,
    partitioned: Option<Partitioned>,
    threads: usize,
    engine: &'static str,
    plan_text: String,
}

impl std::fmt::Debug for Predictor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Predictor")
            .field("bundle", &self.bundle.identity())
            .finish_non_exhaustive()
    }
}

impl Predictor {
    /// Checks the program, plans it, and replays the golden rows: a predictor that exists reproduces them.
    pub fn new(bundle: &Arc<Bundle>, options: &PredictorOptions) -> Result<Predictor> {
        let engine = choose_engine(bundle, options.engine.as_deref())?;
        let threads = thread_count(options.threads)?;
        let mut model = make_model(bundle, engine, options)?;
        golden::replay(bundle, &model, engine)?;
        model.forget_counts(bundle.schema());
        let plan_text = model.describe();
        Ok(Predictor {
            bundle: Arc::clone(bundle),
            partitioned: Partitioned::new(bundle, &model.stats, options.cache_bytes),
            model,
            threads,
            engine,
            plan_text,
        })
    }

    pub fn bundle(&self) -> &Arc<Bundle> {
        &self.bundle
    }

    pub fn schema(&self) -> &Schema {
        self.bundle.schema()
    }

    pub fn engine(&self) -> &str {
        self.engine
    }

    /// The steps of the plan, a line each, with the proof behind each rewrite.
    pub fn plan_text(&self) -> &str {
        &self.plan_text
    }

    pub fn stats(&self, feature: usize) -> FeatureStats {
        self.model.stats(feature)
    }

    /// One row: a cell a feature, in schema order. `text` is what cells of kind text point into.
    pub fn predict_row(&self, cells: &[u64], _text: &[u8], call: &mut Call<'_>) -> Result<()> {
        if let Some(partitioned) = &self.partitioned {
            return partitioned.predict_row(&self.model, cells, call);
        }
        self.model.predict_row(self.schema(), cells, call)?;
        call.note_root(1);
        Ok(())
    }

    /// A batch: a column a feature, in schema order.
    pub fn predict_columns(&self, columns: &[Column<'_>], rows: usize, call: &mut Call<'_>) -> Result<()> {
        if let Some(partitioned) = &self.partitioned {
            return partitioned.predict_columns(&self.model, columns, rows, self.threads, call);
        }
        self.model
            .predict_columns(self.schema(), columns, rows, self.threads, call)?;
        call.note_root(rows);
        Ok(())
    }

    /// What the reference interpreter answers: cells of rows × features.
    pub fn reference(&self, cells: &[u64], rows: usize, call: &mut Call<'_>) -> Result<()> {
        if let Some(partitioned) = &self.partitioned {
            return partitioned.reference(&self.model, cells, rows, call);
        }
        self.model.reference(self.schema(), cells, rows, call)?;
        call.note_root(rows);
        Ok(())
    }

    /// Loads the models of nodes; nodes that fail do not keep others from being loaded, and the error is that of the first.
    pub fn preload(&self, nodes: &[u32]) -> Result<()> {
        match &self.partitioned {
            Some(partitioned) => partitioned.preload(nodes),
            None => nodes.iter().try_for_each(|&node| check_root(node)),
        }
    }

    /// As many as fit into the cache, in the order of their numbers.
    pub fn preload_all(&self) -> Result<()> {
        self.partitioned.as_ref().map_or(Ok(()), Partitioned::preload_all)
    }

    /// Of a bundle with one model, node 0 has them.
    pub fn node_stats(&self, node: u32) -> Result<NodeStats> {
        match &self.partitioned {
            Some(partitioned) => partitioned.node_stats(node),
            None => check_root(node).map(|()| NodeStats {
                rows: self.model.stats.rows(),
                ..NodeStats::default()
            }),
        }
    }

    /// All zero for a bundle with one model.
    pub fn cache_stats(&self) -> CacheStats {
        self.partitioned
            .as_ref()
            .map(Partitioned::cache_stats)
            .unwrap_or_default()
    }
}

fn check_root(node: u32) -> Result<()> {
    match node {
        0 => Ok(()),
        _ => Err(Error::new(
            ErrorCode::Usage,
            format!("node {node} of a bundle with one model"),
        )),
    }
}

/// What this version runs.
const ENGINES: [&str; 3] = [NATIVE, ONNX, COMPILED];

/// The engine that was asked for, or native, or onnx where there is no program: it is in the bundle, it is permitted, and it is known here.
fn choose_engine(bundle: &Bundle, engine: Option<&str>) -> Result<&'static str> {
    if !bundle.runnable() {
        return Err(
            Error::new(ErrorCode::Usage, "a bundle opened for inspection makes no predictor")
                .with_hint("open it under a trust policy"),
        );
    }
    let has = |name: &str| bundle.engines().iter().any(|engine| engine.name == name);
    let first = if !has(NATIVE) && has(ONNX) { ONNX } else { NATIVE };
    let wanted = engine.unwrap_or(first);
    let present = has(wanted);
    if present && !bundle.permitted_engines().contains(wanted) {
        return Err(not_permitted(bundle, wanted));
    }
    if let Some(known) = ENGINES.into_iter().find(|&known| known == wanted && present) {
        return Ok(known);
    }
    let names: Vec<&str> = bundle.engines().iter().map(|engine| engine.name.as_str()).collect();
    let message = format!(
        "the engine {} cannot be used; the bundle has {}",
        quote(wanted),
        names.join(", ")
    );
    let hint = match ENGINES.into_iter().find(|&known| has(known)) {
        Some(known) => format!("ask for the engine {known}"),
        None => "update modelpack".to_owned(),
    };
    Err(Error::new(ErrorCode::Engine, message).with_hint(hint))
}

/// The program under the engine's plan.
fn make_model(bundle: &Bundle, engine: &str, options: &PredictorOptions) -> Result<Model> {
    let schema = bundle.schema();
    if engine == ONNX && !bundle.has_member(PROGRAMS) {
        let program = onnx::bare_program(schema);
        let plan = onnx::plan(bundle, &program, &options.onnxruntime)?;
        return Ok(Model::without_program(program, plan, schema));
    }
    let (program, digest) = read_program(bundle)?;
    let plan = match engine {
        COMPILED => Compiled::load(bundle, &program, &digest)?.plan(&program),
        ONNX => onnx::plan(bundle, &program, &options.onnxruntime)?,
        _ => return Ok(Model::new(program, schema)),
    };
    Ok(Model::of_engine(program, plan, schema))
}

fn not_permitted(bundle: &Bundle, wanted: &str) -> Error {
    let permitted: Vec<&str> = bundle.permitted_engines().names().collect();
    let message = format!(
        "the trust policy does not permit the engine {}; it permits {}",
        quote(wanted),
        permitted.join(", ")
    );
    Error::new(ErrorCode::NotPermitted, message).with_hint(format!(
        "if you trust the signers that far, add {wanted:?} to the rule's engines"
    ))
}

fn thread_count(threads: i32) -> Result<usize> {
    match threads {
        -1 => Ok(thread::available_parallelism().map_or(1, usize::from)),
        0 => Ok(1),
        _ => usize::try_from(threads).map_err(|_| {
            Error::new(ErrorCode::Usage, format!("{threads} threads"))
                .with_hint("give a positive number, or -1 for all")
        }),
    }
}

/// The bundle's program, checked against its schema and tensors, and its digest.
pub fn read_program(bundle: &Bundle) -> Result<(Program, String)> {
    let tensors = TensorFile::parse(bundle.read_member(TENSORS)?).map_err(|error| error.within(TENSORS))?;
    let digest = tensors.metadata("program").ok_or_else(|| {
        Error::new(
            ErrorCode::Tensors,
            format!("{TENSORS} names no program in its metadata"),
        )
    })?;
    let programs = Programs::parse(&bundle.member(PROGRAMS)?)?;
    let text = programs.get(digest).ok_or_else(|| {
        Error::new(
            ErrorCode::Program,
            format!("{PROGRAMS} has no program {}", quote(digest)),
        )
    })?;
    let program = json::parse(text.as_bytes()).map_err(|error| error.within("the program"))?;
    Ok((check(&program, bundle.schema(), &tensors)?, digest.to_owned()))
}
