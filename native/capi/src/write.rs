//! Writing a bundle.

use std::ffi::{c_char, c_void};
use std::path::Path;
use std::ptr;

use modelpack_bundle::write::{write_signed, NewMember};
use modelpack_bundle::{json, Result};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::pointer::{array, text};
use crate::signer::{mp_signer, signers};

#[allow(non_camel_case_types)]
#[repr(C)]
pub struct mp_member {
    pub name: *const c_char,
    pub name_length: u64,
    pub data: *const c_void,
    pub size: u64,
}

impl mp_member {
    /// # Safety
    /// The pointers are those of a caller that keeps to the header, as long as `'a`.
    unsafe fn to_member<'a>(&self) -> Result<NewMember<'a>> {
        // SAFETY: promised by the caller.
        unsafe {
            let name = text(self.name, self.name_length, "a member's name")?;
            Ok(NewMember {
                name,
                data: array(self.data.cast(), self.size, "a member's data")?,
            })
        }
    }
}

/// `sha256:` and 64 hex digits.
const IDENTITY_BYTES: usize = 71;

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_write(
    path: *const c_char,
    path_length: u64,
    manifest: *const c_void,
    manifest_size: u64,
    members: *const mp_member,
    member_count: u64,
    overwrite: i32,
    identity: *mut c_char,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header; no signers are NULL and 0.
    unsafe {
        mp_bundle_write_signed(
            path,
            path_length,
            manifest,
            manifest_size,
            members,
            member_count,
            ptr::null(),
            0,
            overwrite,
            identity,
            error,
        )
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_bundle_write_signed(
    path: *const c_char,
    path_length: u64,
    manifest: *const c_void,
    manifest_size: u64,
    members: *const mp_member,
    member_count: u64,
    handles: *const *const mp_signer,
    signer_count: u64,
    overwrite: i32,
    identity: *mut c_char,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let path = Path::new(text(path, path_length, "path")?);
            let manifest = json::parse(array(manifest.cast(), manifest_size, "manifest")?)?;
            let members = self::members(members, member_count)?;
            let signers = signers(handles, signer_count)?;
            let overwrite = flag(overwrite)?;
            let digest = write_signed(path, manifest, &members, &signers, overwrite)?.to_string();
            hand_out_identity(identity, &digest);
            Ok(())
        })
    }
}

/// # Safety
/// The caller keeps to the header, as long as `'a`.
pub(crate) unsafe fn members<'a>(members: *const mp_member, count: u64) -> Result<Vec<NewMember<'a>>> {
    // SAFETY: promised by the caller.
    unsafe {
        let members = array(members, count, "members")?;
        members.iter().map(|member| member.to_member()).collect()
    }
}

pub(crate) fn flag(overwrite: i32) -> Result<bool> {
    match overwrite {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(usage(format!("overwrite is 0 or 1, not {overwrite}"))),
    }
}

/// # Safety
/// `identity` is NULL or has room for 71 bytes.
pub(crate) unsafe fn hand_out_identity(identity: *mut c_char, digest: &str) {
    assert_eq!(digest.len(), IDENTITY_BYTES, "an identity is sha256: and 64 hex digits");
    if !identity.is_null() {
        // SAFETY: promised by the caller.
        unsafe { identity.copy_from_nonoverlapping(digest.as_ptr().cast(), IDENTITY_BYTES) };
    }
}
