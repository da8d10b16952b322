//! Functions of many arguments at once, with the bits of the functions of one.
//!
//! The first phases are free of branches, so that the compiler makes vectors of them: the loops here are compiled twice on x86-64, for
//! its baseline and for AVX2, and every build has the same bits, as each operation is rounded by itself. Arguments that a first phase
//! leaves open go to the function of one argument.

#[cfg(target_arch = "x86_64")]
use super::processor;
use super::{exp, log, quick_exp, quick_log, quick_single, single};

/// So many arguments are looked at before those left open among them.
const GROUP: usize = 64;

/// The first phase for each value in place, then the function for those that it left open, which `nan` stands for in between. It is
/// inlined into every caller, whose target features decide what the loop is compiled to.
#[inline(always)]
fn each<T: Copy + PartialEq>(values: &mut [T], nan: T, quick: impl Fn(T) -> (T, bool), function: fn(T) -> T) {
    for group in values.chunks_mut(GROUP) {
        let mut results = [nan; GROUP];
        for (result, &x) in results.iter_mut().zip(group.iter()) {
            let (nearest, certain) = quick(x);
            *result = if certain { nearest } else { nan };
        }
        for (value, &result) in group.iter_mut().zip(&results) {
            #[allow(clippy::eq_op)] // not NaN
            let certain = result == result;
            *value = if certain { result } else { function(*value) };
        }
    }
}

#[inline(always)]
pub(super) fn exp_baseline(values: &mut [f64]) {
    each(values, f64::NAN, quick_exp::exp, exp::exp);
}

#[inline(always)]
pub(super) fn expf_baseline(values: &mut [f32]) {
    each(values, f32::NAN, quick_single::expf, single::expf);
}

#[inline(always)]
pub(super) fn log_baseline(values: &mut [f64]) {
    each(values, f64::NAN, quick_log::log, log::log);
}

#[inline(always)]
pub(super) fn sigmoid_baseline(values: &mut [f64]) {
    for group in values.chunks_mut(GROUP) {
        for value in &mut *group {
            *value = -*value;
        }
        exp_baseline(group);
        for value in group {
            *value = 1.0 / (1.0 + *value);
        }
    }
}

/// The public function of a loop: compiled for the baseline, and on x86-64 for AVX2 where the processor has it.
macro_rules! dispatched {
    ($(#[$comment:meta])* $name:ident, $baseline:ident, $avx2:ident, $type:ty) => {
        $(#[$comment])*
        pub fn $name(values: &mut [$type]) {
            #[cfg(target_arch = "x86_64")]
            if processor::has_avx2() {
                // SAFETY: the processor has AVX2, and the system saves its registers.
                return unsafe { $avx2(values) };
            }
            $baseline(values);
        }

        /// The loop once more, inlined.
        ///
        /// # Safety
        /// The processor has AVX2.
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        unsafe fn $avx2(values: &mut [$type]) {
            $baseline(values);
        }
    };
}

dispatched! {
    /// e^x of each value, in place.
    exp_block, exp_baseline, exp_avx2, f64
}

dispatched! {
    /// e^x of each value in single precision, in place.
    expf_block, expf_baseline, expf_avx2, f32
}

dispatched! {
    /// ln(x) of each value, in place.
    log_block, log_baseline, log_avx2, f64
}

dispatched! {
    /// 1/(1 + e^-x) of each value, in place, every operation rounded.
    sigmoid_block, sigmoid_baseline, sigmoid_avx2, f64
}
