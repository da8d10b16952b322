/* Floating-point numbers of 256 bits: what decides where two doubles leave the nearest double open. Internal. */
#ifndef MODELPACK_MATH_WIDE_H
#define MODELPACK_MATH_WIDE_H

#include "modelpack_math_pair.h"

#define MP_MATH_LIMBS 8

/*
 * +-0.mantissa 2^exponent; the leading bit of the mantissa is set, or all of it is zero; the least significant limb comes first.
 * An operation cuts its result towards zero: its relative error is below 2^-255, of a sum relative to the larger term.
 */
struct mp_math_wide {
    int negative;
    int32_t exponent;
    uint32_t limbs[MP_MATH_LIMBS];
};

/* A finite double, exactly. */
struct mp_math_wide mp_math_wide(double value);
/* A sum of two doubles, exactly. */
struct mp_math_wide mp_math_wide_from_pair(struct mp_math_pair a);
/* 0.limbs 2^exponent. */
struct mp_math_wide mp_math_wide_from_limbs(const uint32_t *limbs, int32_t exponent);
int mp_math_wide_is_zero(struct mp_math_wide a);
/* The double nearest to it, ties to even, with infinity and subnormal numbers; one rounding. */
double mp_math_wide_to_double(struct mp_math_wide a);
struct mp_math_wide mp_math_wide_negated(struct mp_math_wide a);
/* Times 2^power, exactly. */
struct mp_math_wide mp_math_wide_scaled(struct mp_math_wide a, int32_t power);
struct mp_math_wide mp_math_wide_add(struct mp_math_wide a, struct mp_math_wide b);
struct mp_math_wide mp_math_wide_subtract(struct mp_math_wide a, struct mp_math_wide b);
struct mp_math_wide mp_math_wide_multiply(struct mp_math_wide a, struct mp_math_wide b);
/* Divided by a small positive number. */
struct mp_math_wide mp_math_wide_divide_small(struct mp_math_wide a, uint32_t divisor);
/* 1/a of a number that is not zero. */
struct mp_math_wide mp_math_wide_inverse(struct mp_math_wide a);

#endif
