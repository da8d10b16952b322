//! The functions of math 1 as a shared library with C names, for tools/check_math.py; no library that is shipped exports them.
//!
//! `cargo build --release -p modelpack-math --example functions`

macro_rules! export {
    ($($symbol:ident = $function:ident($($argument:ident),+) $type:ty;)+) => {
        $(
            #[no_mangle]
            pub extern "C" fn $symbol($($argument: $type),+) -> $type {
                modelpack_math::$function($($argument),+)
            }
        )+
    };
}

export! {
    mp_math_exp = exp(x) f64;
    mp_math_exp2 = exp2(x) f64;
    mp_math_expm1 = expm1(x) f64;
    mp_math_log = log(x) f64;
    mp_math_log1p = log1p(x) f64;
    mp_math_log2 = log2(x) f64;
    mp_math_tanh = tanh(x) f64;
    mp_math_asin = asin(x) f64;
    mp_math_atan2 = atan2(x, y) f64;
    mp_math_erf = erf(x) f64;
    mp_math_ndtri = ndtri(x) f64;
    mp_math_sin = sin(x) f64;
    mp_math_cos = cos(x) f64;
    mp_math_sqrt = sqrt(x) f64;
    mp_math_pow = pow(x, y) f64;
    mp_math_sqrtf = sqrtf(x) f32;
    mp_math_expf = expf(x) f32;
    mp_math_logf = logf(x) f32;
}
