//! The elementary functions of math 1 in C (native/math/c): of these files, those that a model calls.

use crate::SourceFile;

macro_rules! files {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../../math/c/", $name)))),*]
    };
}

type Files = &'static [(&'static str, &'static str)];

/// What the others include and call.
const COMMON: Files = files!(
    "modelpack_math.h",
    "modelpack_math_pair.h",
    "modelpack_math_rules.h",
    "modelpack_math_tables.c",
    "modelpack_math_tables.h",
    "modelpack_math_wide.c",
    "modelpack_math_wide.h",
    "modelpack_math_wide_functions.c",
    "modelpack_math_wide_functions.h"
);
const EXP: Files = files!("modelpack_math_exp.c", "modelpack_math_tables_exp.c");
const LOG: Files = files!("modelpack_math_log.c", "modelpack_math_tables_log.c");
const SINGLE: Files = files!("modelpack_math_single.c");
const TANH: Files = files!("modelpack_math_tanh.c");
const SQRT: Files = files!("modelpack_math.h", "modelpack_math_rules.h", "modelpack_math_sqrt.c");

/// The files that are needed, by name, each once.
#[derive(Default)]
pub struct Math {
    needed: Vec<(&'static str, &'static str)>,
}

impl Math {
    /// The function's name in C. `suffix`: `f` for single precision.
    pub fn call(&mut self, function: &str, suffix: &str) -> String {
        let groups: &[Files] = match (function, suffix) {
            ("sqrt", _) => &[SQRT],
            (_, "f") => &[COMMON, EXP, LOG, SINGLE],
            ("tanh", _) => &[COMMON, EXP, TANH],
            ("log" | "log1p" | "log2", _) => &[COMMON, LOG],
            _ => &[COMMON, EXP],
        };
        groups.iter().for_each(|files| self.needed.extend(*files));
        format!("mp_math_{function}{suffix}")
    }

    pub fn is_needed(&self) -> bool {
        !self.needed.is_empty()
    }

    pub fn into_files(mut self) -> Vec<SourceFile> {
        self.needed.sort_unstable();
        self.needed.dedup();
        let file = |(name, text): (&str, &str)| SourceFile {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        self.needed.into_iter().map(file).collect()
    }
}
