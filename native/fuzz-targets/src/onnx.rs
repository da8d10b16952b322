//! An ONNX file and its description, before ONNX Runtime sees them.

use modelpack_bundle::Schema;
use modelpack_engine::engines::onnx::check;

const SCHEMA: &[u8] = br#"{"features":[{"dtype":"float64","missing":"model","name":"x","null_is":"none","optional":false,"unseen":"model"}],"keys":[],"outputs":[{"columns":1,"dtype":"float64","name":"value"}]}"#;
const DESCRIPTION: &[u8] = br#"{"inputs":[{"dtype":"float64","features":["x"],"name":"x","shape":"column"}],"onnx":1,"outputs":[{"dtype":"float64","name":"value","output":"value"}]}"#;

/// Field 13 of a tensor, external_data, with nothing in it, as the last of a graph's tensors.
const ELSEWHERE: &[u8] = &[0x3a, 4, 0x2a, 2, 0x6a, 0];

pub fn onnx(data: &[u8]) {
    let [model, description] = crate::parts(data);
    let schema = Schema::parse(SCHEMA, None).expect("the schema is in order");
    let _ = check(model, description, &schema);
    if check(model, DESCRIPTION, &schema).is_ok() {
        let more = [model, ELSEWHERE].concat();
        assert!(
            check(&more, DESCRIPTION, &schema).is_err(),
            "a tensor of another file went by"
        );
    }
}
