//! Trust policies and keys.

use modelpack_bundle::{PrivateKey, PublicKey, Trust, TrustPolicy};

pub fn policy(data: &[u8]) {
    if let Ok(policy) = TrustPolicy::from_bytes(data, "a text") {
        for rule in &policy.rules {
            assert!((1..=policy.keys.len()).contains(&rule.threshold));
            assert!(policy.keys_of(rule).count() >= rule.threshold);
            let _ = (rule.matches("hostile"), rule.matches(""), rule.matches("a-a-a-a.a"));
        }
        let _ = Trust::from(policy).to_json().to_bytes();
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(key) = PublicKey::from_pem(text) {
        let again = PublicKey::from_pem(key.pem()).expect("written as read");
        assert_eq!((again.hint(), &again), (key.hint(), &key));
    }
    let _ = PrivateKey::from_pem(text, None);
}
