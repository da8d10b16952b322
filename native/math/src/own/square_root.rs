//! Square roots: the processors' own instructions round correctly. A call of std's functions may become one of the host's library.

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::{
    _mm_cvtsd_f64, _mm_cvtss_f32, _mm_set_sd, _mm_set_ss, _mm_setzero_pd, _mm_sqrt_sd, _mm_sqrt_ss,
};

/// Square root, correctly rounded; of -0.0 -0.0, of a negative number NaN.
#[cfg(target_arch = "x86_64")]
#[inline]
pub fn sqrt(x: f64) -> f64 {
    // SAFETY: SSE2 is part of x86-64.
    #[allow(unused_unsafe)]
    unsafe {
        _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(x)))
    }
}

/// Square root in single precision, correctly rounded.
#[cfg(target_arch = "x86_64")]
#[inline]
pub fn sqrtf(x: f32) -> f32 {
    // SAFETY: SSE is part of x86-64.
    #[allow(unused_unsafe)]
    unsafe {
        _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)))
    }
}

/// Square root, correctly rounded; of -0.0 -0.0, of a negative number NaN.
#[cfg(target_arch = "aarch64")]
#[inline]
pub fn sqrt(x: f64) -> f64 {
    let root: f64;
    // SAFETY: computes from one register into another.
    unsafe { core::arch::asm!("fsqrt {:d}, {:d}", out(vreg) root, in(vreg) x, options(pure, nomem, nostack)) };
    root
}

/// Square root in single precision, correctly rounded.
#[cfg(target_arch = "aarch64")]
#[inline]
pub fn sqrtf(x: f32) -> f32 {
    let root: f32;
    // SAFETY: computes from one register into another.
    unsafe { core::arch::asm!("fsqrt {:s}, {:s}", out(vreg) root, in(vreg) x, options(pure, nomem, nostack)) };
    root
}
