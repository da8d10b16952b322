//! The index of partitions, under digests that fit.

use std::sync::OnceLock;

use modelpack_bundle::write::{to_bytes, NewMember};
use modelpack_bundle::{json, Bundle, Json, OpenOptions};

use crate::parts;

/// A bundle with partitions on three levels, a text, an integer and a bool.
const BASE: &[u8] = include_bytes!("../../../tests/vectors/hostile/partitions.mpk");
const INDEX: &str = "partitions.idx";
const PACK: &str = "partitions.pack";

/// The bundle's manifest as a writer takes it, and its other members.
struct Parts {
    manifest: Json,
    members: Vec<(String, Vec<u8>)>,
}

/// The input is the index, then a mark and partitions.pack, which is the vector's where it is left out.
pub fn partitions(data: &[u8]) {
    let [index, pack] = parts(data);
    let base = base();
    let chosen = |name: &str, member: &'static [u8]| match name {
        INDEX => index.to_vec(),
        PACK if !pack.is_empty() => pack.to_vec(),
        _ => member.to_vec(),
    };
    let members: Vec<(&str, Vec<u8>)> = base
        .members
        .iter()
        .map(|(name, member)| (name.as_str(), chosen(name, member)))
        .collect();
    let new: Vec<NewMember<'_>> = members.iter().map(|(name, data)| NewMember { name, data }).collect();
    let (bytes, _) = to_bytes(base.manifest.clone(), &new).expect("any index can be written");
    let Ok(bundle) = Bundle::open_bytes(bytes, &OpenOptions::unsigned()) else {
        return;
    };
    walk(&bundle);
    let _ = bundle.check_members();
}

/// Every node has its place, and is found under its key.
fn walk(bundle: &Bundle) {
    let partitions = bundle.partitions().expect("the bundle has keys");
    for node in 1..partitions.node_count() as u32 {
        let key = partitions.key(node);
        assert_eq!(key.len(), partitions.depth(node));
        assert_eq!(partitions.pruned(node), partitions.entry_digest(node).is_none());
        assert_eq!(partitions.pruned(node), partitions.program_text(node).is_none());
        assert!(!partitions.path_text(node).is_empty());
    }
}

fn base() -> &'static Parts {
    static PARTS: OnceLock<Parts> = OnceLock::new();
    PARTS.get_or_init(|| {
        let bundle = Bundle::open_bytes(BASE, &OpenOptions::unsigned()).expect("the vector opens");
        let read = |name: &str| bundle.member(name).expect("the vector is whole").to_vec();
        let Ok(Json::Object(mut manifest)) = json::parse(&read("bundle.json")) else {
            panic!("bundle.json is an object");
        };
        manifest.retain(|(key, _)| key != "members" && key != "model_digest");
        let others = bundle.member_names().filter(|name| *name != "bundle.json");
        Parts {
            members: others.map(|name| (name.to_owned(), read(name))).collect(),
            manifest: Json::Object(manifest),
        }
    })
}
