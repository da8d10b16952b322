//! A bundle whose structure was checked, before anybody was asked whether it may be believed.

use std::path::Path;
use std::sync::OnceLock;

use crate::container::{self, StoredMember, BUNDLE_JSON, PARTITIONS_INDEX, PARTITIONS_PACK};
use crate::manifest::Manifest;
use crate::member::{check_member, read_member};
use crate::partitions::{Beside, Partitions};
use crate::quote::quote;
use crate::schema::{token_of, Schema};
use crate::source::{FileSource, Source};
use crate::{limits, Bytes, Digest, Error, ErrorCode, Programs, Result};

pub(crate) const SCHEMA_JSON: &str = "schema.json";
pub(crate) const DICTIONARIES: &str = "dictionaries.safetensors";
pub(crate) const PROGRAMS_JSON: &str = "programs.json";
pub(crate) const ROOT_TENSORS: &str = "models/main/tensors.safetensors";

pub(crate) struct Unjudged {
    pub source: Box<dyn Source>,
    pub manifest: Manifest,
    pub identity: Digest,
    /// In the order of the file; the last is bundle.json.
    pub members: Vec<Member>,
    pub signatures: Vec<StoredMember>,
}

/// A member that bundle.json lists, or bundle.json itself.
pub(crate) struct Member {
    pub stored: StoredMember,
    pub digest: Digest,
    cached: OnceLock<Bytes>,
}

impl Member {
    /// The bytes, hashed when they are read.
    pub fn read(&self, source: &dyn Source) -> Result<Bytes> {
        match self.cached.get() {
            Some(bytes) => Ok(bytes.clone()),
            None => read_member(source, &self.stored, Some(self.digest)).map(|(bytes, _)| bytes),
        }
    }

    /// The bytes, kept as long as the member.
    pub fn cached(&self, source: &dyn Source) -> Result<Bytes> {
        let bytes = self.read(source)?;
        Ok(self.cached.get_or_init(|| bytes).clone())
    }
}

/// Hashes every member, each from the file.
pub(crate) fn check_members(source: &dyn Source, members: &[Member]) -> Result<()> {
    members
        .iter()
        .try_for_each(|member| check_member(source, &member.stored, member.digest))
}

impl Unjudged {
    pub fn open(path: &Path) -> Result<Unjudged> {
        Self::read(Box::new(FileSource::open(path)?))
    }

    /// Structure, then bundle.json, then that container and bundle.json name the same members. Names are not yet believed.
    pub fn read(source: Box<dyn Source>) -> Result<Unjudged> {
        let (signatures, members): (Vec<_>, Vec<_>) = container::read(&*source)?
            .into_iter()
            .partition(|member| container::is_signature(&member.name));
        let (is_manifest, others): (Vec<_>, Vec<_>) =
            members.into_iter().partition(|member| member.name == BUNDLE_JSON);
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
            signatures,
        })
    }

    /// The members but for signatures, in the order of the file.
    pub fn stored(&self) -> impl Iterator<Item = &StoredMember> {
        self.members.iter().map(|member| &member.stored)
    }

    pub fn signature_bytes(&self, stored: &StoredMember) -> Result<Bytes> {
        read_member(&*self.source, stored, None).map(|(bytes, _)| bytes)
    }

    pub fn check_members(&self) -> Result<()> {
        check_members(&*self.source, &self.members)
    }

    pub fn schema(&self) -> Result<Schema> {
        let missing = || Error::new(ErrorCode::Members, "the bundle has no schema.json");
        let schema = self.find(SCHEMA_JSON).ok_or_else(missing)?;
        let dictionaries = self.find(DICTIONARIES);
        let token = token_of(schema.digest, dictionaries.map(|member| member.digest));
        let dictionaries = dictionaries.map(|member| member.read(&*self.source)).transpose()?;
        Schema::parse_with_token(&schema.cached(&*self.source)?, dictionaries, token)
    }

    /// Reads and hashes the programs, so that no predictor has to.
    pub fn cache_programs(&self) -> Result<()> {
        match self.find(PROGRAMS_JSON) {
            Some(programs) => programs.cached(&*self.source).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The partitions of a bundle that has keys, their index read, hashed and checked.
    pub fn partitions(&self, schema: &Schema) -> Result<Option<Partitions>> {
        let names = schema.keys.iter().filter_map(|&key| schema.features.get(key));
        if !names.map(|feature| &feature.name).eq(&self.manifest.partition_keys) {
            return Err(Error::new(
                ErrorCode::Manifest,
                "bundle.json and schema.json name different partition keys",
            ));
        }
        if schema.keys.is_empty() {
            return match [PARTITIONS_INDEX, PARTITIONS_PACK]
                .into_iter()
                .find(|name| self.find(name).is_some())
            {
                None => Ok(None),
                Some(name) => Err(Error::new(
                    ErrorCode::Members,
                    format!("the bundle has {name}, but no partition keys"),
                )),
            };
        }
        let required = |name: &str| {
            let missing = || {
                Error::new(
                    ErrorCode::Members,
                    format!("the bundle has partition keys, but no {name}"),
                )
            };
            self.find(name).ok_or_else(missing)
        };
        let index = required(PARTITIONS_INDEX)?;
        if index.stored.size > limits::PARTITION_INDEX_BYTES as u64 {
            return Err(Error::new(ErrorCode::Limit, "partitions.idx is larger than 256 MiB"));
        }
        let programs = Programs::parse(&required(PROGRAMS_JSON)?.cached(&*self.source)?)?;
        let beside = Beside {
            schema,
            programs,
            pack_size: required(PARTITIONS_PACK)?.stored.size,
            root_size: required(ROOT_TENSORS)?.stored.size,
        };
        Partitions::parse(index.cached(&*self.source)?, beside).map(Some)
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.stored.name == name)
    }
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
