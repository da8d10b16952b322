//! What a model takes and answers: schema.json with dictionaries.safetensors.

use std::collections::HashMap;

use crate::feature::{feature_type, Feature, FeatureType};
use crate::fields::Fields;
use crate::json::{self, Json};
use crate::near_name::near_name;
use crate::output::{parse_outputs, Output};
use crate::partitions::KeyType;
use crate::quote::quote;
use crate::safetensors::TensorFile;
use crate::{limits, Bytes, Dictionary, Digest, Error, ErrorCode, Result};

#[derive(Clone, Debug)]
pub struct Schema {
    /// In the order of the cells of a row.
    pub features: Vec<Feature>,
    pub outputs: Vec<Output>,
    /// Positions of the features that are partition keys, in order of levels.
    pub keys: Vec<usize>,
    index: HashMap<String, usize>,
    token: u64,
}

impl Schema {
    /// `dictionaries`: the member dictionaries.safetensors, there exactly if a feature is a string.
    pub fn parse(schema: &[u8], dictionaries: Option<Bytes>) -> Result<Schema> {
        let token = token_of(Digest::of(schema), dictionaries.as_deref().map(Digest::of));
        Self::parse_with_token(schema, dictionaries, token)
    }

    /// As [`Schema::parse`], where the digests of the members are known already.
    pub(crate) fn parse_with_token(schema: &[u8], dictionaries: Option<Bytes>, token: u64) -> Result<Schema> {
        let content = json::parse(schema).map_err(|error| error.within("schema.json"))?;
        let fields = Fields::new(&content, "schema.json", ErrorCode::Schema)?;
        let dictionaries = dictionaries.map(TensorFile::parse).transpose();
        let dictionaries = dictionaries.map_err(|error| error.within("dictionaries.safetensors"))?;
        let features = parse_features(&fields, dictionaries.as_ref())?;
        let mut index = HashMap::with_capacity(features.len());
        for (position, feature) in features.iter().enumerate() {
            if index.insert(feature.name.clone(), position).is_some() {
                return Err(fields.error(format!("the feature {} stands twice", quote(&feature.name))));
            }
        }
        let outputs = parse_outputs(fields.array("outputs")?)?;
        let keys = parse_keys(&fields, &features, &index)?;
        Ok(Schema {
            features,
            outputs,
            keys,
            index,
            token,
        })
    }

    /// Position of the feature in a row; an unknown name is an error that suggests the nearest one.
    pub fn feature_index(&self, name: &str) -> Result<usize> {
        if let Some(&index) = self.index.get(name) {
            return Ok(index);
        }
        let error = Error::new(
            ErrorCode::FeatureUnknown,
            format!("{} is not a feature of the model", quote(name)),
        )
        .with_feature(name);
        match near_name(name, self.features.iter().map(|feature| feature.name.as_str())) {
            Some(near) => Err(error.with_hint(format!("did you mean {}?", quote(near)))),
            None => Err(error),
        }
    }

    pub fn output_index(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|output| output.name == name)
    }

    /// Cells are good for schemas with the same token only.
    pub fn token(&self) -> u64 {
        self.token
    }
}

/// First 8 bytes, little-endian, of SHA-256 over the digests of schema.json and, where there is one, dictionaries.safetensors.
pub(crate) fn token_of(schema: Digest, dictionaries: Option<Digest>) -> u64 {
    let parts = [Some(schema), dictionaries];
    let digest = Digest::of_parts(parts.iter().flatten().map(|digest| &digest.0[..]));
    u64::from_le_bytes(*digest.0.first_chunk().expect("a digest has 32 bytes"))
}

fn parse_features(fields: &Fields<'_>, dictionaries: Option<&TensorFile>) -> Result<Vec<Feature>> {
    let items = fields.array("features")?;
    if items.len() > limits::FEATURES {
        return Err(Error::new(
            ErrorCode::Limit,
            format!("{} features; at most {}", items.len(), limits::FEATURES),
        ));
    }
    let mut features = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        features.push(Feature::parse(item, index, dictionary(item, index, dictionaries)?)?);
    }
    let strings = features.iter().filter(|feature| feature.dictionary.is_some()).count();
    match dictionaries {
        Some(file) if strings == 0 || file.names().len() != 2 * strings => {
            Err(fields.error("dictionaries.safetensors holds a dictionary that no string feature has"))
        }
        _ => Ok(features),
    }
}

/// Partition keys are features of some types, each once.
fn parse_keys(fields: &Fields<'_>, features: &[Feature], index: &HashMap<String, usize>) -> Result<Vec<usize>> {
    let names = fields.strings("keys")?;
    if names.len() > limits::PARTITION_LEVELS {
        let message = format!("{} partition keys; at most {}", names.len(), limits::PARTITION_LEVELS);
        return Err(Error::new(ErrorCode::Limit, message));
    }
    let mut keys = Vec::with_capacity(names.len());
    for name in &names {
        let at = *index
            .get(name)
            .ok_or_else(|| fields.error(format!("the key {} is no feature", quote(name))))?;
        let feature = &features[at];
        if KeyType::of(feature.dtype).is_none() {
            let dtype = feature.dtype.name();
            return Err(fields.error(format!(
                "the key {} is {dtype}: keys are string, int64 or bool",
                quote(name)
            )));
        }
        if keys.contains(&at) {
            return Err(fields.error(format!("the key {} stands twice", quote(name))));
        }
        keys.push(at);
    }
    Ok(keys)
}

fn dictionary(item: &Json, index: usize, dictionaries: Option<&TensorFile>) -> Result<Option<Dictionary>> {
    let fields = Fields::new(item, format!("schema.json: feature {index}"), ErrorCode::Schema)?;
    if feature_type(&fields)? != FeatureType::String {
        return Ok(None);
    }
    let file =
        dictionaries.ok_or_else(|| fields.error("a string feature, but there is no dictionaries.safetensors"))?;
    Dictionary::from_tensors(file, index).map(Some)
}

#[cfg(test)]
mod tests;
