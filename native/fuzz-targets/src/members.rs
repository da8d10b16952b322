//! Members that have a form of their own: bundle.json, the schema with its dictionaries, programs.json, tensors.

use modelpack_bundle::{Manifest, Programs, Schema, TensorFile};

use crate::parts;

/// The first byte says which.
pub fn members(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    match kind % 4 {
        0 => drop(Manifest::parse(data)),
        1 => schema(data),
        2 => drop(Programs::parse(data)),
        _ => tensors(data),
    }
}

fn schema(data: &[u8]) {
    let [schema, dictionaries] = parts(data);
    let dictionaries = (!dictionaries.is_empty()).then(|| dictionaries.to_vec().into());
    let Ok(schema) = Schema::parse(schema, dictionaries) else {
        return;
    };
    for (index, feature) in schema.features.iter().enumerate() {
        assert_eq!(schema.feature_index(&feature.name).ok(), Some(index));
    }
}

fn tensors(data: &[u8]) {
    let Ok(file) = TensorFile::parse(data.to_vec()) else {
        return;
    };
    let mut total = 0;
    for name in file.names() {
        let tensor = file.get(name).expect("the file names it");
        let size = tensor
            .shape
            .iter()
            .try_fold(tensor.dtype.size(), |size, &next| size.checked_mul(next));
        assert_eq!(size, Some(tensor.data.len()));
        total += tensor.data.len();
        let _ = (tensor.f64s(), tensor.u64s(), tensor.i32s(), tensor.u8s());
    }
    assert!(total <= data.len(), "tensors overlap");
}
