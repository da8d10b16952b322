//! Where ONNX Runtime's library is looked for, in order: named by the caller, by the environment, found by the language's binding
//! beside its packages, then the system's folders. Absolute paths only: never the working directory.

use std::env;
use std::path::{Path, PathBuf};

use modelpack_bundle::{Error, ErrorCode, Result};

pub const VARIABLE: &str = "MODELPACK_ONNXRUNTIME";

#[cfg(target_os = "macos")]
const NAMES: [&str; 1] = ["libonnxruntime.dylib"];
#[cfg(not(target_os = "macos"))]
const NAMES: [&str; 2] = ["libonnxruntime.so.1", "libonnxruntime.so"];
const FOLDERS: [&str; 8] = [
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/opt/onnxruntime/lib",
    "/opt/homebrew/lib",
];

/// What the caller knows of the library.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The caller's own choice.
    pub explicit: Option<PathBuf>,
    /// Found by the binding: in the Python package onnxruntime, on Java's class path.
    pub found: Option<PathBuf>,
}

/// A library to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub path: PathBuf,
    /// What it was named by; a library that was asked for is the only one tried.
    pub asked_by: Option<&'static str>,
}

impl Places {
    /// What there is to try, and all places that were looked at, for an error.
    pub fn candidates(&self) -> Result<(Vec<Candidate>, Vec<String>)> {
        let mut searched = Vec::new();
        let variable = env::var_os(VARIABLE)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from);
        for (asked_by, path) in [("the option onnxruntime", &self.explicit), (VARIABLE, &variable)] {
            match path {
                Some(path) if path.is_absolute() => {
                    let path = path.clone();
                    return Ok((
                        vec![Candidate {
                            path,
                            asked_by: Some(asked_by),
                        }],
                        searched,
                    ));
                }
                Some(path) => return Err(relative(asked_by, path)),
                None => searched.push(format!("{asked_by} (not given)")),
            }
        }
        let mut candidates = Vec::new();
        match &self.found {
            Some(path) if path.is_absolute() => candidates.push(path.clone()),
            _ => searched.push("the package onnxruntime, Python's or Java's (not there)".to_owned()),
        }
        let system = FOLDERS
            .iter()
            .flat_map(|folder| NAMES.iter().map(|name| Path::new(folder).join(name)));
        candidates.extend(system.filter(|path| path.is_file()));
        searched.extend(FOLDERS.iter().map(|folder| format!("{folder} ({})", NAMES[0])));
        let candidate = |path| Candidate { path, asked_by: None };
        Ok((candidates.into_iter().map(candidate).collect(), searched))
    }
}

fn relative(asked_by: &str, path: &Path) -> Error {
    let message = format!("{asked_by} is {}, which is not an absolute path", path.display());
    Error::new(ErrorCode::Engine, message).with_hint("give the whole path of libonnxruntime.so")
}
