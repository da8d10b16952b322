//! The same checksum by carry-less multiplication: tables would cost as much as the digest beside it.
//!
//! A CRC is the remainder of a polynomial. Four registers of 128 bits hold what is left of the bytes so far; each step multiplies
//! them 512 bits further up, modulo the polynomial, and adds the next 64 bytes. (V. Gopal and others, Fast CRC Computation for
//! Generic Polynomials Using PCLMULQDQ, 2009.)

use std::arch::x86_64::{
    __m128i, _mm_clmulepi64_si128, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_set_epi64x, _mm_storeu_si128, _mm_xor_si128,
};

/// Bytes of one step.
pub(super) const STEP: usize = 64;
const LANE: usize = 16;

/// Powers of x modulo the polynomial, bit-reflected, for lanes 512 bits apart …
const FAR: [i64; 2] = [0x1_5444_2bd4, 0x1_c6e4_1596];
/// … and for neighbouring lanes.
const NEAR: [i64; 2] = [0x1_7519_97d0, 0x0_ccaa_009e];

pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("pclmulqdq")
}

/// Sixteen bytes with the same remainder as `crc` followed by all of `bytes`, whose number is a multiple of [`STEP`], not 0.
///
/// # Safety
/// The processor has PCLMULQDQ.
#[target_feature(enable = "pclmulqdq")]
pub(super) unsafe fn fold(crc: u32, bytes: &[u8]) -> [u8; LANE] {
    let mut steps = bytes.chunks_exact(STEP);
    // SAFETY (here and below): SSE2 belongs to x86-64, PCLMULQDQ is the caller's promise, and loads and stores stay in their slices.
    unsafe {
        let mut lanes = steps.next().map_or([_mm_cvtsi32_si128(0); 4], |step| lanes(step));
        lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(crc as i32));
        let far = _mm_set_epi64x(FAR[1], FAR[0]);
        for step in steps {
            let next = self::lanes(step);
            for (lane, next) in lanes.iter_mut().zip(next) {
                *lane = _mm_xor_si128(advance(*lane, far), next);
            }
        }
        let near = _mm_set_epi64x(NEAR[1], NEAR[0]);
        let [first, others @ ..] = lanes;
        let mut rest = first;
        for lane in others {
            rest = _mm_xor_si128(advance(rest, near), lane);
        }
        let mut out = [0; LANE];
        _mm_storeu_si128(out.as_mut_ptr().cast(), rest);
        out
    }
}

/// # Safety
/// `step` has [`STEP`] bytes.
#[inline]
#[target_feature(enable = "pclmulqdq")]
unsafe fn lanes(step: &[u8]) -> [__m128i; 4] {
    // SAFETY: four lanes are one step.
    [0, 1, 2, 3].map(|lane| unsafe { _mm_loadu_si128(step.as_ptr().add(lane * LANE).cast()) })
}

/// # Safety
/// The processor has PCLMULQDQ.
#[inline]
#[target_feature(enable = "pclmulqdq")]
#[allow(unused_unsafe, reason = "Rust before 1.87 asks for the block")]
unsafe fn advance(lane: __m128i, factors: __m128i) -> __m128i {
    // SAFETY: promised by the caller.
    unsafe {
        _mm_xor_si128(
            _mm_clmulepi64_si128(lane, factors, 0x00),
            _mm_clmulepi64_si128(lane, factors, 0x11),
        )
    }
}
