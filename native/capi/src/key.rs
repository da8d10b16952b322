//! Keys as PEM.

use std::ffi::c_char;

use modelpack_bundle::{PrivateKey, PublicKey};

use crate::boundary::enter;
use crate::error::mp_error;
use crate::pointer::{optional_text, text, Out};
use crate::text::mp_text;

/// Hex digits of a SHA-256.
const HINT_BYTES: usize = 64;

#[no_mangle]
pub unsafe extern "C" fn mp_key_generate(
    passphrase: *const c_char,
    passphrase_length: u64,
    private_pem: *mut *mut mp_text,
    public_pem: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let (private, public) = (
                Out::new(private_pem, "private_pem")?,
                Out::new(public_pem, "public_pem")?,
            );
            let passphrase = optional_text(passphrase, passphrase_length, "passphrase")?;
            let key = PrivateKey::generate()?;
            let pem = key.to_pem(passphrase)?;
            private.put(mp_text::give(&pem));
            public.put(mp_text::give(key.public().pem()));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_key_public(
    pem: *const c_char,
    pem_length: u64,
    passphrase: *const c_char,
    passphrase_length: u64,
    public_pem: *mut *mut mp_text,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(public_pem, "public_pem")?;
            let passphrase = optional_text(passphrase, passphrase_length, "passphrase")?;
            let key = PublicKey::from_any_pem(text(pem, pem_length, "pem")?, passphrase)?;
            out.put(mp_text::give(key.pem()));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_key_hint(
    public_pem: *const c_char,
    public_pem_length: u64,
    hint: *mut c_char,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(hint.cast::<[u8; HINT_BYTES]>(), "hint")?;
            let key = PublicKey::from_pem(text(public_pem, public_pem_length, "public_pem")?)?;
            let digits = key.hint().as_bytes().try_into();
            out.put(digits.expect("a hint has 64 digits"));
            Ok(())
        })
    }
}
