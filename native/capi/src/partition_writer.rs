//! Writing a bundle with partitions node by node, anew or as the next version of one.

use std::ffi::{c_char, c_void};
use std::path::Path;

use modelpack_bundle::partitions::{Metric, PartitionWriter, Repartition};
use modelpack_bundle::write::NewMember;
use modelpack_bundle::{json, Digest, Json, KeyType, KeyValue, Result, Signer};

use crate::boundary::{enter, usage};
use crate::bundle::{bundle, mp_bundle};
use crate::error::mp_error;
use crate::node;
use crate::node_fact::{fact, mp_node_fact};
use crate::node_key;
use crate::pointer::{array, text, Out};
use crate::signer::{mp_signer, signers};
use crate::write::{flag, hand_out_identity, members, mp_member};

/// What is under way; `Spent` once it was finished.
#[allow(non_camel_case_types)]
pub enum mp_partition_writer {
    New(PartitionWriter),
    Next(Repartition),
    Spent,
}

impl mp_partition_writer {
    fn give(self) -> *mut mp_partition_writer {
        Box::into_raw(Box::new(self))
    }

    fn new_only(&mut self) -> Result<&mut PartitionWriter> {
        match self {
            Self::New(writer) => Ok(writer),
            Self::Next(_) => Err(usage(
                "the writer makes a new version of a bundle, which has this already",
            )),
            Self::Spent => Err(spent()),
        }
    }

    fn finish(self, manifest: Json, members: &[NewMember<'_>], signers: &[&dyn Signer]) -> Result<Digest> {
        match self {
            Self::New(writer) => writer.finish(manifest, members, signers),
            Self::Next(writer) => writer.finish(manifest, members, signers),
            Self::Spent => Err(spent()),
        }
    }
}

fn spent() -> modelpack_bundle::Error {
    usage("the writer was finished")
}

/// # Safety
/// The handle is NULL or lives as long as `'a`, and nobody else uses it.
unsafe fn writer<'a>(writer: *mut mp_partition_writer) -> Result<&'a mut mp_partition_writer> {
    // SAFETY: promised by the caller.
    unsafe { writer.as_mut() }.ok_or_else(|| usage("writer is NULL"))
}

/// Runs `body` with the values of a key.
///
/// # Safety
/// `key` is NULL or a text of `length` bytes.
unsafe fn with_key(key: *const c_char, length: u64, body: impl FnOnce(&[KeyValue<'_>]) -> Result<()>) -> Result<()> {
    // SAFETY: promised by the caller.
    let key = unsafe { node_key::parse(key, length) }?;
    body(&node_key::values(&key)?)
}

fn level(dtype: &i32) -> Result<KeyType> {
    match dtype {
        3 => Ok(KeyType::Int64),
        4 => Ok(KeyType::Bool),
        5 => Ok(KeyType::String),
        _ => Err(usage(format!(
            "{dtype} is no dtype of keys: MP_DTYPE_STRING, _INT64 or _BOOL"
        ))),
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_new(
    path: *const c_char,
    path_length: u64,
    level_dtypes: *const i32,
    level_count: u64,
    overwrite: i32,
    out: *mut *mut mp_partition_writer,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let path = Path::new(text(path, path_length, "path")?);
            let levels = array(level_dtypes, level_count, "level_dtypes")?;
            let levels = levels.iter().map(level).collect::<Result<Vec<_>>>()?;
            let writer = PartitionWriter::new(path, &levels, flag(overwrite)?)?;
            out.put(mp_partition_writer::New(writer).give());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_from_bundle(
    handle: *const mp_bundle,
    path: *const c_char,
    path_length: u64,
    version: *const c_char,
    version_length: u64,
    overwrite: i32,
    out: *mut *mut mp_partition_writer,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let path = Path::new(text(path, path_length, "path")?);
            let version = text(version, version_length, "version")?;
            let writer = Repartition::new(bundle(handle)?, path, version, flag(overwrite)?)?;
            out.put(mp_partition_writer::Next(writer).give());
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_add(
    handle: *mut mp_partition_writer,
    key: *const c_char,
    key_length: u64,
    program: *const c_char,
    program_length: u64,
    tensors: *const c_void,
    tensors_size: u64,
    node_fact: *const mp_node_fact,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = writer(handle)?;
            let program = text(program, program_length, "program")?;
            let tensors = array(tensors.cast::<u8>(), tensors_size, "tensors")?;
            let fact = fact(node_fact)?;
            with_key(key, key_length, |key| match writer {
                mp_partition_writer::New(writer) => writer.add(key, program, tensors, fact),
                mp_partition_writer::Next(writer) => writer.replace(key, program, tensors, fact),
                mp_partition_writer::Spent => Err(spent()),
            })
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_add_pruned(
    handle: *mut mp_partition_writer,
    key: *const c_char,
    key_length: u64,
    node_fact: *const mp_node_fact,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = writer(handle)?;
            let fact = fact(node_fact)?;
            with_key(key, key_length, |key| match writer {
                mp_partition_writer::New(writer) => writer.add_pruned(key, fact),
                mp_partition_writer::Next(writer) => writer.prune(key, fact),
                mp_partition_writer::Spent => Err(spent()),
            })
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_copy(
    handle: *mut mp_partition_writer,
    from: *const mp_bundle,
    node: i64,
    node_fact: *const mp_node_fact,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = writer(handle)?.new_only()?;
            let bundle = bundle(from)?;
            let node = node::checked(bundle.partitions(), node)?;
            writer.copy_from(bundle, node, fact(node_fact)?)
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_remove(
    handle: *mut mp_partition_writer,
    key: *const c_char,
    key_length: u64,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = writer(handle)?;
            with_key(key, key_length, |key| match writer {
                mp_partition_writer::Next(writer) => writer.remove(key),
                mp_partition_writer::New(_) => Err(usage("the writer makes a new bundle, which has nothing to remove")),
                mp_partition_writer::Spent => Err(spent()),
            })
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_set_metric(
    handle: *mut mp_partition_writer,
    name: *const c_char,
    name_length: u64,
    greater_is_better: i32,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = writer(handle)?;
            let metric = Metric {
                name: text(name, name_length, "name")?.to_owned(),
                greater_is_better: match greater_is_better {
                    0 => false,
                    1 => true,
                    other => return Err(usage(format!("greater_is_better is 0 or 1, not {other}"))),
                },
            };
            match writer {
                mp_partition_writer::New(writer) => writer.set_metric(metric),
                mp_partition_writer::Next(writer) => writer.set_metric(metric),
                mp_partition_writer::Spent => return Err(spent()),
            }
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_set_root_fact(
    handle: *mut mp_partition_writer,
    node_fact: *const mp_node_fact,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = writer(handle)?.new_only()?;
            writer.set_root_fact(fact(node_fact)?.ok_or_else(|| usage("fact is NULL"))?);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_finish(
    handle: *mut mp_partition_writer,
    manifest: *const c_void,
    manifest_size: u64,
    member_array: *const mp_member,
    member_count: u64,
    handles: *const *const mp_signer,
    signer_count: u64,
    identity: *mut c_char,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let writer = std::mem::replace(writer(handle)?, mp_partition_writer::Spent);
            let manifest = json::parse(array(manifest.cast(), manifest_size, "manifest")?)?;
            let members = members(member_array, member_count)?;
            let signers = signers(handles, signer_count)?;
            let digest = writer.finish(manifest, &members, &signers)?.to_string();
            hand_out_identity(identity, &digest);
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_partition_writer_free(writer: *mut mp_partition_writer) {
    if !writer.is_null() {
        // SAFETY: the handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(writer) });
    }
}
