//! The dictionaries: texts and their codes, in the order of the texts' bytes.

use modelpack_bundle::Dictionary;

use super::Standalone;
use crate::code::Code;
use crate::constants::Constants;

/// `NAME_code`.
pub fn put(of: &Standalone<'_>, constants: &mut Constants, code: &mut Code) {
    let lower = &of.names.lower;
    code.put(include_str!("../../c/code.c"));
    code.put(format!(
        "int64_t {lower}_code(uint32_t feature, const char *text, size_t length)\n{{\nswitch (feature) {{"
    ));
    for (feature, name) in of.schema.features.iter().zip(&of.features) {
        if let Some(dictionary) = feature.dictionary.as_ref().filter(|dictionary| !dictionary.is_empty()) {
            let [texts, offsets, codes] = tables(of, dictionary, constants);
            let arguments = format!("{texts}, {offsets}, {codes}, {}, text, length", dictionary.len());
            code.put(format!("case {}_{name}:\nreturn code_of({arguments});", of.names.upper));
        }
    }
    code.put("default:\n(void)text;\n(void)length;\n(void)code_of;\nreturn -3;\n}\n}\n");
}

fn tables(of: &Standalone<'_>, dictionary: &Dictionary, constants: &mut Constants) -> [String; 3] {
    let text = |code: &u32| dictionary.text(*code).unwrap_or_default().as_bytes();
    let mut codes: Vec<u32> = (0..dictionary.len() as u32).collect();
    codes.sort_by(|a, b| text(a).cmp(text(b)));
    let (mut texts, mut offsets) = (Vec::new(), vec![0u32]);
    for code in &codes {
        texts.extend_from_slice(text(code));
        offsets.push(texts.len() as u32);
    }
    [
        constants.near_array(of.names, &texts),
        constants.near_array(of.names, &offsets),
        constants.near_array(of.names, &codes),
    ]
}
