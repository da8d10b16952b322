//! Writing a bundle with partitions node by node: entries go to the file as they come, and only the index stays in memory.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::facts::{self, Fact, Metric, NODES};
use super::key::{KeyType, KeyValue};
use super::new_index::{Model, NewIndex};
use super::new_programs::NewPrograms;
use super::pack::{Finished, Pack};
use super::path_text;
use crate::container::{member_order, Writer, BUNDLE_JSON, PARTITIONS_INDEX, PARTITIONS_PACK};
use crate::json::Json;
use crate::sign::{make_signatures, SignatureMember};
use crate::signer::Signer;
use crate::temporary::Temporary;
use crate::unjudged::{Unjudged, PROGRAMS_JSON};
use crate::write::{check_names, complete_manifest, exists, NewMember};
use crate::{limits, Bundle, Digest, Error, ErrorCode, Programs, Result, TensorFile};

/// A bundle under way; the file appears under its name when it is finished, or not at all.
pub struct PartitionWriter {
    path: PathBuf,
    overwrite: bool,
    temporary: Temporary,
    pack: Pack,
    index: NewIndex,
    programs: NewPrograms,
    /// The root's, then one a node, in order.
    facts: Vec<Fact>,
    metric: Option<Metric>,
}

impl PartitionWriter {
    /// `levels`: the types of the keys' levels. Without `overwrite` an existing file stays.
    pub fn new(path: &Path, levels: &[KeyType], overwrite: bool) -> Result<PartitionWriter> {
        if levels.is_empty() || levels.len() > limits::PARTITION_LEVELS {
            let message = format!(
                "keys have 1 to {} levels, not {}",
                limits::PARTITION_LEVELS,
                levels.len()
            );
            return Err(Error::new(ErrorCode::Usage, message));
        }
        if !overwrite && fs::symlink_metadata(path).is_ok() {
            return Err(exists(path));
        }
        let failed = |error: io::Error| failed(path, &error);
        let temporary = Temporary::create(path).map_err(failed)?;
        let pack = temporary.file.try_clone().and_then(Pack::begin).map_err(failed)?;
        Ok(PartitionWriter {
            path: path.to_owned(),
            overwrite,
            temporary,
            pack,
            index: NewIndex::new(levels),
            programs: NewPrograms::default(),
            facts: vec![Fact::default()],
            metric: None,
        })
    }

    /// The measure of the facts' metrics; without it no facts are written.
    pub fn set_metric(&mut self, metric: Metric) {
        self.metric = Some(metric);
    }

    pub fn set_root_fact(&mut self, fact: Fact) {
        self.facts[0] = fact;
    }

    /// Nodes so far, the root not counted.
    pub fn count(&self) -> usize {
        self.index.count()
    }

    /// Adds a node: its program's text, and its tensors as a canonical member whose metadata names the program.
    pub fn add(&mut self, key: &[KeyValue<'_>], program: &str, tensors: &[u8], fact: Option<Fact>) -> Result<()> {
        let bytes = self.index.check(key)?;
        let (number, digest) = self.programs.add(program);
        check_entry(tensors, &digest).map_err(|error| {
            let path = path_text(key);
            error.within(&format!("node {path}")).with_node(path)
        })?;
        self.add_checked(&bytes, number, tensors, fact)
    }

    fn add_checked(&mut self, key: &[u8], program: u32, tensors: &[u8], fact: Option<Fact>) -> Result<()> {
        let entry = self.pack.add(tensors).map_err(|error| failed(&self.path, &error))?;
        self.index.add(key, Some(Model { entry, program }))?;
        self.facts.push(fact.unwrap_or_default());
        Ok(())
    }

    /// Adds a node for which an ancestor answers.
    pub fn add_pruned(&mut self, key: &[KeyValue<'_>], fact: Option<Fact>) -> Result<()> {
        let bytes = self.index.check(key)?;
        self.index.add(&bytes, None)?;
        self.facts.push(fact.unwrap_or_default());
        Ok(())
    }

    /// Adds a node of another bundle as it is there, its bytes checked by their digest.
    pub fn copy_from(&mut self, bundle: &Bundle, node: u32, fact: Option<Fact>) -> Result<()> {
        let no_node = || Error::new(ErrorCode::Usage, format!("the bundle has no node {node} with a key"));
        let partitions = bundle.partitions().ok_or_else(no_node)?;
        let key = partitions.key(node);
        if key.is_empty() {
            return Err(no_node());
        }
        if partitions.pruned(node) {
            return self.add_pruned(&key, fact);
        }
        let bytes = self.index.check(&key)?;
        let (number, _) = self.programs.add(partitions.program_text(node).ok_or_else(no_node)?);
        self.add_checked(&bytes, number, &bundle.entry_bytes(node)?, fact)
    }

    /// Writes the index, the programs of all nodes (beside those of a `programs.json` among `members`), the facts, the other members
    /// and bundle.json, signs, reads the file's structure back, and gives it its name. Answers the identity.
    ///
    /// `manifest` is bundle.json without `members` and `model_digest`; `members` hold the root's tensors.
    pub fn finish(mut self, manifest: Json, members: &[NewMember<'_>], signers: &[&dyn Signer]) -> Result<Digest> {
        let path = self.path.clone();
        let failed = |error: io::Error| failed(&path, &error);
        let computed = [PARTITIONS_INDEX, PARTITIONS_PACK, NODES];
        if let Some(member) = members.iter().find(|member| computed.contains(&member.name)) {
            return Err(Error::new(
                ErrorCode::Usage,
                format!("{} is computed, not given", member.name),
            ));
        }
        if let Some(member) = members.iter().find(|member| member.name == PROGRAMS_JSON) {
            self.programs.add_all(&Programs::parse(member.data)?);
        }
        let order = self.index.order();
        let nodes = self
            .metric
            .as_ref()
            .map(|metric| facts_member(metric, &self.facts, &order));
        let nodes = nodes.transpose()?;
        let (programs, places) = self.programs.finish();
        let pack = self.pack.finish().map_err(failed)?;
        let index = self.index.to_bytes(&order, &pack.entries, &places)?;
        drop(self.index);
        let mut all = vec![
            new_member(PARTITIONS_INDEX, &index),
            new_member(PROGRAMS_JSON, &programs),
        ];
        all.extend(nodes.as_ref().map(|nodes| new_member(NODES, nodes)));
        all.extend(members.iter().filter(|member| member.name != PROGRAMS_JSON));
        let tail = Tail::new(manifest, all, &pack, signers)?;
        tail.write(pack).map_err(failed)?;
        check_written(self.temporary.path())?;
        self.temporary.file.sync_all().map_err(failed)?;
        self.temporary
            .publish(&path, self.overwrite)
            .map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => exists(&path),
                _ => failed(error),
            })?;
        Ok(tail.identity)
    }
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::io(&format!("cannot write {}", path.display()), error)
}

fn new_member<'a>(name: &'a str, data: &'a [u8]) -> NewMember<'a> {
    NewMember { name, data }
}

/// What a reader would refuse is not written.
fn check_entry(tensors: &[u8], program: &str) -> Result<()> {
    if tensors.len() as u64 > limits::PARTITION_ENTRY_BYTES {
        return Err(Error::new(ErrorCode::Limit, "the tensors are larger than 256 MiB"));
    }
    let file = TensorFile::parse(tensors)?;
    match file.metadata("program") == Some(program) {
        true => Ok(()),
        false => Err(Error::new(ErrorCode::Tensors, "the tensors are for another program")),
    }
}

/// nodes.safetensors, in the order of the records.
fn facts_member(metric: &Metric, facts: &[Fact], order: &[u32]) -> Result<Vec<u8>> {
    let in_order = order.iter().map(|&number| facts[number as usize + 1]);
    let all: Vec<Fact> = facts.first().copied().into_iter().chain(in_order).collect();
    facts::to_bytes(metric, &all)
}

/// The file as a reader sees it: structure, schema, index, and that rows can reach every node.
fn check_written(path: &Path) -> Result<()> {
    let written = Unjudged::open(path)?;
    let schema = written.schema()?;
    match written.partitions(&schema)? {
        Some(partitions) => partitions.check_dictionaries(&schema),
        None => Err(Error::new(ErrorCode::Usage, "schema.json has no partition keys")),
    }
}

/// Everything after partitions.pack.
struct Tail<'a> {
    members: Vec<NewMember<'a>>,
    bundle_json: Vec<u8>,
    identity: Digest,
    signatures: Vec<SignatureMember>,
}

impl<'a> Tail<'a> {
    fn new(
        manifest: Json,
        mut members: Vec<NewMember<'a>>,
        pack: &Finished,
        signers: &[&dyn Signer],
    ) -> Result<Tail<'a>> {
        members.sort_by(|a, b| member_order(a.name).cmp(&member_order(b.name)));
        let names = members.iter().map(|member| member.name);
        check_names(names.chain([PARTITIONS_PACK]))?;
        let listed = members.iter().map(NewMember::listed).chain([pack.listed.clone()]);
        let (bundle_json, manifest) = complete_manifest(manifest, listed.collect())?;
        let identity = Digest::of(&bundle_json);
        Ok(Tail {
            signatures: make_signatures(&manifest, identity, signers)?,
            members,
            bundle_json,
            identity,
        })
    }

    fn write(&self, pack: Finished) -> io::Result<()> {
        let mut writer: Writer<BufWriter<File>> = Writer::resume(pack.out, &[&pack.stored]);
        for member in &self.members {
            writer.member(member.name, member.data)?;
        }
        writer.member(BUNDLE_JSON, &self.bundle_json)?;
        for (name, content) in &self.signatures {
            writer.member(name, content)?;
        }
        writer.finish()?.flush()
    }
}
