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
/* 0.limbs. */
struct mp_math_wide mp_math_wide_from_limbs(const uint32_t *limbs);
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

/* The functions, relative error below 2^-180 where the fast paths hand on: about 10 microseconds each, and seldom. */
double mp_math_wide_exp(double x);
double mp_math_wide_exp2(double x);
double mp_math_wide_expm1(double x);
double mp_math_wide_tanh(double x);
/* `known` is the natural logarithm of the argument (of 1 + x for log1p) to about 2^-60 absolutely. */
double mp_math_wide_log(double x, struct mp_math_pair known);
double mp_math_wide_log1p(double x, struct mp_math_pair known);
double mp_math_wide_log2(double x, struct mp_math_pair known);

#endif
