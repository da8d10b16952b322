//! A new version of a bundle with other nodes: what is not touched is copied byte for byte.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::facts::{Fact, Metric, NODES};
use super::key::{KeyType, KeyValue};
use super::writer::PartitionWriter;
use super::{path_text, Partitions};
use crate::container::{BUNDLE_JSON, PARTITIONS_INDEX, PARTITIONS_PACK};
use crate::json::{self, Json};
use crate::schema::Schema;
use crate::semver::Version;
use crate::signer::Signer;
use crate::unjudged::{DICTIONARIES, PROGRAMS_JSON, ROOT_TENSORS, SCHEMA_JSON};
use crate::write::NewMember;
use crate::{Bundle, Bytes, Digest, Error, ErrorCode, Result, TensorFile};

/// Changes to the nodes of a bundle, and the file under way that has them.
pub struct Repartition {
    bundle: Arc<Bundle>,
    version: String,
    writer: PartitionWriter,
    /// Nodes of the bundle that are not copied.
    touched: HashSet<u32>,
    metric: Option<Metric>,
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Usage, message)
}

impl Repartition {
    /// The bundle was opened under trust, and `version` is higher than its version.
    pub fn new(bundle: &Arc<Bundle>, path: &Path, version: &str, overwrite: bool) -> Result<Repartition> {
        let partitions = bundle
            .partitions()
            .ok_or_else(|| usage("the bundle has no partitions"))?;
        if !bundle.runnable() {
            return Err(usage("the bundle was opened for inspection only").with_hint("open it under a trust policy"));
        }
        check_version(bundle, version)?;
        let types: Vec<KeyType> = partitions.levels().iter().map(|level| level.key_type).collect();
        Ok(Repartition {
            writer: PartitionWriter::new(path, &types, overwrite)?,
            bundle: Arc::clone(bundle),
            version: version.to_owned(),
            touched: HashSet::new(),
            metric: None,
        })
    }

    fn partitions(&self) -> &Partitions {
        self.bundle.partitions().expect("asked when this was made")
    }

    /// The node of a key, which no other change may name.
    fn touch(&mut self, key: &[KeyValue<'_>]) -> Result<Option<u32>> {
        let node = self.partitions().exact(key).filter(|&node| node != 0);
        match node.is_none_or(|node| self.touched.insert(node)) {
            true => Ok(node),
            false => {
                let path = path_text(key);
                Err(usage(format!("two changes name the node {path}")).with_node(path))
            }
        }
    }

    /// Puts a model at a key, in the place of what is there or anew.
    pub fn replace(&mut self, key: &[KeyValue<'_>], program: &str, tensors: &[u8], fact: Option<Fact>) -> Result<()> {
        self.touch(key)?;
        self.writer.add(key, program, tensors, fact)
    }

    /// Lets an ancestor answer for a key.
    pub fn prune(&mut self, key: &[KeyValue<'_>], fact: Option<Fact>) -> Result<()> {
        self.touch(key)?;
        self.writer.add_pruned(key, fact)
    }

    /// Takes a node away; its descendants stay.
    pub fn remove(&mut self, key: &[KeyValue<'_>]) -> Result<()> {
        match self.touch(key)? {
            Some(_) => Ok(()),
            None => {
                let path = path_text(key);
                Err(usage(format!("there is no node {path} to remove")).with_node(path))
            }
        }
    }

    /// The measure of the new facts; needed only where the bundle has none.
    pub fn set_metric(&mut self, metric: Metric) {
        self.metric = Some(metric);
    }

    /// Copies the other nodes and members, and finishes as [`PartitionWriter::finish`] does. `manifest` holds the fields of bundle.json
    /// that change, `created_at` at least; `members` those that change, such as dictionaries that have grown.
    pub fn finish(mut self, manifest: Json, members: &[NewMember<'_>], signers: &[&dyn Signer]) -> Result<Digest> {
        let manifest = self.manifest(manifest)?;
        self.check_schema(members)?;
        self.copy_nodes()?;
        let kept = self.kept_members(members)?;
        let programs = self.root_program(members)?;
        let mut all: Vec<NewMember<'_>> = kept
            .iter()
            .map(|(name, data)| NewMember { name, data })
            .chain(members.iter().copied())
            .collect();
        all.extend(programs.as_deref().map(|data| NewMember {
            name: PROGRAMS_JSON,
            data,
        }));
        self.writer.finish(manifest, &all, signers)
    }

    /// bundle.json of the new version, without what is computed.
    fn manifest(&self, changes: Json) -> Result<Json> {
        let (Json::Object(changes), Json::Object(mut fields)) =
            (changes, json::parse(&self.bundle.member(BUNDLE_JSON)?)?)
        else {
            return Err(usage("the changes of bundle.json are no object"));
        };
        if !changes.iter().any(|(key, _)| key == "created_at") {
            return Err(usage("the changes of bundle.json do not say created_at"));
        }
        let fixed = ["name", "version", "format", "partition_keys"];
        if let Some((key, _)) = changes.iter().find(|(key, _)| fixed.contains(&key.as_str())) {
            return Err(usage(format!("{key} of bundle.json is not among what may change")));
        }
        let computed = ["members", "model_digest", "version"];
        fields.retain(|(key, _)| !computed.contains(&key.as_str()) && changes.iter().all(|change| change.0 != *key));
        fields.extend(changes);
        fields.push(("version".to_owned(), Json::str(&self.version)));
        Ok(Json::Object(fields))
    }

    /// Copied nodes read cells as before: the schema is the same, and dictionaries only grow.
    fn check_schema(&self, members: &[NewMember<'_>]) -> Result<()> {
        let given = |name: &str| {
            members
                .iter()
                .find(|member| member.name == name)
                .map(|member| member.data)
        };
        let schema = self.bundle.member(SCHEMA_JSON)?;
        if given(SCHEMA_JSON).is_some_and(|given| *given != *schema) {
            return Err(usage("the new nodes are for another schema").with_hint("pack all nodes anew"));
        }
        match given(DICTIONARIES) {
            None => Ok(()),
            Some(dictionaries) => {
                let grown = Schema::parse(&schema, Some(Bytes::from(dictionaries)))?;
                check_dictionaries(self.bundle.schema(), &grown)
            }
        }
    }

    /// In the order of the old file.
    fn copy_nodes(&mut self) -> Result<()> {
        let bundle = Arc::clone(&self.bundle);
        let partitions = bundle.partitions().expect("asked when this was made");
        let facts = bundle.node_facts()?;
        if let Some(metric) = facts.as_ref().map(|facts| &facts.metric) {
            if self.metric.as_ref().is_some_and(|new| new != metric) {
                return Err(usage(format!("the nodes are measured by {}", metric.name)));
            }
            self.metric = Some(metric.clone());
        }
        if let Some(metric) = self.metric.take() {
            self.writer.set_metric(metric);
        }
        let fact_of = |node: u32| facts.as_ref().and_then(|facts| facts.get(node));
        self.writer.set_root_fact(fact_of(0).unwrap_or_default());
        for node in partitions.file_order() {
            if !self.touched.contains(&node) {
                self.writer.copy_from(&bundle, node, fact_of(node))?;
            }
        }
        Ok(())
    }

    /// The members that nobody changes, and that are not computed.
    fn kept_members(&self, members: &[NewMember<'_>]) -> Result<Vec<(String, Bytes)>> {
        let computed = [PARTITIONS_PACK, PARTITIONS_INDEX, NODES, PROGRAMS_JSON, BUNDLE_JSON];
        self.bundle
            .member_names()
            .filter(|name| !computed.contains(name) && members.iter().all(|member| member.name != *name))
            .map(|name| Ok((name.to_owned(), self.bundle.read_member(name)?)))
            .collect()
    }

    /// programs.json with the program of a root that stays; None where one is given.
    fn root_program(&self, members: &[NewMember<'_>]) -> Result<Option<Vec<u8>>> {
        if members.iter().any(|member| member.name == PROGRAMS_JSON) {
            return Ok(None);
        }
        let given = members.iter().find(|member| member.name == ROOT_TENSORS);
        let root = match given {
            Some(member) => TensorFile::parse(member.data)?,
            None => self.bundle.entry(0)?,
        };
        let digest = root.metadata("program").unwrap_or_default();
        let missing = || usage("the root's program is neither in the bundle nor among the members");
        let text = self.partitions().programs().get(digest).ok_or_else(missing)?;
        Ok(Some(Json::object([(digest, Json::str(text))]).to_bytes()))
    }
}

fn check_version(bundle: &Bundle, version: &str) -> Result<()> {
    let new = Version::parse(version);
    match (new, Version::parse(bundle.version())) {
        (Some(new), Some(old)) if new > old => Ok(()),
        _ => Err(usage(format!(
            "the bundle has version {}; the new one must be higher, and {version} is not",
            bundle.version()
        ))),
    }
}

fn check_dictionaries(old: &Schema, grown: &Schema) -> Result<()> {
    for (before, after) in old.features.iter().zip(&grown.features) {
        let (Some(before), Some(after), name) = (&before.dictionary, &after.dictionary, &before.name) else {
            continue;
        };
        if (0..before.len() as u32).any(|code| before.text(code) != after.text(code)) {
            let message = format!("the dictionary of {name} does not begin with that of the bundle");
            return Err(usage(message).with_feature(name));
        }
    }
    Ok(())
}
