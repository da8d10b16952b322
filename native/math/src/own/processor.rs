//! What the processor can do beyond its architecture's baseline.

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
    use core::sync::atomic::{AtomicU8, Ordering};

    const UNKNOWN: u8 = 0;
    const ABSENT: u8 = 1;
    const PRESENT: u8 = 2;

    static AVX2: AtomicU8 = AtomicU8::new(UNKNOWN);

    /// Whether there is AVX2 and the system saves its registers; asked once.
    #[inline]
    pub fn has_avx2() -> bool {
        match AVX2.load(Ordering::Relaxed) {
            UNKNOWN => {
                let present = ask();
                AVX2.store(if present { PRESENT } else { ABSENT }, Ordering::Relaxed);
                present
            }
            known => known == PRESENT,
        }
    }

    #[cold]
    fn ask() -> bool {
        const OSXSAVE_AND_AVX: u32 = 1 << 27 | 1 << 28;
        const AVX2: u32 = 1 << 5;
        const SSE_AND_AVX_STATE: u64 = 6;
        // SAFETY: every x86-64 has the instruction.
        #[allow(unused_unsafe)]
        let (highest, first) = unsafe { (__cpuid(0).eax, __cpuid(1).ecx) };
        if highest < 7 || first & OSXSAVE_AND_AVX != OSXSAVE_AND_AVX {
            return false;
        }
        // SAFETY: as above.
        #[allow(unused_unsafe)]
        let seventh = unsafe { __cpuid_count(7, 0).ebx };
        // SAFETY: OSXSAVE says that there is the instruction.
        let saved = unsafe { saved_registers() };
        seventh & AVX2 != 0 && saved & SSE_AND_AVX_STATE == SSE_AND_AVX_STATE
    }

    /// The register file parts that the system saves.
    ///
    /// # Safety
    /// The processor has XGETBV and the system has enabled it.
    #[target_feature(enable = "xsave")]
    unsafe fn saved_registers() -> u64 {
        _xgetbv(0)
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86_64::has_avx2;
