//! Trust policies.

use modelpack_bundle::Trust;

use crate::boundary::enter;
use crate::error::mp_error;
use crate::pointer::Out;

#[allow(non_camel_case_types)]
pub struct mp_trust(pub(crate) Trust);

#[no_mangle]
pub unsafe extern "C" fn mp_trust_unsigned(out: *mut *mut mp_trust, error: *mut *mut mp_error) -> i32 {
    let body = || {
        // SAFETY: the caller keeps to the header.
        let out = unsafe { Out::new(out, "out") }?;
        out.put(Box::into_raw(Box::new(mp_trust(Trust::Unsigned))));
        Ok(())
    };
    // SAFETY: as above.
    unsafe { enter(error, body) }
}

#[no_mangle]
pub unsafe extern "C" fn mp_trust_free(trust: *mut mp_trust) {
    if !trust.is_null() {
        // SAFETY: the handle was made by `Box::into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(trust) });
    }
}
