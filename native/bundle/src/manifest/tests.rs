use super::*;

fn listed(name: &str) -> ListedMember {
    ListedMember {
        name: name.to_owned(),
        size: 3,
        digest: Digest::of(name.as_bytes()),
    }
}

/// bundle.json with one field replaced, or left out.
fn parse(key: &str, value: Option<&str>) -> Result<Manifest> {
    parse_with(&[(key, value)])
}

fn parse_with(changes: &[(&str, Option<&str>)]) -> Result<Manifest> {
    let members = [listed("config.json"), listed("programs.json"), listed("schema.json")];
    let engines = r#"[{"name":"native","requires":["affine@1","math@1"]}]"#;
    let mut fields = vec![
        (
            "created_at".to_owned(),
            json::parse(br#""2026-11-24T00:00:00Z""#).expect("JSON"),
        ),
        ("engines".to_owned(), json::parse(engines.as_bytes()).expect("JSON")),
        (
            "format".to_owned(),
            json::parse(br#"{"major":1,"minor":0}"#).expect("JSON"),
        ),
        ("members".to_owned(), members_json(&members)),
        (
            "model_digest".to_owned(),
            Json::str(model_digest_of(&members).to_string()),
        ),
        ("name".to_owned(), Json::str("eta")),
        ("partition_keys".to_owned(), Json::Array(vec![])),
        ("requires".to_owned(), Json::Array(vec![])),
        ("task".to_owned(), Json::str("binary")),
        ("version".to_owned(), Json::str("1.4.0")),
    ];
    for (key, value) in changes {
        fields.retain(|field| field.0 != *key);
        if let Some(value) = value {
            fields.push(((*key).to_owned(), json::parse(value.as_bytes()).expect(value)));
        }
    }
    Manifest::parse(&Json::object(fields).to_bytes())
}

fn code(key: &str, value: Option<&str>) -> ErrorCode {
    parse(key, value).expect_err(key).code()
}

#[test]
fn a_manifest_says_what_the_bundle_is() {
    let manifest = parse("note", Some(r#"{"any":"thing"}"#)).expect("an unknown key is ignored");
    assert_eq!((manifest.name.as_str(), manifest.task.as_str()), ("eta", "binary"));
    assert_eq!(manifest.engines[0].requires, ["affine@1", "math@1"]);
    assert_eq!(manifest.member("schema.json"), Some(&listed("schema.json")));
    assert_eq!(manifest.member("bundle.json"), None);
    assert!(parse("format", Some(r#"{"major":1,"minor":7}"#)).is_ok());
}

#[test]
fn every_field_is_needed_and_has_its_form() {
    for key in [
        "created_at",
        "engines",
        "format",
        "members",
        "model_digest",
        "name",
        "partition_keys",
        "requires",
        "task",
        "version",
    ] {
        assert_eq!(code(key, None), ErrorCode::Manifest, "{key}");
        assert_eq!(code(key, Some("null")), ErrorCode::Manifest, "{key}");
    }
    let digest = Digest::of(b"").hex();
    for (key, value) in [
        ("name", r#""Eta""#),
        ("name", r#""""#),
        ("name", r#""-eta""#),
        ("name", &format!("\"{}\"", "a".repeat(65))),
        ("version", r#""1.4""#),
        ("version", r#""1.4.0+build""#),
        ("created_at", r#""2026-11-24""#),
        ("task", r#""magic""#),
        ("format", r#"{"major":0,"minor":0}"#),
        ("format", r#"{"major":1}"#),
        ("format", r#"{"major":-1,"minor":0}"#),
        ("engines", "[]"),
        ("engines", r#"[{"name":"native"}]"#),
        (
            "engines",
            r#"[{"name":"native","requires":[]},{"name":"native","requires":[]}]"#,
        ),
        ("model_digest", &format!("\"{digest}\"")),
        ("model_digest", &format!("\"sha256:{digest}\"")),
        ("members", r#"{"a":{"sha256":"00","size":1}}"#),
        ("members", &format!(r#"{{"a":{{"sha256":"{digest}","size":-1}}}}"#)),
        (
            "members",
            &format!(r#"{{"a":{{"sha256":"{}","size":1}}}}"#, digest.to_uppercase()),
        ),
    ] {
        assert_eq!(code(key, Some(value)), ErrorCode::Manifest, "{key}: {value}");
    }
}

#[test]
fn a_newer_format_and_unknown_requirements_have_their_own_codes() {
    assert_eq!(code("format", Some(r#"{"major":2,"minor":0}"#)), ErrorCode::NewerFormat);
    assert_eq!(code("requires", Some(r#"["encryption@1"]"#)), ErrorCode::Requires);
    assert_eq!(
        Manifest::parse(br#"{"format":{"major":2,"minor":0}}"#)
            .expect_err("newer")
            .code(),
        ErrorCode::NewerFormat,
        "whatever else a newer format says"
    );
}

#[test]
fn bundles_with_partition_keys_require_partitions_and_have_no_other_engine() {
    let with = |keys: &str, requires: &str, engines: &str| {
        parse_with(&[
            ("partition_keys", Some(keys)),
            ("requires", Some(requires)),
            ("engines", Some(engines)),
        ])
    };
    let native = r#"[{"name":"native","requires":[]}]"#;
    let manifest = with(r#"["country","city"]"#, r#"["partitions"]"#, native).expect("complete");
    assert_eq!(manifest.partition_keys, ["country", "city"]);
    for (keys, requires, engines) in [
        (r#"["country"]"#, "[]", native),
        ("[]", r#"["partitions"]"#, native),
        (r#"["country"]"#, r#"["partitions","partitions"]"#, native),
        (
            r#"["country"]"#,
            r#"["partitions"]"#,
            r#"[{"name":"onnx","requires":[]}]"#,
        ),
        (r#"[1]"#, r#"["partitions"]"#, native),
    ] {
        let error = with(keys, requires, engines).expect_err("refused");
        assert_eq!(error.code(), ErrorCode::Manifest, "{keys} {requires} {engines}");
    }
}

#[test]
fn the_model_digest_covers_what_decides_the_answers() {
    let digest = |names: &[&str]| model_digest_of(&names.iter().map(|name| listed(name)).collect::<Vec<_>>());
    let base = digest(&["programs.json", "schema.json"]);
    assert_eq!(
        digest(&["config.json", "programs.json", "record.json", "schema.json"]),
        base
    );
    assert_eq!(
        digest(&["models/main/model.onnx", "programs.json", "schema.json"]),
        base
    );
    assert_ne!(
        digest(&["models/main/tensors.safetensors", "programs.json", "schema.json"]),
        base
    );
    assert_ne!(
        digest(&["dictionaries.safetensors", "programs.json", "schema.json"]),
        base
    );
    assert_ne!(
        digest(&["models/main/model.onnx", "schema.json"]),
        digest(&["schema.json"])
    );
    let line = format!("mpk-model-1\nschema.json {}\n", Digest::of(b"schema.json").hex());
    assert_eq!(digest(&["config.json", "schema.json"]), Digest::of(line.as_bytes()));
}
