//! The in-toto statement: the digest of every member but signatures.

use super::exact::{constant, fields, only, text};
use super::signature_error;
use crate::container::{is_member_name, SIGNATURES};
use crate::json::{self, Json};
use crate::quote::quote;
use crate::{Digest, Result};

const TYPE: &str = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE: &str = "https://model_signing/signature/v1.0";
const METHOD: &str = "files";
const HASH: &str = "sha256";
/// What the public tool leaves out of a folder and says so.
const IGNORED_GIT: [&str; 4] = [".git", ".gitattributes", ".github", ".gitignore"];
const IGNORED_SIGNATURES: &str = "signatures";

/// What was signed: files by name, each with its digest, in ascending order of their paths' components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    subject: String,
    resources: Vec<(String, Digest)>,
}

impl Statement {
    /// `resources` in any order; no name twice.
    pub fn new(subject: String, mut resources: Vec<(String, Digest)>) -> Statement {
        resources.sort_by(|a, b| components(&a.0).cmp(components(&b.0)));
        Statement { subject, resources }
    }

    pub fn resources(&self) -> &[(String, Digest)] {
        &self.resources
    }

    /// SHA-256 of the digests one after the other. It does not bind names, so nothing rests on it but the form.
    fn subject_digest(&self) -> Digest {
        Digest::of_parts(self.resources.iter().map(|(_, digest)| &digest.0[..]))
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let resources = self.resources.iter().map(|(name, digest)| {
            Json::object([
                ("algorithm", Json::str(HASH)),
                ("digest", Json::str(digest.hex())),
                ("name", Json::str(name.as_str())),
            ])
        });
        let serialization = Json::object([
            ("allow_symlinks", Json::Bool(false)),
            ("hash_type", Json::str(HASH)),
            ("ignore_paths", Json::Array(vec![Json::str(IGNORED_SIGNATURES)])),
            ("method", Json::str(METHOD)),
        ]);
        let subject = Json::object([
            ("digest", Json::object([(HASH, Json::str(self.subject_digest().hex()))])),
            ("name", Json::str(self.subject.as_str())),
        ]);
        let predicate = Json::object([
            ("resources", Json::Array(resources.collect())),
            ("serialization", serialization),
        ]);
        Json::object([
            ("_type", Json::str(TYPE)),
            ("predicate", predicate),
            ("predicateType", Json::str(PREDICATE_TYPE)),
            ("subject", Json::Array(vec![subject])),
        ])
        .to_bytes()
    }

    /// Only ever called on bytes whose signature was verified.
    pub fn parse(payload: &[u8]) -> Result<Statement> {
        let content = json::parse_any_spelling(payload)
            .map_err(|error| signature_error(error.message()).within("the statement"))?;
        let [kind, subject, predicate_type, predicate] = fields(
            &content,
            "the statement",
            ["_type", "subject", "predicateType", "predicate"],
        )?;
        constant(kind, "_type", TYPE)?;
        constant(predicate_type, "predicateType", PREDICATE_TYPE)?;
        let [name, digest] = fields(only(subject, "subject")?, "the subject", ["name", "digest"])?;
        let [digest] = fields(digest, "the subject's digest", [HASH])?;
        let [resources, serialization] = fields(predicate, "the predicate", ["resources", "serialization"])?;
        check_serialization(serialization)?;
        let statement = Statement {
            subject: text(name, "the subject's name")?.to_owned(),
            resources: parse_resources(resources)?,
        };
        constant(digest, "the subject's digest", &statement.subject_digest().hex())?;
        Ok(statement)
    }
}

/// The order of the public tool: by path components, so that `a/x` stands before `a-b/x` and `a.x`.
fn components(name: &str) -> std::str::Split<'_, char> {
    name.split('/')
}

fn parse_resources(value: &Json) -> Result<Vec<(String, Digest)>> {
    let items = value
        .as_array()
        .ok_or_else(|| signature_error("resources is no list"))?;
    if items.is_empty() {
        return Err(signature_error("resources is empty"));
    }
    let resources = items.iter().map(parse_resource).collect::<Result<Vec<_>>>()?;
    let misplaced = resources
        .windows(2)
        .find(|pair| components(&pair[0].0).ge(components(&pair[1].0)));
    match misplaced {
        Some(pair) => Err(signature_error(format!(
            "the resource {} stands twice or out of order",
            quote(&pair[1].0)
        ))),
        None => Ok(resources),
    }
}

fn parse_resource(value: &Json) -> Result<(String, Digest)> {
    let [name, algorithm, digest] = fields(value, "a resource", ["name", "algorithm", "digest"])?;
    constant(algorithm, "a resource's algorithm", HASH)?;
    let digest = Digest::from_hex(text(digest, "a resource's digest")?);
    let name = text(name, "a resource's name")?;
    if !is_member_name(name.as_bytes()) {
        return Err(signature_error(format!("{} is no member's name", quote(name))));
    }
    match digest {
        Some(digest) => Ok((name.to_owned(), digest)),
        None => Err(signature_error("a resource's digest is not 64 hex digits")),
    }
}

fn check_serialization(value: &Json) -> Result<()> {
    let [method, hash, symlinks, ignored] = fields(
        value,
        "serialization",
        ["method", "hash_type", "allow_symlinks", "ignore_paths"],
    )?;
    constant(method, "method", METHOD)?;
    constant(hash, "hash_type", HASH)?;
    if symlinks.as_bool() != Some(false) {
        return Err(signature_error("allow_symlinks is not false"));
    }
    let paths = ignored
        .as_array()
        .ok_or_else(|| signature_error("ignore_paths is no list"))?;
    let mut seen: Vec<&str> = Vec::with_capacity(paths.len());
    for path in paths {
        let path = text(path, "ignore_paths")?;
        let allowed = path == IGNORED_SIGNATURES
            || IGNORED_GIT.contains(&path)
            || (path.starts_with(SIGNATURES) && is_member_name(path.as_bytes()));
        if !allowed || seen.contains(&path) {
            return Err(signature_error(format!(
                "ignore_paths has {}, which hides members or stands twice",
                quote(path)
            )));
        }
        seen.push(path);
    }
    Ok(())
}
