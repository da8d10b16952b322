/*
 * e^x and ln(x) in single precision: the sum of two doubles is rounded to odd in double precision and then to single, which
 * together is one rounding (native/math/src/own/single.rs).
 */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"

/* The single nearest to a sum of two doubles that is no double itself. */
static float nearest_single(struct mp_math_pair value)
{
    uint64_t bits = mp_math_bits(value.high);
    if (value.low != 0.0 && (bits & 1) == 0) {
        /* The last bit is 0: one step towards the sum makes it odd. */
        int away_from_zero = (value.low > 0.0) == (value.high > 0.0);
        bits = away_from_zero ? bits + 1 : bits - 1;
    }
    return (float)mp_math_from_bits(bits);
}

float mp_math_expf(float x)
{
    if (x == 0.0f) {
        return 1.0f;
    }
    if (x > 89.0f) {
        return (float)MP_MATH_INFINITY;
    }
    if (x < -104.0f) {
        return 0.0f;
    }
    return x != x ? x : nearest_single(mp_math_exp_pair((double)x));
}

float mp_math_logf(float x)
{
    if (x > 0.0f && x <= FLT_MAX) {
        return x == 1.0f ? 0.0f : nearest_single(mp_math_log_pair((double)x));
    }
    if (x == 0.0f) {
        return (float)-MP_MATH_INFINITY;
    }
    return x < 0.0f ? (float)MP_MATH_NAN : x;
}
