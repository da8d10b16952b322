use super::envelope::signed_bytes;
use super::*;
use crate::fixture::{only_signature, p256, p384, signed};
use crate::json::{self, Json};
use crate::PrivateKey;
use base64ct::{Base64, Encoding};

/// The genuine signature's payload and content, as texts to change.
struct Genuine {
    key: PrivateKey,
    content: String,
    payload: String,
}

impl Genuine {
    fn new() -> Genuine {
        let key = p256();
        let content = only_signature(&signed(&[&key]));
        let envelope = envelope::read(&content, key.public().hint()).expect("ours");
        Genuine {
            key,
            content: String::from_utf8(content).expect("JSON"),
            payload: String::from_utf8(envelope.payload).expect("JSON"),
        }
    }

    fn verify(&self, content: &str) -> Result<Statement> {
        verify(content.as_bytes(), self.key.public())
    }

    /// The statement of a payload that the key did sign.
    fn sign(&self, payload: &str) -> Result<Statement> {
        let signature = self.key.sign(&signed_bytes(payload.as_bytes())).expect("signed");
        let content = envelope::write(payload.as_bytes(), &signature, self.key.public().hint());
        verify(&content, self.key.public())
    }
}

fn refused(result: Result<Statement>, what: &str) {
    let error = result.expect_err(what);
    assert_eq!(error.code(), ErrorCode::Signature, "{what}: {error}");
}

/// `text` with its only `from` replaced.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    text.replace(from, to)
}

#[test]
fn what_is_written_is_the_form_that_the_format_states() {
    let genuine = Genuine::new();
    let Json::Object(mut bundle) = json::parse(genuine.content.as_bytes()).expect("canonical") else {
        unreachable!("an object")
    };
    bundle.retain(|(name, _)| name != "dsseEnvelope");
    let hint = genuine.key.public().hint();
    assert_eq!(
        String::from_utf8(Json::Object(bundle).to_bytes()).expect("JSON"),
        format!(
            concat!(
                r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","#,
                r#""verificationMaterial":{{"publicKey":{{"hint":"{}"}},"tlogEntries":[]}}}}"#
            ),
            hint
        )
    );
    let statement = genuine.verify(&genuine.content).expect("verifies");
    let names: Vec<&str> = statement.resources().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["bundle.json", "models/a/x.bin", "models/a-b/x.bin", "schema.json"]
    );
    assert!(genuine.payload.contains(concat!(
        r#""serialization":{"allow_symlinks":false,"hash_type":"sha256","#,
        r#""ignore_paths":["signatures"],"method":"files"}"#
    )));
    assert!(genuine.payload.ends_with(r#""name":"eta-1.4.0"}]}"#));
    assert!(signed_bytes(b"{}").starts_with(b"DSSEv1 28 application/vnd.in-toto+json 2 {}"));
}

#[test]
fn any_spelling_of_the_same_json_is_read() {
    let genuine = Genuine::new();
    let spaced = genuine.content.replace(',', " ,\n ").replace(':', "\t: ");
    genuine.verify(&spaced).expect("white space");
    let payload = genuine.payload.replace("https://", "https:\\/\\/").replace(',', ", ");
    genuine.sign(&payload).expect("escapes");
    for keyid in ["", genuine.key.public().hint()] {
        let named = format!("\"keyid\":\"{keyid}\"");
        genuine
            .verify(&replaced(&genuine.content, "\"keyid\":\"\"", &named))
            .expect("a key's name");
    }
    genuine
        .verify(&replaced(&genuine.content, "\"keyid\":\"\",", ""))
        .expect("no key's name");
    genuine
        .sign(&replaced(&genuine.payload, "eta-1.4.0", "any folder"))
        .expect("any subject");
    for ignored in [
        r#"".gitignore",".github","signatures",".git",".gitattributes""#,
        r#""signatures/ab.sigstore.json""#,
        "",
    ] {
        genuine
            .sign(&replaced(
                &genuine.payload,
                r#"["signatures"]"#,
                &format!("[{ignored}]"),
            ))
            .expect(ignored);
    }
}

#[test]
fn an_envelope_of_another_form_is_refused() {
    let genuine = Genuine::new();
    let hint = genuine.key.public().hint();
    let other = p384();
    let other = other.public().hint();
    let signature = {
        let from = genuine.content.find("\"signatures\":[").expect("there") + 14;
        let to = from + genuine.content[from..].find(']').expect("there");
        &genuine.content[from..to]
    };
    let twice = format!("{signature},{signature}");
    for (from, to) in [
        ("bundle.v0.3+json", "bundle.v0.2+json"),
        ("bundle.v0.3+json", "bundle+json;version=0.3"),
        ("application/vnd.in-toto+json", "application/vnd.in-toto"),
        ("\"payloadType\"", "\"payloadtype\""),
        ("\"tlogEntries\":[]", "\"tlogEntries\":[{}]"),
        ("\"tlogEntries\":[]", "\"tlogEntries\":null"),
        (",\"tlogEntries\":[]", ""),
        (hint, other),
        (hint, &hint.to_uppercase()),
        (hint, ""),
        ("\"keyid\":\"\"", &format!("\"keyid\":\"{other}\"")),
        ("\"keyid\":\"\"", "\"keyid\":null"),
        ("\"keyid\":\"\"", "\"keyid\":\"\",\"keyid\":\"\""),
        ("\"keyid\":\"\"", "\"cert\":\"\",\"keyid\":\"\""),
        (signature, ""),
        (signature, &twice),
        ("\"sig\":\"", "\"sig\":\" "),
        ("\"sig\":\"", "\"sig\":\"\\n"),
        ("\"sig\":\"", "\"sig\":\"!"),
        ("\"sig\":\"", "\"sig\":\"AAAA"),
        ("\"payload\":\"", "\"payload\":\"="),
        ("\"payload\":\"ey", "\"payload\":\"e_"),
        ("{\"dsseEnvelope\"", "{\"a\":1,\"dsseEnvelope\""),
        ("{\"dsseEnvelope\"", "\u{feff}{\"dsseEnvelope\""),
    ] {
        refused(
            genuine.verify(&replaced(&genuine.content, from, to)),
            &format!("{from} → {to}"),
        );
    }
    for content in [
        "",
        "{}",
        "[]",
        "null",
        &format!("{} x", genuine.content),
        &"[".repeat(100),
    ] {
        refused(genuine.verify(content), content);
    }
    let junk = genuine.content.replacen("==\"", "=\"", 1);
    if junk != genuine.content {
        refused(genuine.verify(&junk), "padding");
    }
}

#[test]
fn bits_behind_the_end_of_base64_are_refused() {
    for (text, good) in [
        ("AA==", true),
        ("AB==", false),
        ("AAA=", true),
        ("AAB=", false),
        ("AA", false),
        ("A===", false),
    ] {
        assert_eq!(Base64::decode_vec(text).is_ok(), good, "{text}");
    }
}

#[test]
fn a_statement_of_another_form_is_refused_even_if_it_is_signed() {
    let genuine = Genuine::new();
    let first = genuine.payload.find("{\"algorithm\"").expect("there");
    let second = first + 1 + genuine.payload[first + 1..].find("{\"algorithm\"").expect("there");
    let resource = &genuine.payload[first..second];
    for (from, to) in [
        ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"),
        (
            "https://model_signing/signature/v1.0",
            "https://model_signing/signature/v0.1",
        ),
        (
            "https://model_signing/signature/v1.0",
            "https://model_signing/Digests/v0.1",
        ),
        ("\"method\":\"files\"", "\"method\":\"shards\""),
        ("\"hash_type\":\"sha256\"", "\"hash_type\":\"blake3\""),
        ("\"allow_symlinks\":false", "\"allow_symlinks\":true"),
        ("\"allow_symlinks\":false", "\"allow_symlinks\":\"false\""),
        ("\"allow_symlinks\":false,", ""),
        ("[\"signatures\"]", "[\"signatures\",\"signatures\"]"),
        ("[\"signatures\"]", "[\"models\"]"),
        ("[\"signatures\"]", "[\"signatures/../bundle.json\"]"),
        ("[\"signatures\"]", "[\".gitmodules\"]"),
        ("[\"signatures\"]", "\"signatures\""),
        ("\"name\":\"eta-1.4.0\"", "\"name\":7"),
        ("\"name\":\"eta-1.4.0\"", "\"name\":\"a\",\"uri\":\"b\""),
        ("\"name\":\"bundle.json\"", "\"name\":\"../bundle.json\""),
        ("\"name\":\"bundle.json\"", "\"name\":\".bundle.json\""),
        ("\"name\":\"bundle.json\"", "\"name\":\"zzz.json\""),
        ("\"name\":\"models/a/x.bin\"", "\"name\":\"bundle.json\""),
        ("\"name\":\"models/a/x.bin\"", "\"name\":\"models/a-c/x.bin\""),
        (resource, ""),
        (resource, &resource.repeat(2)),
        (resource, &replaced(resource, "\"sha256\"", "\"sha512\"")),
        (resource, &replaced(resource, "\"name\"", "\"size\":1,\"name\"")),
        ("\"subject\":[", "\"subject\":[{},"),
        ("{\"_type\"", "{\"a\":1,\"_type\""),
    ] {
        refused(
            genuine.sign(&replaced(&genuine.payload, from, to)),
            &format!("{from} → {to}"),
        );
    }
    let from = genuine.payload.find("\"resources\":[").expect("there") + 13;
    let to = from + genuine.payload[from..].find(']').expect("there");
    let empty = format!("{}{}", &genuine.payload[..from], &genuine.payload[to..]);
    let of_nothing = crate::Digest::of(b"").hex();
    let at = empty.rfind("\"sha256\":\"").expect("there") + 10;
    let empty = format!("{}{of_nothing}{}", &empty[..at], &empty[at + 64..]);
    refused(genuine.sign(&empty), "no resources");
    for payload in ["", "{}", "[1]"] {
        refused(genuine.sign(payload), payload);
    }
}

#[test]
fn every_changed_byte_is_refused_or_says_the_same() {
    let genuine = Genuine::new();
    let statement = genuine.verify(&genuine.content).expect("verifies");
    for at in 0..genuine.content.len() {
        for bit in [at % 8, 5] {
            let mut changed = genuine.content.clone().into_bytes();
            changed[at] ^= 1 << bit;
            if let Ok(other) = verify(&changed, genuine.key.public()) {
                assert_eq!(other, statement, "bit {bit} of byte {at}");
            }
        }
    }
}

#[test]
fn a_name_and_its_hint_belong_together() {
    let hint = "ab".repeat(32);
    assert_eq!(hint_of(&member_name(&hint)), hint);
}
