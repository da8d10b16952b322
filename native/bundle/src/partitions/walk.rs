//! Checking everything that opening leaves to the first use.

use super::{index_error, KeyValue, Partitions};
use crate::container::StoredMember;
use crate::schema::Schema;
use crate::source::Source;
use crate::{Error, ErrorCode, Result};

impl Partitions {
    /// Reads every entry once, in the order of the file: digests, tensors, programs, and zeros between.
    pub(crate) fn check_entries(&self, pack: &StoredMember, source: &dyn Source) -> Result<()> {
        let mut places: Vec<(u64, u64, u32)> = (1..self.node_count() as u32)
            .filter_map(|node| Some((node, self.record(node).filter(|record| !record.pruned)?)))
            .map(|(node, record)| (record.offset, record.length, node))
            .collect();
        places.sort_unstable();
        places.dedup_by_key(|place| place.0);
        let mut end = 0;
        for (offset, length, node) in places {
            let gap = (offset - end) as usize;
            if source.read(pack.offset + end, gap)?.iter().any(|&byte| byte != 0) {
                return Err(self.entry_error(
                    node,
                    Error::new(ErrorCode::Partitions, "the bytes before its entry are not zero"),
                ));
            }
            self.parse_entry(node, self.entry_bytes(node, pack, source)?)?;
            end = offset + length;
        }
        Ok(())
    }

    /// Every text of a key is a category of its feature: rows that hold it reach the node.
    pub(crate) fn check_dictionaries(&self, schema: &Schema) -> Result<()> {
        for node in 1..self.node_count() as u32 {
            for (value, level) in self.key(node).iter().zip(&self.levels) {
                let dictionary = schema
                    .features
                    .get(level.feature)
                    .and_then(|feature| feature.dictionary.as_ref());
                let known = match value {
                    KeyValue::Text(text) => {
                        dictionary.is_some_and(|dictionary| dictionary.code(text.as_bytes()).is_some())
                    }
                    _ => true,
                };
                if !known {
                    let path = self.path_text(node);
                    let what = format!("node {path}: its {} is not in the feature's dictionary", level.name);
                    return Err(index_error(what).with_node(path).with_feature(&level.name));
                }
            }
        }
        Ok(())
    }
}
