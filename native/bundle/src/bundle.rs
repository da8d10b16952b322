//! An open bundle: verified before anything is believed, members hashed before their first use.

use std::path::Path;
use std::sync::Arc;

use crate::container::PARTITIONS_PACK;
use crate::manifest::{Engine, Manifest};
use crate::open_options::OpenOptions;
use crate::partitions::{Facts, Partitions, NODES};
use crate::quote::quote;
use crate::schema::Schema;
use crate::source::Source;
use crate::trust::{Engines, Explanation};
use crate::unjudged::{check_members, Member, Unjudged, ROOT_TENSORS};
use crate::{Bytes, Error, ErrorCode, Result, TensorFile};

/// Immutable and shared; predictors keep it alive.
pub struct Bundle {
    source: Box<dyn Source>,
    manifest: Manifest,
    identity: String,
    model_digest: String,
    schema: Schema,
    partitions: Option<Partitions>,
    members: Vec<Member>,
    judged: Option<Judged>,
}

/// Why a bundle may be used; a bundle opened for inspection was not judged.
struct Judged {
    explanation: Explanation,
    /// The explanation's JSON, lent to callers in other languages.
    json: String,
}

impl Bundle {
    /// Opens a file, keeping its descriptor: replacing the file later changes nothing.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Arc<Bundle>> {
        Self::judge(Unjudged::open(path)?, options)
    }

    pub fn open_bytes(bytes: impl Into<Bytes>, options: &OpenOptions) -> Result<Arc<Bundle>> {
        Self::judge(Unjudged::read(Box::new(bytes.into()))?, options)
    }

    /// Checks structure and digests of every member, asks no trust, and answers questions only: nothing can be run from it.
    pub fn inspect(path: &Path) -> Result<Arc<Bundle>> {
        Self::unjudged(Unjudged::open(path)?)
    }

    pub fn inspect_bytes(bytes: impl Into<Bytes>) -> Result<Arc<Bundle>> {
        Self::unjudged(Unjudged::read(Box::new(bytes.into()))?)
    }

    fn judge(unjudged: Unjudged, options: &OpenOptions) -> Result<Arc<Bundle>> {
        let explanation = options.explain(&unjudged);
        match explanation.error {
            Some(error) => Err(error),
            None => Self::load(unjudged, Some(explanation)),
        }
    }

    fn unjudged(unjudged: Unjudged) -> Result<Arc<Bundle>> {
        let bundle = Self::load(unjudged, None)?;
        bundle.check_members()?;
        Ok(bundle)
    }

    /// Reads what every use needs: schema, dictionaries, programs, the index of the partitions.
    fn load(unjudged: Unjudged, explanation: Option<Explanation>) -> Result<Arc<Bundle>> {
        let schema = unjudged.schema()?;
        unjudged.cache_programs()?;
        let partitions = unjudged.partitions(&schema)?;
        let judged = explanation.map(|explanation| Judged {
            json: explanation.to_json_text(),
            explanation,
        });
        Ok(Arc::new(Bundle {
            identity: unjudged.identity.to_string(),
            model_digest: unjudged.manifest.model_digest.to_string(),
            source: unjudged.source,
            manifest: unjudged.manifest,
            schema,
            partitions,
            members: unjudged.members,
            judged,
        }))
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    pub fn version(&self) -> &str {
        &self.manifest.version
    }

    /// `sha256:<64 hex digits>` of bundle.json, and so of every byte of every member but signatures.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// `sha256:<64 hex digits>` of what decides the native answers.
    pub fn model_digest(&self) -> &str {
        &self.model_digest
    }

    /// Whether a rule of a trust policy was met.
    pub fn verified(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.explanation.verified)
    }

    /// Whether a predictor may be made from it.
    pub fn runnable(&self) -> bool {
        self.judged.is_some()
    }

    /// The engines that may run it.
    pub fn permitted_engines(&self) -> Engines {
        self.judged
            .as_ref()
            .map_or(Engines::NONE, |judged| judged.explanation.engines)
    }

    /// Why it may be used; None if it was opened for inspection.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.judged.as_ref().map(|judged| &judged.explanation)
    }

    /// [`Bundle::explanation`] as canonical JSON.
    pub fn explanation_json(&self) -> Option<&str> {
        self.judged.as_ref().map(|judged| judged.json.as_str())
    }

    pub fn engines(&self) -> &[Engine] {
        &self.manifest.engines
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// None for a bundle with one model.
    pub fn partitions(&self) -> Option<&Partitions> {
        self.partitions.as_ref()
    }

    /// A node's tensors, read and hashed anew; the root's too. Errors name the node.
    pub fn entry(&self, node: u32) -> Result<TensorFile> {
        let bytes = self.entry_bytes(node)?;
        match &self.partitions {
            Some(partitions) if node != 0 => partitions.parse_entry(node, bytes),
            _ => TensorFile::parse(bytes).map_err(|error| error.within(ROOT_TENSORS)),
        }
    }

    /// The bytes of [`Bundle::entry`], hashed but not parsed.
    pub fn entry_bytes(&self, node: u32) -> Result<Bytes> {
        match (&self.partitions, self.find(PARTITIONS_PACK)) {
            (Some(partitions), Some(pack)) if node != 0 => partitions.entry_bytes(node, &pack.stored, &*self.source),
            _ if node == 0 => self.read_member(ROOT_TENSORS),
            _ => Err(Error::new(ErrorCode::Usage, "the bundle has no partitions")),
        }
    }

    /// What nodes.safetensors says about the nodes; None where there is none.
    pub fn node_facts(&self) -> Result<Option<Facts>> {
        match (&self.partitions, self.find(NODES)) {
            (Some(partitions), Some(member)) => {
                Facts::parse(member.read(&*self.source)?, partitions.node_count()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Names of the members but for signatures, in the order of the file.
    pub fn member_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.members.iter().map(|member| member.stored.name.as_str())
    }

    pub fn has_member(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The bytes of a member, hashed before they are handed out the first time and kept as long as the bundle.
    pub fn member(&self, name: &str) -> Result<Bytes> {
        self.required(name)?.cached(&*self.source)
    }

    /// As [`Bundle::member`], but the bundle does not keep the bytes: for what is large and used once.
    pub fn read_member(&self, name: &str) -> Result<Bytes> {
        self.required(name)?.read(&*self.source)
    }

    /// Reads every entry, and what else is read only when it is used: the facts of the nodes.
    pub fn check_entries(&self) -> Result<()> {
        if let (Some(partitions), Some(pack)) = (&self.partitions, self.find(PARTITIONS_PACK)) {
            partitions.check_dictionaries(&self.schema)?;
            partitions.check_entries(&pack.stored, &*self.source)?;
        }
        self.node_facts().map(|_| ())
    }

    /// Hashes every member.
    pub fn check_members(&self) -> Result<()> {
        check_members(&*self.source, &self.members)
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.stored.name == name)
    }

    fn required(&self, name: &str) -> Result<&Member> {
        let missing = || Error::new(ErrorCode::Usage, format!("the bundle has no member {}", quote(name)));
        self.find(name).ok_or_else(missing)
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Bundle({}-{}, {})", self.name(), self.version(), self.identity)
    }
}

#[cfg(test)]
mod tests;
