//! The floating-point environment of the calling thread: rounding to nearest, subnormals kept.
//!
//! Another library may have switched it (one linked with `-ffast-math` is enough), and then `0 < 5e-324` is false. Every entry
//! into the core and every thread that it starts holds a [`FloatEnvironment`]; the caller's own state comes back when it goes.

use core::marker::PhantomData;

/// While this lives, floats behave as IEEE 754 says by default.
#[must_use = "the environment lasts as long as this value"]
pub struct FloatEnvironment {
    /// The caller's control word, where it was another one.
    before: Option<Control>,
    /// The control word is the thread's own.
    thread: PhantomData<*const ()>,
}

impl FloatEnvironment {
    #[inline]
    pub fn enter() -> Self {
        let found = control();
        let before = (found & MEANING != DEFAULT).then_some(found);
        if before.is_some() {
            set_control(found & !MEANING | DEFAULT);
        }
        Self {
            before,
            thread: PhantomData,
        }
    }
}

impl Drop for FloatEnvironment {
    #[inline]
    fn drop(&mut self) {
        if let Some(before) = self.before {
            set_control(before);
        }
    }
}

#[cfg(target_arch = "x86_64")]
use x86_64::{control, set_control, Control, DEFAULT, MEANING};

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::asm;

    pub type Control = u32;

    /// All of MXCSR but its sticky exception flags.
    pub const MEANING: Control = 0xFFC0;
    /// Exceptions masked, nearest even, neither flush-to-zero nor denormals-are-zero.
    pub const DEFAULT: Control = 0x1F80;

    #[inline]
    pub fn control() -> Control {
        let mut control: Control = 0;
        // SAFETY: stores MXCSR into 4 bytes of ours.
        unsafe { asm!("stmxcsr [{}]", in(reg) &mut control, options(nostack, preserves_flags)) };
        control
    }

    pub fn set_control(control: Control) {
        // SAFETY: the value is one that was read, or one with defined bits only.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &control, options(nostack, readonly, preserves_flags)) };
    }
}

#[cfg(target_arch = "aarch64")]
use aarch64::{control, set_control, Control, DEFAULT, MEANING};

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    use core::arch::asm;

    pub type Control = u64;

    /// Rounding, flush-to-zero, default NaN, alternative half precision, and the traps of FPCR.
    pub const MEANING: Control = 0x07FF_9F00;
    pub const DEFAULT: Control = 0;

    #[inline]
    pub fn control() -> Control {
        let control: Control;
        // SAFETY: reads FPCR.
        unsafe { asm!("mrs {}, fpcr", out(reg) control, options(nomem, nostack, preserves_flags)) };
        control
    }

    pub fn set_control(control: Control) {
        // SAFETY: the value is one that was read, or that with its defined bits cleared.
        unsafe { asm!("msr fpcr, {}", in(reg) control, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("the floating-point environment of this architecture is not known");

#[cfg(test)]
mod tests {
    use core::hint::black_box;

    use super::*;

    #[cfg(target_arch = "x86_64")]
    const FLUSH_TO_ZERO: Control = 0x8040;
    #[cfg(target_arch = "aarch64")]
    const FLUSH_TO_ZERO: Control = 1 << 24;

    /// The product is wanted here, and not computed later, in another environment.
    #[inline(never)]
    fn half_of_least() -> f64 {
        black_box(black_box(f64::MIN_POSITIVE) * black_box(0.5))
    }

    #[test]
    fn subnormals_are_kept_inside_and_the_callers_state_comes_back() {
        std::thread::spawn(|| {
            let usual = control();
            set_control(usual | FLUSH_TO_ZERO);
            let flushed = half_of_least();
            let kept = {
                let _environment = FloatEnvironment::enter();
                half_of_least()
            };
            let restored = half_of_least();
            set_control(usual);
            assert_eq!((flushed, kept, restored), (0.0, f64::MIN_POSITIVE / 2.0, 0.0));
        })
        .join()
        .expect("the thread ends");
    }
}
