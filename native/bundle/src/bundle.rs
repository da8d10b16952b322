//! An open bundle: verified before anything is believed, members hashed before their first use.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::container::{self, StoredMember, BUNDLE_JSON};
use crate::manifest::{Engine, Manifest};
use crate::member::{check_member, read_member};
use crate::open_options::OpenOptions;
use crate::quote::quote;
use crate::schema::{token_of, Schema};
use crate::source::{FileSource, Source};
use crate::{trust, Bytes, Digest, Error, ErrorCode, Result};

const SCHEMA_JSON: &str = "schema.json";
const DICTIONARIES: &str = "dictionaries.safetensors";
const PROGRAMS_JSON: &str = "programs.json";

/// Immutable and shared; predictors keep it alive.
pub struct Bundle {
    source: Box<dyn Source>,
    manifest: Manifest,
    identity: String,
    model_digest: String,
    schema: Schema,
    members: Vec<Member>,
    runnable: bool,
}

/// A member that bundle.json lists, or bundle.json itself.
struct Member {
    stored: StoredMember,
    digest: Digest,
    cached: OnceLock<Bytes>,
}

/// What is known of a bundle before its policy was asked.
struct Unjudged {
    source: Box<dyn Source>,
    manifest: Manifest,
    identity: Digest,
    members: Vec<Member>,
}

impl Bundle {
    /// Opens a file, keeping its descriptor: replacing the file later changes nothing.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Arc<Bundle>> {
        Self::open_source(Box::new(FileSource::open(path)?), options)
    }

    pub fn open_bytes(bytes: impl Into<Bytes>, options: &OpenOptions) -> Result<Arc<Bundle>> {
        Self::open_source(Box::new(bytes.into()), options)
    }

    /// Checks structure and digests of every member, asks no trust, and answers questions only: nothing can be run from it.
    pub fn inspect(path: &Path) -> Result<Arc<Bundle>> {
        Self::inspect_source(Box::new(FileSource::open(path)?))
    }

    pub fn inspect_bytes(bytes: impl Into<Bytes>) -> Result<Arc<Bundle>> {
        Self::inspect_source(Box::new(bytes.into()))
    }

    fn open_source(source: Box<dyn Source>, options: &OpenOptions) -> Result<Arc<Bundle>> {
        let unjudged = Unjudged::read(source)?;
        trust::decide(options.trust, &unjudged.manifest.name)?;
        options.check(&unjudged.manifest, unjudged.identity)?;
        unjudged.load(true)
    }

    fn inspect_source(source: Box<dyn Source>) -> Result<Arc<Bundle>> {
        let bundle = Unjudged::read(source)?.load(false)?;
        bundle.check_members()?;
        Ok(bundle)
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

    /// Whether a signature was checked.
    pub fn verified(&self) -> bool {
        false
    }

    /// Whether a predictor may be made from it.
    pub fn runnable(&self) -> bool {
        self.runnable
    }

    pub fn engines(&self) -> &[Engine] {
        &self.manifest.engines
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
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
        let member = self.required(name)?;
        if let Some(bytes) = member.cached.get() {
            return Ok(bytes.clone());
        }
        let bytes = self.read(member)?;
        Ok(member.cached.get_or_init(|| bytes).clone())
    }

    /// As [`Bundle::member`], but the bundle does not keep the bytes: for what is large and used once.
    pub fn read_member(&self, name: &str) -> Result<Bytes> {
        let member = self.required(name)?;
        match member.cached.get() {
            Some(bytes) => Ok(bytes.clone()),
            None => self.read(member),
        }
    }

    /// Hashes every member.
    pub fn check_members(&self) -> Result<()> {
        for member in &self.members {
            check_member(&*self.source, &member.stored, member.digest)?;
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.stored.name == name)
    }

    fn required(&self, name: &str) -> Result<&Member> {
        let missing = || Error::new(ErrorCode::Usage, format!("the bundle has no member {}", quote(name)));
        self.find(name).ok_or_else(missing)
    }

    fn read(&self, member: &Member) -> Result<Bytes> {
        read_checked(&*self.source, member)
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Bundle({}-{}, {})", self.name(), self.version(), self.identity)
    }
}

impl Unjudged {
    /// Structure, then bundle.json, then that container and bundle.json name the same members. Names are not yet believed.
    fn read(source: Box<dyn Source>) -> Result<Unjudged> {
        let stored = container::read(&*source)?;
        let (is_manifest, others): (Vec<_>, Vec<_>) = stored
            .into_iter()
            .filter(|member| !container::is_signature(&member.name))
            .partition(|member| member.name == BUNDLE_JSON);
        let stored = is_manifest
            .into_iter()
            .next()
            .expect("the container was refused without one");
        let (bytes, identity) = read_member(&*source, &stored, None)?;
        let manifest = Manifest::parse(&bytes)?;
        let mut members = match_members(&manifest, others)?;
        members.push(Member {
            stored,
            digest: identity,
            cached: OnceLock::from(bytes),
        });
        Ok(Unjudged {
            source,
            manifest,
            identity,
            members,
        })
    }

    /// Reads what every use needs: schema, dictionaries, programs.
    fn load(self, runnable: bool) -> Result<Arc<Bundle>> {
        let schema = self.schema()?;
        if let Some(programs) = self.find(PROGRAMS_JSON) {
            self.cached(programs)?;
        }
        Ok(Arc::new(Bundle {
            identity: self.identity.to_string(),
            model_digest: self.manifest.model_digest.to_string(),
            source: self.source,
            manifest: self.manifest,
            schema,
            members: self.members,
            runnable,
        }))
    }

    fn schema(&self) -> Result<Schema> {
        let missing = || Error::new(ErrorCode::Members, "the bundle has no schema.json");
        let schema = self.find(SCHEMA_JSON).ok_or_else(missing)?;
        let dictionaries = self.find(DICTIONARIES);
        let token = token_of(schema.digest, dictionaries.map(|member| member.digest));
        let dictionaries = dictionaries
            .map(|member| read_checked(&*self.source, member))
            .transpose()?;
        Schema::parse_with_token(&self.cached(schema)?, dictionaries, token)
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.stored.name == name)
    }

    fn cached(&self, member: &Member) -> Result<Bytes> {
        let bytes = read_checked(&*self.source, member)?;
        Ok(member.cached.get_or_init(|| bytes).clone())
    }
}

fn read_checked(source: &dyn Source, member: &Member) -> Result<Bytes> {
    read_member(source, &member.stored, Some(member.digest)).map(|(bytes, _)| bytes)
}

/// The stored members with their digests; each is listed with its size, and each that is listed is there.
fn match_members(manifest: &Manifest, stored: Vec<StoredMember>) -> Result<Vec<Member>> {
    let error = |what: String| Error::new(ErrorCode::Members, what);
    let mut members = Vec::with_capacity(stored.len() + 1);
    for stored in stored {
        let at = quote(&stored.name);
        let listed = manifest
            .member(&stored.name)
            .ok_or_else(|| error(format!("bundle.json does not list {at}")))?;
        if listed.size != stored.size {
            return Err(error(format!(
                "{at} has {} bytes; bundle.json states {}",
                stored.size, listed.size
            )));
        }
        members.push(Member {
            digest: listed.digest,
            stored,
            cached: OnceLock::new(),
        });
    }
    let there = |name: &str| members.iter().any(|member| member.stored.name == name);
    match manifest.members.iter().find(|listed| !there(&listed.name)) {
        Some(listed) => Err(error(format!(
            "bundle.json lists {}, which is not there",
            quote(&listed.name)
        ))),
        None => Ok(members),
    }
}

#[cfg(test)]
mod tests;
