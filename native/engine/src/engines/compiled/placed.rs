//! Where a library's bytes lie for the dynamic loader: nobody can change them between the check and the loading.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use modelpack_bundle::{Error, ErrorCode, Result};

use super::private_file::PrivateFile;
#[cfg(target_os = "linux")]
use super::sealed;

/// A file that the loader can open, whose bytes were compared with the verified ones after nobody else could write to it.
#[derive(Debug)]
pub struct Placed {
    path: PathBuf,
    /// Held as long as the library: the loader tells libraries apart by name, and a free descriptor's number is given out again.
    _kept: Kept,
}

#[derive(Debug)]
enum Kept {
    #[cfg(target_os = "linux")]
    Sealed {
        _file: File,
    },
    Private {
        _file: PrivateFile,
    },
}

impl Placed {
    /// In sealed memory where the system has it, else in a folder that only this user can enter.
    pub fn new(bytes: &[u8]) -> Result<Placed> {
        #[cfg(target_os = "linux")]
        match sealed::file(bytes) {
            Ok(mut file) => {
                compare(&mut file, bytes)?;
                return Ok(Placed {
                    path: sealed::path(&file),
                    _kept: Kept::Sealed { _file: file },
                });
            }
            Err(error) if sealed::unavailable(&error) => {}
            Err(error) => return Err(Error::io("writing a compiled library to memory", &error)),
        }
        Placed::private(bytes)
    }

    pub(super) fn private(bytes: &[u8]) -> Result<Placed> {
        let doing = "writing a compiled library to a private folder";
        let mut file = PrivateFile::create(bytes).map_err(|error| Error::io(doing, &error))?;
        compare(file.file(), bytes)?;
        Ok(Placed {
            path: file.path().to_owned(),
            _kept: Kept::Private { _file: file },
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads the file back through the descriptor that wrote it.
fn compare(file: &mut File, bytes: &[u8]) -> Result<()> {
    let mut found = Vec::new();
    found
        .try_reserve_exact(bytes.len())
        .map_err(|error| Error::io("reading a compiled library", &io::Error::other(error)))?;
    let mut read = || {
        file.seek(SeekFrom::Start(0))?;
        file.take(bytes.len() as u64 + 1).read_to_end(&mut found)
    };
    read().map_err(|error| Error::io("reading a compiled library back", &error))?;
    if found != bytes {
        let message = "a compiled library was changed while it was loaded";
        return Err(Error::new(ErrorCode::Digest, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_there_and_gone_afterwards() {
        for place in [Placed::new, Placed::private] {
            let placed = place(b"library").expect("placed");
            let path = placed.path().to_owned();
            assert_eq!(std::fs::read(&path).expect("the loader can read it"), b"library");
            drop(placed);
            assert!(!path.exists());
        }
    }

    #[test]
    fn what_differs_is_refused() {
        let mut file = PrivateFile::create(b"library").expect("created");
        let error = compare(file.file(), b"librarY").expect_err("other bytes");
        assert_eq!(error.code(), ErrorCode::Digest);
        let error = compare(file.file(), b"librar").expect_err("longer");
        assert_eq!(error.code(), ErrorCode::Digest);
    }
}
