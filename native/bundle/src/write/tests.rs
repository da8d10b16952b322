use std::fs::OpenOptions;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::{Bundle, OpenOptions as Options};

const SCHEMA: &[u8] = br#"{"features":[],"keys":[],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#;
const MEMBERS: [NewMember<'static>; 2] = [
    NewMember {
        name: "schema.json",
        data: SCHEMA,
    },
    NewMember {
        name: "config.json",
        data: b"{}",
    },
];

fn manifest() -> Json {
    crate::json::parse(
        concat!(
            r#"{"created_at":"2026-11-24T00:00:00Z","engines":[{"name":"native","requires":[]}],"#,
            r#""format":{"major":1,"minor":0},"name":"eta","partition_keys":[],"requires":[],"task":"binary","version":"1.0.0"}"#
        )
        .as_bytes(),
    )
    .expect("canonical")
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A folder that vanishes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("modelpack-write-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a fresh folder");
        Folder(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("there");
        entries
            .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn equal_members_in_any_order_give_equal_bytes() {
    let (bytes, identity) = to_bytes(manifest(), &MEMBERS).expect("can be written");
    let (same, _) = to_bytes(manifest(), &[MEMBERS[1], MEMBERS[0]]).expect("can be written");
    assert_eq!(bytes, same);
    let bundle = Bundle::open_bytes(bytes, &Options::unsigned()).expect("opens");
    assert_eq!(bundle.identity(), identity.to_string());
}

#[test]
fn a_file_appears_whole_and_alone() {
    let folder = Folder::new();
    let path = folder.0.join("eta-1.0.0.mpk");
    let identity = write(&path, manifest(), &MEMBERS, false).expect("written");
    assert_eq!(folder.names(), ["eta-1.0.0.mpk"]);
    let bundle = Bundle::open(&path, &Options::unsigned()).expect("opens");
    assert_eq!(bundle.identity(), identity.to_string());
    assert_eq!(
        fs::read(&path).expect("there"),
        to_bytes(manifest(), &MEMBERS).expect("can be written").0
    );
}

#[test]
fn an_existing_file_stays_unless_overwrite_is_said() {
    let folder = Folder::new();
    let path = folder.0.join("eta.mpk");
    fs::write(&path, b"precious").expect("writable");
    let error = write(&path, manifest(), &MEMBERS, false).expect_err("exists");
    assert_eq!((error.code(), error.hint().is_some()), (ErrorCode::Io, true));
    assert_eq!(fs::read(&path).expect("there"), b"precious");
    write(&path, manifest(), &MEMBERS, true).expect("overwritten");
    assert!(Bundle::inspect(&path).is_ok());
    assert_eq!(folder.names(), ["eta.mpk"]);
}

#[test]
fn an_open_bundle_outlives_its_replaced_file() {
    let folder = Folder::new();
    let path = folder.0.join("eta.mpk");
    write(&path, manifest(), &MEMBERS, false).expect("written");
    let bundle = Bundle::open(&path, &Options::unsigned()).expect("opens");
    write(&path, manifest(), &[MEMBERS[0]], true).expect("overwritten");
    assert_eq!(&*bundle.member("config.json").expect("of the old file"), b"{}");
}

#[test]
fn a_file_cut_while_open_fails_and_answers_nothing() {
    let folder = Folder::new();
    let path = folder.0.join("eta.mpk");
    write(&path, manifest(), &MEMBERS, false).expect("written");
    let bundle = Bundle::open(&path, &Options::unsigned()).expect("opens");
    OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(10))
        .expect("cut");
    assert_eq!(
        bundle.member("config.json").expect_err("cut").code(),
        ErrorCode::Truncated
    );
}

#[test]
fn a_folder_and_a_missing_file_are_no_bundles() {
    let folder = Folder::new();
    let code = |path: &Path| Bundle::open(path, &Options::unsigned()).expect_err("no bundle").code();
    assert_eq!(code(&folder.0), ErrorCode::NotABundle);
    assert_eq!(code(&folder.0.join("missing.mpk")), ErrorCode::Io);
}

#[test]
fn what_the_reader_refuses_is_not_written() {
    let folder = Folder::new();
    let path = folder.0.join("eta.mpk");
    let bad_names = [
        "../a",
        "bundle.json",
        "a//b",
        "Schema.json",
        "schema.json",
        "signatures/a.json",
        "schema.json/a",
    ];
    for name in bad_names {
        let members = [MEMBERS[0], NewMember { name, data: b"" }];
        assert_eq!(
            write(&path, manifest(), &members, false).expect_err(name).code(),
            ErrorCode::MemberName,
            "{name}"
        );
    }
    let Json::Object(entries) = manifest() else {
        unreachable!("an object")
    };
    for key in entries.iter().map(|entry| entry.0.as_str()) {
        let without = Json::Object(entries.iter().filter(|entry| entry.0 != key).cloned().collect());
        assert_eq!(
            write(&path, without, &MEMBERS, false).expect_err(key).code(),
            ErrorCode::Manifest,
            "{key}"
        );
    }
    assert_eq!(
        write(&path, Json::Null, &MEMBERS, false).expect_err("no object").code(),
        ErrorCode::Manifest
    );
    assert_eq!(
        write(&folder.0.join("no/folder"), manifest(), &MEMBERS, false)
            .expect_err("no folder")
            .code(),
        ErrorCode::Io
    );
    assert!(folder.names().is_empty());
}
