//! Memory that has a file's name, sealed for good: not even this process can change it any more.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::path::PathBuf;

const NAME: &std::ffi::CStr = c"modelpack-compiled";
const SEALS: libc::c_int = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;

pub fn file(bytes: &[u8]) -> io::Result<File> {
    let mut file = create()?;
    file.write_all(bytes)?;
    // SAFETY: a call without pointers, on a descriptor that is open.
    match unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, SEALS) } {
        0 => Ok(file),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The name under which the loader opens it.
pub fn path(file: &File) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}

/// Whether there is no such memory here, or none that may be executed: an old kernel, a filter of system calls, no /proc.
pub fn unavailable(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ENOSYS | libc::EPERM | libc::EACCES | libc::EINVAL)
    )
}

/// A kernel that knows MFD_EXEC wants to be told; an older one refuses what it does not know.
fn create() -> io::Result<File> {
    if !std::path::Path::new("/proc/self/fd").exists() {
        return Err(io::Error::from_raw_os_error(libc::ENOSYS));
    }
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    let descriptor = match memfd(flags | libc::MFD_EXEC) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => memfd(flags)?,
        made => made?,
    };
    // SAFETY: the descriptor was made a moment ago and belongs to nobody else.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

/// By its number: glibc has a function for it from 2.27 on, and the library shall load with older ones.
fn memfd(flags: libc::c_uint) -> io::Result<RawFd> {
    // SAFETY: the arguments of memfd_create; the name ends in a zero byte.
    match unsafe { libc::syscall(libc::SYS_memfd_create, NAME.as_ptr(), flags) } {
        -1 => Err(io::Error::last_os_error()),
        descriptor => Ok(RawFd::try_from(descriptor).expect("the kernel's descriptors are ints")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom};

    use super::*;

    #[test]
    fn sealed_memory_cannot_be_changed() {
        let mut file = file(b"library").expect("this kernel has sealed memory");
        file.seek(SeekFrom::Start(0)).expect("a memory file has positions");
        assert!(file.write_all(b"x").is_err());
        assert!(file.set_len(0).is_err() && file.set_len(100).is_err());
        let reopened = std::fs::OpenOptions::new().write(true).open(path(&file));
        assert!(reopened.is_err() || reopened.is_ok_and(|mut file| file.write_all(b"x").is_err()));
        // SAFETY: a call without pointers, on an open descriptor.
        let unsealed = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_GROW) };
        assert_eq!(unsealed, -1);
        assert_eq!(std::fs::read(path(&file)).expect("readable"), b"library");
    }
}
