//! A shared library made of bytes that were verified: what is loaded is what was hashed.

use std::path::Path;

use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_math::FloatEnvironment;

use super::placed::Placed;

/// Stays loaded as long as this lives.
#[derive(Debug)]
pub struct Library {
    // Unloaded before the file goes: fields are dropped in order.
    loaded: libloading::Library,
    _placed: Placed,
}

impl Library {
    /// # Safety
    ///
    /// Code in these bytes runs, at once (constructors) and until it is unloaded: the caller has verified whose it is.
    pub unsafe fn load(bytes: &[u8]) -> Result<Library> {
        let placed = Placed::new(bytes)?;
        // SAFETY: the caller's promise.
        let loaded = unsafe { open(placed.path()) }.map_err(|error| {
            let message = format!("the compiled library cannot be loaded: {error}");
            Error::new(ErrorCode::Engine, message).with_hint("compile it anew, or ask for the engine native")
        })?;
        // One linked with -ffast-math has just switched subnormals off on this thread.
        std::mem::forget(FloatEnvironment::enter());
        Ok(Library {
            loaded,
            _placed: placed,
        })
    }

    /// The address of something exported; None where there is no such name.
    pub fn address<T>(&self, name: &[u8]) -> Option<*const T> {
        // SAFETY: only the address is taken, which nothing is read from here.
        let symbol = unsafe { self.loaded.get::<*const T>(name) }.ok()?;
        Some(*symbol)
    }
}

/// All symbols at once, seen by no other library.
#[cfg(unix)]
unsafe fn open(path: &Path) -> std::result::Result<libloading::Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // SAFETY: the caller's promise.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Into::into)
}

#[cfg(not(unix))]
unsafe fn open(path: &Path) -> std::result::Result<libloading::Library, libloading::Error> {
    // SAFETY: the caller's promise.
    unsafe { libloading::Library::new(path) }
}
