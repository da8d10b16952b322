//! Who signs: a private key, or a function of the caller.

use std::ffi::{c_char, c_void};

use modelpack_bundle::{Error, ErrorCode, PrivateKey, PublicKey, Result, Signer};

use crate::boundary::{enter, usage};
use crate::error::mp_error;
use crate::pointer::{array, optional_text, text, Out};

#[allow(non_camel_case_types)]
pub struct mp_signer(pub(crate) Box<dyn Signer>);

#[allow(non_camel_case_types)]
pub type mp_sign_function = unsafe extern "C" fn(
    context: *mut c_void,
    data: *const c_void,
    size: u64,
    signature: *mut c_void,
    capacity: u64,
    length: *mut u64,
) -> i32;

/// Room for a signature; DER of P-384 has at most 104 bytes.
const CAPACITY: usize = 256;

/// A key that is elsewhere.
struct FunctionSigner {
    key: PublicKey,
    sign: mp_sign_function,
    context: *mut c_void,
}

impl Signer for FunctionSigner {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = [0u8; CAPACITY];
        let mut length = 0u64;
        // SAFETY: the function and its context are those that the caller gave for this call; the buffers are our own.
        let code = unsafe {
            (self.sign)(
                self.context,
                message.as_ptr().cast(),
                message.len() as u64,
                signature.as_mut_ptr().cast(),
                CAPACITY as u64,
                &mut length,
            )
        };
        if code != 0 {
            return Err(Error::new(
                ErrorCode::Key,
                format!("the signer's function answered {code}: it did not sign"),
            ));
        }
        let written = usize::try_from(length).ok().and_then(|length| signature.get(..length));
        written.map(<[u8]>::to_vec).ok_or_else(|| {
            usage(format!(
                "the signer's function wrote {length} bytes where {CAPACITY} fit"
            ))
        })
    }
}

/// The signers behind an array of handles.
///
/// # Safety
/// The caller keeps to the header, as long as `'a`.
pub(crate) unsafe fn signers<'a>(handles: *const *const mp_signer, count: u64) -> Result<Vec<&'a dyn Signer>> {
    // SAFETY: promised by the caller.
    let handles = unsafe { array(handles, count, "signers") }?;
    let signer = |handle: &*const mp_signer| {
        // SAFETY: as above.
        let signer = unsafe { handle.as_ref() };
        signer.map(|signer| &*signer.0).ok_or_else(|| usage("a signer is NULL"))
    };
    handles.iter().map(signer).collect()
}

#[no_mangle]
pub unsafe extern "C" fn mp_signer_from_pem(
    pem: *const c_char,
    pem_length: u64,
    passphrase: *const c_char,
    passphrase_length: u64,
    out: *mut *mut mp_signer,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let passphrase = optional_text(passphrase, passphrase_length, "passphrase")?;
            let key = PrivateKey::from_pem(text(pem, pem_length, "pem")?, passphrase)?;
            out.put(Box::into_raw(Box::new(mp_signer(Box::new(key)))));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_signer_from_function(
    public_pem: *const c_char,
    public_pem_length: u64,
    sign: Option<mp_sign_function>,
    context: *mut c_void,
    out: *mut *mut mp_signer,
    error: *mut *mut mp_error,
) -> i32 {
    // SAFETY: the caller keeps to the header.
    unsafe {
        enter(error, || {
            let out = Out::new(out, "out")?;
            let key = PublicKey::from_pem(text(public_pem, public_pem_length, "public_pem")?)?;
            let sign = sign.ok_or_else(|| usage("sign is NULL"))?;
            let signer = FunctionSigner { key, sign, context };
            out.put(Box::into_raw(Box::new(mp_signer(Box::new(signer)))));
            Ok(())
        })
    }
}

#[no_mangle]
pub unsafe extern "C" fn mp_signer_free(signer: *mut mp_signer) {
    if !signer.is_null() {
        // SAFETY: the handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(signer) });
    }
}
