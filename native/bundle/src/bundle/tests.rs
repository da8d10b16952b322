use super::*;
use crate::json::Json;
use crate::safetensors::{self, Dtype, TensorData};
use crate::write::{to_bytes, NewMember};
use crate::Digest;

const SCHEMA: &str = concat!(
    r#"{"features":[{"dtype":"float64","missing":"model","name":"distance","null_is":"nan","optional":false,"unseen":"model"},"#,
    r#"{"dtype":"string","missing":"model","name":"carrier","null_is":"none","optional":true,"unseen":"reject"}],"keys":[],"#,
    r#""outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#
);

fn manifest() -> Json {
    let engine = Json::object([("name", Json::str("native")), ("requires", Json::Array(vec![]))]);
    Json::object([
        ("created_at", Json::str("2026-11-24T00:00:00Z")),
        ("engines", Json::Array(vec![engine])),
        (
            "format",
            Json::object([("major", Json::Int(1)), ("minor", Json::Int(0))]),
        ),
        ("name", Json::str("eta")),
        ("partition_keys", Json::Array(vec![])),
        ("requires", Json::Array(vec![])),
        ("task", Json::str("regression")),
        ("version", Json::str("1.4.0")),
    ])
}

fn dictionaries() -> Vec<u8> {
    let offsets: Vec<u8> = [0u64, 2, 4].iter().flat_map(|offset| offset.to_le_bytes()).collect();
    safetensors::to_bytes(
        &[
            TensorData {
                name: "1.bytes",
                dtype: Dtype::U8,
                shape: &[4],
                data: b"AAUA",
            },
            TensorData {
                name: "1.offsets",
                dtype: Dtype::U64,
                shape: &[3],
                data: &offsets,
            },
        ],
        &[],
    )
    .expect("canonical")
}

fn sample() -> (Vec<u8>, Digest) {
    let dictionaries = dictionaries();
    let members = [
        NewMember {
            name: "schema.json",
            data: SCHEMA.as_bytes(),
        },
        NewMember {
            name: "dictionaries.safetensors",
            data: &dictionaries,
        },
        NewMember {
            name: "metrics.json",
            data: b"{}",
        },
        NewMember {
            name: "models/main/tensors.safetensors",
            data: b"not looked at when opening",
        },
    ];
    to_bytes(manifest(), &members).expect("can be written")
}

fn open(bytes: Vec<u8>) -> Result<Arc<Bundle>> {
    Bundle::open_bytes(bytes, &OpenOptions::unsigned())
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> ErrorCode {
    result.expect_err("must be refused").code()
}

#[test]
fn a_written_bundle_opens_and_answers() {
    let (bytes, identity) = sample();
    let bundle = open(bytes).expect("opens");
    assert_eq!(
        (bundle.name(), bundle.version(), bundle.verified(), bundle.runnable()),
        ("eta", "1.4.0", false, true)
    );
    assert_eq!(bundle.identity(), identity.to_string());
    assert_eq!(
        bundle.member_names().collect::<Vec<_>>(),
        [
            "dictionaries.safetensors",
            "metrics.json",
            "models/main/tensors.safetensors",
            "schema.json",
            "bundle.json"
        ]
    );
    assert_eq!(&*bundle.member("metrics.json").expect("there"), b"{}");
    assert_eq!(
        Digest::of(&bundle.member("bundle.json").expect("there")).to_string(),
        bundle.identity()
    );
    assert_eq!(code(bundle.member("missing")), ErrorCode::Usage);
    let schema = bundle.schema();
    assert_eq!(schema.feature_index("carrier").expect("there"), 1);
    assert_eq!(
        schema.features[1]
            .dictionary
            .as_ref()
            .expect("a string has one")
            .code(b"UA"),
        Some(1)
    );
    assert_eq!(
        schema.token(),
        Schema::parse(SCHEMA.as_bytes(), Some(dictionaries().into()))
            .expect("valid")
            .token()
    );
}

#[test]
fn nothing_opens_without_trust_and_the_refusal_says_the_way_out() {
    let error = Bundle::open_bytes(sample().0, &OpenOptions::default()).expect_err("no policy");
    assert_eq!(error.code(), ErrorCode::Untrusted);
    assert!(
        error
            .to_string()
            .ends_with(": modelpack.load(path, trust=modelpack.UNSIGNED, name=\"eta\")"),
        "{error}"
    );
}

#[test]
fn what_the_caller_expects_is_checked() {
    let (bytes, identity) = sample();
    let open = |options: OpenOptions| Bundle::open_bytes(bytes.clone(), &options).map(|_| ());
    let unsigned = OpenOptions::unsigned;
    let text = |text: &str| Some(text.to_owned());
    assert!(open(OpenOptions {
        name: text("eta"),
        ..unsigned()
    })
    .is_ok());
    assert_eq!(
        code(open(OpenOptions {
            name: text("et"),
            ..unsigned()
        })),
        ErrorCode::WrongName
    );
    for version in ["1.4.0", "1.4.0-rc.1", "1.3.99", "0.0.0"] {
        assert!(
            open(OpenOptions {
                min_version: text(version),
                ..unsigned()
            })
            .is_ok(),
            "{version}"
        );
    }
    for version in ["1.4.1", "1.10.0", "2.0.0-alpha"] {
        assert_eq!(
            code(open(OpenOptions {
                min_version: text(version),
                ..unsigned()
            })),
            ErrorCode::WrongVersion
        );
    }
    assert_eq!(
        code(open(OpenOptions {
            min_version: text("1.4"),
            ..unsigned()
        })),
        ErrorCode::Usage
    );
    assert!(open(OpenOptions {
        identity: Some(identity.to_string()),
        ..unsigned()
    })
    .is_ok());
    let other = Digest::of(b"").to_string();
    assert_eq!(
        code(open(OpenOptions {
            identity: Some(other),
            ..unsigned()
        })),
        ErrorCode::WrongIdentity
    );
    assert_eq!(
        code(open(OpenOptions {
            identity: text("sha256:1"),
            ..unsigned()
        })),
        ErrorCode::Usage
    );
}

#[test]
fn a_member_is_refused_as_soon_as_it_is_used_and_by_inspect_at_once() {
    let (bytes, _) = sample();
    let at = bytes
        .windows(3)
        .position(|window| window == b"not")
        .expect("the tensors are in it");
    let mut changed = bytes;
    changed[at] ^= 1;
    let bundle = open(changed.clone()).expect("tensors are not read when opening");
    assert_eq!(
        code(bundle.member("models/main/tensors.safetensors")),
        ErrorCode::Digest
    );
    assert_eq!(code(Bundle::inspect_bytes(changed)), ErrorCode::Digest);
}

#[test]
fn every_changed_bit_is_refused_by_inspect() {
    let (bytes, _) = sample();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(Bundle::inspect_bytes(changed).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let (bytes, _) = sample();
    for length in 0..bytes.len() {
        let error = open(bytes[..length].to_vec()).expect_err("must be refused");
        assert!(
            matches!(
                error.code(),
                ErrorCode::Truncated | ErrorCode::NotABundle | ErrorCode::Container
            ),
            "{length}: {error:?}"
        );
    }
}

#[test]
fn signatures_do_not_change_the_identity() {
    let dictionaries = dictionaries();
    let signature = format!("signatures/{}.sigstore.json", "ab".repeat(32));
    let mut members = vec![
        NewMember {
            name: "schema.json",
            data: SCHEMA.as_bytes(),
        },
        NewMember {
            name: "dictionaries.safetensors",
            data: &dictionaries,
        },
    ];
    let (_, plain) = to_bytes(manifest(), &members).expect("can be written");
    members.push(NewMember {
        name: &signature,
        data: b"{}",
    });
    let (bytes, signed) = to_bytes(manifest(), &members).expect("can be written");
    assert_eq!(plain, signed);
    let bundle = open(bytes).expect("a signature that nobody asks for is ignored");
    assert!(!bundle.verified());
    assert!(!bundle.has_member(&signature));
}

#[test]
fn the_schema_must_be_there() {
    let (bytes, _) = to_bytes(manifest(), &[]).expect("can be written");
    assert_eq!(code(open(bytes)), ErrorCode::Members);
}
