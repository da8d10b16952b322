//! What stands in a signature, as the holder of the key may have written it.

use std::sync::OnceLock;

use modelpack_bundle::{testing, TrustPolicy};

use crate::POLICY;

/// As a signature's file, and as the payload in it.
pub fn signature(data: &[u8]) {
    let _ = testing::read_signature(data, hint());
    let _ = testing::read_statement(data);
}

/// The hint of the first key of the policy, which signed the vectors.
fn hint() -> &'static str {
    static HINT: OnceLock<String> = OnceLock::new();
    HINT.get_or_init(|| {
        let policy = TrustPolicy::from_bytes(POLICY, "a vector").expect("the vector is a policy");
        policy.keys.first().expect("it has keys").key.hint().to_owned()
    })
}
