//! A file in a folder of its own that only this user can enter, gone when the library is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[cfg(windows)]
const FILE: &str = "model.dll";
#[cfg(not(windows))]
const FILE: &str = "model.so";

#[derive(Debug)]
pub struct PrivateFile {
    folder: PathBuf,
    path: PathBuf,
    file: File,
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

impl PrivateFile {
    pub fn create(bytes: &[u8]) -> io::Result<PrivateFile> {
        let folder = private_folder()?;
        let path = folder.join(FILE);
        match write(&path, bytes) {
            Ok(file) => Ok(PrivateFile { folder, path, file }),
            Err(error) => {
                remove(&folder, &path);
                Err(error)
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The descriptor that wrote it.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        remove(&self.folder, &self.path);
    }
}

/// What cannot be removed, because a loader still holds it, is left to the system's cleaning of temporary files.
fn remove(folder: &Path, path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir(folder);
}

/// A folder that did not exist before. Its name need not be secret: nobody else may enter it.
fn private_folder() -> io::Result<PathBuf> {
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let name = format!("modelpack-{}-{:x}-{number}", std::process::id(), time.as_nanos());
        let folder = std::env::temp_dir().join(name);
        match builder().create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(unix)]
fn builder() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// The temporary folder is the user's own here.
#[cfg(not(unix))]
fn builder() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.flush()?;
    Ok(file)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nobody_else_may_enter_and_nothing_is_left() {
        let file = PrivateFile::create(b"library").expect("created");
        let folder = file.path().parent().expect("a folder").to_owned();
        let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(file.path())), (0o700, 0o600));
        drop(file);
        assert!(!folder.exists());
    }
}
