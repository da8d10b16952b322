//! ONNX Runtime's shared library, loaded once a path and kept as long as the process: it does not bear being unloaded.

use std::collections::BTreeMap;
use std::ffi::{c_char, CStr};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use modelpack_bundle::{Error, ErrorCode, Result};
use modelpack_math::FloatEnvironment;
use ort_sys::{OrtApi, OrtApiBase, OrtEnv, OrtLoggingLevel, OrtStatusPtr};

use super::places::{Candidate, Places};

/// The part of the interface that is asked for, which every library since 1.17 has.
const API: u32 = 17;
/// Older ones answer some models wrongly (docs/SEMANTICS.md).
const OLDEST: (u32, u32) = (1, 24);

/// A loaded library with its environment.
pub struct Runtime {
    pub api: &'static OrtApi,
    pub env: *mut OrtEnv,
    pub version: String,
    pub path: PathBuf,
}

// SAFETY: the interface is a table of functions, and the environment may be used by any number of threads.
unsafe impl Send for Runtime {}
// SAFETY: as above.
unsafe impl Sync for Runtime {}

static LOADED: Mutex<BTreeMap<PathBuf, Arc<Runtime>>> = Mutex::new(BTreeMap::new());

/// The first library that can be used.
pub fn find(places: &Places) -> Result<Arc<Runtime>> {
    let (candidates, mut searched) = places.candidates()?;
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    for candidate in &candidates {
        if let Some(runtime) = loaded.get(&candidate.path) {
            return Ok(Arc::clone(runtime));
        }
        match load(&candidate.path) {
            Ok(runtime) => {
                let runtime = Arc::new(runtime);
                loaded.insert(candidate.path.clone(), Arc::clone(&runtime));
                return Ok(runtime);
            }
            Err(why) => searched.insert(0, refused(candidate, &why)),
        }
    }
    let message = format!("ONNX Runtime cannot be loaded; searched: {}", searched.join(", "));
    Err(Error::new(ErrorCode::Engine, message).with_hint(
        "install the package onnxruntime (Python), put com.microsoft.onnxruntime:onnxruntime on the class path (Java), or set \
         MODELPACK_ONNXRUNTIME to the path of libonnxruntime.so",
    ))
}

fn refused(candidate: &Candidate, why: &str) -> String {
    let path = candidate.path.display();
    match candidate.asked_by {
        Some(asked_by) => format!("{path}, named by {asked_by} ({why})"),
        None => format!("{path} ({why})"),
    }
}

fn load(path: &Path) -> std::result::Result<Runtime, String> {
    if !path.is_file() {
        return Err("there is no such file".to_owned());
    }
    forbid_telemetry();
    // SAFETY: the caller, the environment or the installation says that this is ONNX Runtime; its constructors run.
    let library = unsafe { libloading::Library::new(path) }.map_err(|error| error.to_string())?;
    // One linked with -ffast-math has just switched subnormals off on this thread.
    std::mem::forget(FloatEnvironment::enter());
    // SAFETY: the type is that of the function in every version.
    let base = unsafe { library.get::<unsafe extern "C" fn() -> *const OrtApiBase>(b"OrtGetApiBase\0") };
    let base = base.map_err(|_| "it is not ONNX Runtime".to_owned())?;
    // SAFETY: as above; the table lives as long as the library.
    let base = unsafe { base().as_ref() }.ok_or("it has no interface")?;
    // SAFETY: a text that lives as long as the library.
    let version = unsafe { c_text((base.GetVersionString)()) };
    if !is_new_enough(&version) {
        return Err(format!("it is {version}, older than {}.{}", OLDEST.0, OLDEST.1));
    }
    // SAFETY: asks for a version of the interface; null where it is not known.
    let api = unsafe { (base.GetApi)(API).as_ref() }.ok_or_else(|| format!("{version} has no interface {API}"))?;
    let mut env = ptr::null_mut();
    // SAFETY: the interface's own function, with a static text and a place for the result.
    let status = unsafe {
        (api.CreateEnv)(
            OrtLoggingLevel::ORT_LOGGING_LEVEL_ERROR,
            c"modelpack".as_ptr(),
            &raw mut env,
        )
    };
    // SAFETY: the status is that of this interface.
    unsafe { answered(api, status) }?;
    // SAFETY: as above; what this version of the library does not send it cannot stop sending either.
    let _ = unsafe { answered(api, (api.DisableTelemetryEvents)(env)) };
    // It never goes: threads of its own may run.
    std::mem::forget(library);
    Ok(Runtime {
        api,
        env,
        version,
        path: path.to_owned(),
    })
}

/// Versions from 1.29 on send what they see to their maker, unless this stands in the environment before they are loaded.
fn forbid_telemetry() {
    const NAME: &CStr = c"ORT_DISABLE_TELEMETRY";
    #[cfg(unix)]
    // SAFETY: two static texts. C code that reads the environment at this very moment on another thread is the risk that
    // every setenv has; the lock of `find` keeps it to one of ours.
    unsafe {
        libc::setenv(NAME.as_ptr(), c"1".as_ptr(), 1);
    }
    #[cfg(not(unix))]
    std::env::set_var(NAME.to_string_lossy().as_ref(), "1");
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    matches!((numbers.next().flatten(), numbers.next().flatten()), (Some(major), Some(minor)) if (major, minor) >= OLDEST)
}

/// Frees a status; its message, if it is one of failure.
///
/// # Safety
/// The status was made by this interface, and nobody else frees it.
pub unsafe fn answered(api: &OrtApi, status: OrtStatusPtr) -> std::result::Result<(), String> {
    if status.0.is_null() {
        return Ok(());
    }
    // SAFETY: promised by the caller; the message is copied before the status goes.
    unsafe {
        let message = c_text((api.GetErrorMessage)(status.0));
        (api.ReleaseStatus)(status.0);
        Err(message)
    }
}

/// # Safety
/// NULL or a text that ends with NUL.
unsafe fn c_text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: promised by the caller.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
