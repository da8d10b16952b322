//! programs.json while nodes are added: the programs of the root and of all entries.

use std::collections::HashMap;

use crate::json::Json;
use crate::{Digest, Programs};

/// Programs by number, in order of their first use.
#[derive(Default)]
pub(super) struct NewPrograms {
    digests: Vec<String>,
    texts: HashMap<String, (u32, String)>,
}

impl NewPrograms {
    /// The number of the program with this text, and its digest.
    pub fn add(&mut self, text: &str) -> (u32, String) {
        let digest = Digest::of(text.as_bytes()).hex();
        let next = self.digests.len() as u32;
        let (number, _) = self.texts.entry(digest.clone()).or_insert_with(|| {
            self.digests.push(digest.clone());
            (next, text.to_owned())
        });
        (*number, digest)
    }

    pub fn add_all(&mut self, programs: &Programs) {
        for (_, text) in programs.iter() {
            self.add(text);
        }
    }

    /// The member's bytes, and for each number the place of its digest among all, ascending.
    pub fn finish(self) -> (Vec<u8>, Vec<u32>) {
        let mut ascending: Vec<usize> = (0..self.digests.len()).collect();
        ascending.sort_by(|&a, &b| self.digests[a].cmp(&self.digests[b]));
        let mut places = vec![0; ascending.len()];
        for (place, &number) in ascending.iter().enumerate() {
            places[number] = place as u32;
        }
        let texts = self
            .texts
            .into_iter()
            .map(|(digest, (_, text))| (digest, Json::str(text)));
        (Json::object(texts).to_bytes(), places)
    }
}
