//! Where a user's policy and key stand.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{policy_file, Trust};
use crate::Result;

/// Names a policy file, or a public key. It names a file whatever it says: no value of it means UNSIGNED.
const POLICY_VARIABLE: &str = "MODELPACK_TRUST";
const FOLDER: &str = "modelpack";
const POLICY: &str = "trust.json";
const KEY: &str = "key.pem";

/// The user's own policy; None where the system names no folder for configuration.
pub fn user_policy_path() -> Option<PathBuf> {
    Some(folder(|name| std::env::var_os(name))?.join(POLICY))
}

/// The file that the environment variable MODELPACK_TRUST names, else the user's own policy: what decides where a caller names none.
pub fn default_policy_path() -> Option<PathBuf> {
    named_policy_path().or_else(user_policy_path)
}

fn named_policy_path() -> Option<PathBuf> {
    let value = std::env::var_os(POLICY_VARIABLE).filter(|value| !value.is_empty())?;
    Some(PathBuf::from(value))
}

/// The user's own private key.
pub fn user_key_path() -> Option<PathBuf> {
    Some(folder(|name| std::env::var_os(name))?.join(KEY))
}

fn folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // The specification of these variables: a path that is not absolute is ignored.
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let own = if cfg!(windows) {
        absolute("APPDATA")
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))
    };
    Some(own?.join(FOLDER))
}

impl Trust {
    /// The file that the environment variable MODELPACK_TRUST names, else the user's own policy, where there is one.
    pub fn of_user() -> Result<Trust> {
        match named_policy_path() {
            Some(path) => Trust::from_file(&path)
                .map_err(|error| error.within(&format!("the environment variable {POLICY_VARIABLE}"))),
            None => Self::of_place(user_policy_path()),
        }
    }

    fn of_place(place: Option<PathBuf>) -> Result<Trust> {
        match place {
            Some(path) if std::fs::symlink_metadata(&path).is_ok() => Trust::from_file(&path),
            place => Ok(Trust::Absent { place }),
        }
    }

    /// A policy file, or a public key.
    pub fn from_file(path: &Path) -> Result<Trust> {
        policy_file::read(path).map(|policy| Trust::Policy(Arc::new(policy)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let variable = |name: &str| {
            let found = variables.iter().find(|variable| variable.0 == name);
            found.map(|variable| OsString::from(variable.1))
        };
        folder(variable)
    }

    #[cfg(unix)]
    #[test]
    fn the_users_folder_is_that_of_the_configuration() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(
            folder_of(&[("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]),
            path("/c/modelpack")
        );
        assert_eq!(
            folder_of(&[("XDG_CONFIG_HOME", "c"), ("HOME", "/h")]),
            path("/h/.config/modelpack")
        );
        assert_eq!(folder_of(&[("HOME", "/h")]), path("/h/.config/modelpack"));
        assert_eq!(folder_of(&[("HOME", "")]), None);
        assert_eq!(folder_of(&[]), None);
    }
}
