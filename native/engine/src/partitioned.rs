//! Models chosen by the keys of a row: the root's is always there, the others are loaded when they are first used.

mod batch;
mod cache;
mod flight;
mod found_cache;
mod keys;
mod lease;
mod loader;
mod packed;
mod reference;
mod slot;
mod zeroed;

use std::sync::atomic::Ordering;
use std::sync::Arc;

use modelpack_bundle::{Bundle, Error, ErrorCode, Found, Partitions, Result, Schema};

use crate::call::Call;
use crate::model::{cell_count, settle, Model};
use crate::output;
use crate::stats::Stats;
use cache::Cache;
use keys::Keys;
use lease::Lease;
use loader::Loader;

pub use cache::CacheStats;

/// What models of nodes may take where the caller says nothing.
const DEFAULT_CACHE_BYTES: u64 = 1 << 30;

/// What happened to one node since the predictor was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeStats {
    /// Rows that it answered.
    pub rows: u64,
    pub loads: u64,
    /// Times that loading failed.
    pub failures: u64,
    /// Of its model, about; None if it is not loaded.
    pub memory_bytes: Option<u64>,
}

/// The models of a bundle with partitions.
pub struct Partitioned {
    bundle: Arc<Bundle>,
    keys: Keys,
    cache: Cache,
    loader: Loader,
}

impl Partitioned {
    /// `stats` counts the rows of all nodes together. `cache_bytes`: 0 for the default.
    pub fn new(bundle: &Arc<Bundle>, stats: &Arc<Stats>, cache_bytes: u64) -> Option<Partitioned> {
        let partitions = bundle.partitions()?;
        let budget = if cache_bytes == 0 {
            DEFAULT_CACHE_BYTES
        } else {
            cache_bytes
        };
        Some(Partitioned {
            keys: Keys::new(partitions),
            cache: Cache::new(partitions.node_count(), budget),
            loader: Loader::new(bundle, stats),
            bundle: Arc::clone(bundle),
        })
    }

    fn partitions(&self) -> &Partitions {
        self.bundle.partitions().expect("asked when this was made")
    }

    fn schema(&self) -> &Schema {
        self.bundle.schema()
    }

    /// The model of a node that is not pruned, loaded if it is not there.
    fn lease<'a>(&'a self, root: &'a Model, node: u32) -> Result<Lease<'a>> {
        match node {
            0 => Ok(Lease::Root(root)),
            _ => self.cache.get(node, || self.loader.load(node)),
        }
    }

    fn named(&self, error: Error, node: u32) -> Error {
        match error.node() {
            Some(_) => error,
            None => error.with_node(self.partitions().path_text(node)),
        }
    }

    pub fn predict_row(&self, root: &Model, cells: &[u64], call: &mut Call<'_>) -> Result<()> {
        let schema = self.schema();
        if cells.len() != schema.features.len() {
            return Err(cell_count(schema, cells.len()));
        }
        let Ok(found) = self.keys.of_cells(self.partitions(), schema, cells) else {
            // A key that is refused is a feature that is: the root's model says which is the first.
            root.predict_row(schema, cells, call)?;
            call.note(0, None);
            return Ok(());
        };
        self.answer_row(root, cells, found, call)?;
        call.note(0, Some(found));
        Ok(())
    }

    fn answer_row(&self, root: &Model, cells: &[u64], found: Found, call: &mut Call<'_>) -> Result<()> {
        let schema = self.schema();
        let lease = match self.lease(root, found.node) {
            Ok(lease) => lease,
            Err(error) => {
                // What is wrong with the call itself comes first.
                output::check(schema, call, 1)?;
                return settle(
                    call.status.as_deref_mut().map(|status| &mut status[0]),
                    Err(error.with_row(0)),
                );
            }
        };
        lease
            .predict_row(schema, cells, call)
            .map_err(|error| self.named(error, found.node))?;
        if call.status.as_ref().is_none_or(|status| status[0] == 0) {
            self.cache.slot(found.node).rows.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Loads nodes. Those that fail do not keep others from it; the error is that of the first.
    pub fn preload(&self, nodes: &[u32]) -> Result<()> {
        let load = |&node: &u32| match self.has_entry(node) {
            true => self.cache.get(node, || self.loader.load(node)).map(|_| ()),
            false => self.check_node(node),
        };
        nodes.iter().map(load).fold(Ok(()), Result::and)
    }

    /// As many as fit into the cache, in the order of their numbers.
    pub fn preload_all(&self) -> Result<()> {
        let mut answer = Ok(());
        for node in 1..self.partitions().node_count() as u32 {
            if !self.cache.has_room(self.partitions().size_bytes(node)) {
                break;
            }
            answer = answer.and(self.preload(&[node]));
        }
        answer
    }

    fn has_entry(&self, node: u32) -> bool {
        node != 0 && (node as usize) < self.partitions().node_count() && !self.partitions().pruned(node)
    }

    fn check_node(&self, node: u32) -> Result<()> {
        let count = self.partitions().node_count();
        match (node as usize) < count {
            true => Ok(()),
            false => Err(Error::new(ErrorCode::Usage, format!("node {node} of {count}"))),
        }
    }

    pub fn node_stats(&self, node: u32) -> Result<NodeStats> {
        self.check_node(node)?;
        Ok(self.cache.node_stats(node))
    }

    pub fn cache_stats(&self) -> CacheStats {
        self.cache.stats()
    }
}
