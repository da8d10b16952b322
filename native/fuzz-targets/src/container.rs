//! A whole file, as it comes from outside.

use std::sync::{Arc, OnceLock};

use modelpack_bundle::write::{to_bytes, NewMember};
use modelpack_bundle::{json, Bundle, Json, OpenOptions, Trust, TrustPolicy};
use modelpack_engine::{Predictor, PredictorOptions};

use crate::POLICY;

pub fn container(data: &[u8]) {
    if let Ok(bundle) = Bundle::open_bytes(data.to_vec(), &OpenOptions::unsigned()) {
        assert!(!bundle.verified());
        let _ = Predictor::new(&bundle, &PredictorOptions::default());
    }
    if let Ok(bundle) = Bundle::open_bytes(data.to_vec(), &trusting()) {
        assert!(bundle.verified());
    }
    if let Ok(bundle) = Bundle::inspect_bytes(data.to_vec()) {
        assert!(
            Predictor::new(&bundle, &PredictorOptions::default()).is_err(),
            "it was opened to look at it"
        );
        check_form(data, &bundle);
    }
}

fn trusting() -> OpenOptions {
    static POLICY_READ: OnceLock<Trust> = OnceLock::new();
    let read = || Trust::from(TrustPolicy::from_bytes(POLICY, "a vector").expect("the vector is a policy"));
    OpenOptions {
        trust: Some(POLICY_READ.get_or_init(read).clone()),
        ..OpenOptions::default()
    }
}

/// There is one form: the writer makes these bytes again, but for signatures.
fn check_form(data: &[u8], bundle: &Arc<Bundle>) {
    let signed = data.windows(12).any(|window| window == b".sigstore.js");
    let read = |name: &str| bundle.member(name).expect("every member was hashed").to_vec();
    let Ok(Json::Object(mut manifest)) = json::parse(&read("bundle.json")) else {
        panic!("bundle.json was accepted");
    };
    manifest.retain(|(key, _)| key != "members" && key != "model_digest");
    let members: Vec<(&str, Vec<u8>)> = bundle
        .member_names()
        .filter(|name| *name != "bundle.json")
        .map(|name| (name, read(name)))
        .collect();
    let new: Vec<NewMember<'_>> = members.iter().map(|(name, data)| NewMember { name, data }).collect();
    let (written, identity) = to_bytes(Json::Object(manifest), &new).expect("what was read can be written");
    // Fields that the format does not know are read over, and in `members` not kept.
    if !signed && identity.to_string() == bundle.identity() {
        assert_eq!(written, data, "a second form of one bundle");
    }
}
