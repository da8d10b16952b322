//! Programs as the nodes of one bundle.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use modelpack_bundle::partitions::{levels_of, KeyValue, PartitionWriter};
use modelpack_bundle::write::NewMember;
use modelpack_bundle::{Digest, Error, Json, Result};

use super::bundle::{golden_bytes, manifest, retitled};
use super::{Golden, TestProgram};

impl TestProgram {
    /// The program's text, and its tensors as an entry holds them.
    pub fn entry(&self) -> Result<(String, Vec<u8>)> {
        let text = String::from_utf8(self.json.to_bytes()).expect("JSON is UTF-8");
        let tensors = retitled(&self.tensors, &Digest::of(text.as_bytes()).hex())?;
        Ok((text, tensors))
    }

    /// Writes a bundle of which this program is the root; `add` adds the nodes.
    pub fn write_partitioned(
        &self,
        golden: &Golden,
        path: &Path,
        add: impl FnOnce(&mut PartitionWriter) -> Result<()>,
    ) -> Result<()> {
        let levels: Vec<_> = levels_of(&self.schema).iter().map(|level| level.key_type).collect();
        let mut writer = PartitionWriter::new(path, &levels, false)?;
        add(&mut writer)?;
        let (text, tensors) = self.entry()?;
        let programs = Json::object([(Digest::of(text.as_bytes()).hex(), Json::str(text))]).to_bytes();
        let golden = golden_bytes(golden)?;
        let members = [
            ("models/main/tensors.safetensors", Some(&tensors)),
            ("programs.json", Some(&programs)),
            ("schema.json", Some(&self.schema_json)),
            ("dictionaries.safetensors", self.dictionaries.as_ref()),
            ("golden.safetensors", Some(&golden)),
        ];
        let members: Vec<NewMember<'_>> = members
            .into_iter()
            .filter_map(|(name, data)| Some(NewMember { name, data: data? }))
            .collect();
        let keys = self.schema.keys.iter().map(|&key| &self.schema.features[key].name);
        writer
            .finish(manifest(keys.map(String::as_str)), &members, &[])
            .map(|_| ())
    }

    /// The bytes of such a bundle; None stands for a pruned node.
    pub fn partitioned(&self, golden: &Golden, nodes: &[(Vec<KeyValue<'_>>, Option<&TestProgram>)]) -> Result<Vec<u8>> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("modelpack-{}-{number}.mpk", std::process::id()));
        self.write_partitioned(golden, &path, |writer| {
            nodes.iter().try_for_each(|(key, program)| match program {
                Some(program) => program
                    .entry()
                    .and_then(|(text, tensors)| writer.add(key, &text, &tensors, None)),
                None => writer.add_pruned(key, None),
            })
        })?;
        let bytes = fs::read(&path).map_err(|error| Error::io("cannot read the bundle back", &error));
        // What is left in the folder for temporary files harms nobody.
        let _ = fs::remove_file(&path);
        bytes
    }
}
