//! Where a bundle's bytes come from: a file that is read in place, or memory. Never mapped, so that a file which is cut or
//! rewritten later can fail a read but not change an answer.

use std::fs::{File, Metadata};
use std::path::Path;

use crate::{limits, Bytes, Error, ErrorCode, Result};

pub(crate) trait Source: Send + Sync {
    fn size(&self) -> u64;

    /// Fills `buffer` with the bytes at `offset`.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()>;

    /// The bytes themselves, where they are in memory already.
    fn shared(&self, _offset: u64, _size: usize) -> Option<Bytes> {
        None
    }

    /// A short piece in an own vector; the caller has bounded `size`.
    fn read(&self, offset: u64, size: usize) -> Result<Vec<u8>> {
        let mut buffer = vec![0; size];
        self.read_at(offset, &mut buffer)?;
        Ok(buffer)
    }
}

pub(crate) struct FileSource {
    file: File,
    size: u64,
}

impl FileSource {
    pub fn open(path: &Path) -> Result<FileSource> {
        let failed = |error: &std::io::Error| Error::io(&format!("cannot open {}", path.display()), error);
        let check = |metadata: Metadata| match metadata.is_file() {
            true => Ok(metadata),
            false => Err(Error::new(
                ErrorCode::NotABundle,
                format!("{} is no regular file", path.display()),
            )),
        };
        // Asked of the path first, since opening a pipe would wait for its other end.
        std::fs::metadata(path)
            .map_err(|error| failed(&error))
            .and_then(check)?;
        let file = File::open(path).map_err(|error| failed(&error))?;
        let metadata = file.metadata().map_err(|error| failed(&error)).and_then(check)?;
        if metadata.len() > limits::FILE_BYTES {
            return Err(Error::new(
                ErrorCode::Limit,
                format!("{} is larger than 1 TiB", path.display()),
            ));
        }
        Ok(FileSource {
            file,
            size: metadata.len(),
        })
    }
}

impl Source for FileSource {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        read_exact_at(&self.file, buffer, offset).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::new(ErrorCode::Truncated, "the file was cut while it was open"),
            _ => Error::io("cannot read the bundle", &error),
        })
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => {
                buffer = &mut buffer[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

impl Source for Bytes {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let shared = self.shared(offset, buffer.len());
        let bytes =
            shared.ok_or_else(|| Error::new(ErrorCode::Truncated, "the bytes end before their structure does"))?;
        buffer.copy_from_slice(&bytes);
        Ok(())
    }

    fn shared(&self, offset: u64, size: usize) -> Option<Bytes> {
        let start = usize::try_from(offset).ok()?;
        self.slice(start..start.checked_add(size)?)
    }
}
