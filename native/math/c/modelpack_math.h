/*
 * The elementary functions of math 1 in C99, the same bits as modelpack's own on every machine.
 *
 * Every result is the exact value rounded once, to nearest even (docs/MATH.md). No heap, no state, no errno, no call into a
 * libm: the sources compile with -ffreestanding; a compiler may call memcpy and memset for them. All functions may be called from
 * any thread. The floating-point environment must be the default one: nearest even, subnormal numbers kept.
 *
 * A NaN gives a NaN; which one is not defined, nor are floating-point flags.
 */
#ifndef MODELPACK_MATH_H
#define MODELPACK_MATH_H

#ifdef __cplusplus
extern "C" {
#endif

/* e^x. */
double mp_math_exp(double x);
/* 2^x. */
double mp_math_exp2(double x);
/* e^x - 1, exact near zero. */
double mp_math_expm1(double x);
/* Natural logarithm: of +-0 -infinity, of a negative number NaN. */
double mp_math_log(double x);
/* ln(1 + x), exact near zero: of -1 -infinity, below NaN. */
double mp_math_log1p(double x);
/* Logarithm to base 2. */
double mp_math_log2(double x);
/* x to the power of y, with the special cases of C99. */
double mp_math_pow(double x, double y);
/* Hyperbolic tangent. */
double mp_math_tanh(double x);
/* Sine and cosine of radians, of any finite size: of +-infinity NaN. */
double mp_math_sin(double x);
double mp_math_cos(double x);
/* The angle between -pi/2 and pi/2 with that sine: outside of [-1, 1] NaN. */
double mp_math_asin(double x);
/* The angle of the point (x, y), from -pi to pi; zeros and infinities as in C. */
double mp_math_atan2(double y, double x);
/* The error function. */
double mp_math_erf(double x);
/* The z below which a share of p of the standard normal distribution lies: of 0 -infinity, of 1 infinity, outside NaN. */
double mp_math_ndtri(double p);
/* Square root: of -0.0 -0.0, of a negative number NaN. */
double mp_math_sqrt(double x);
/* Square root in single precision. */
float mp_math_sqrtf(float x);
/* e^x in single precision. */
float mp_math_expf(float x);
/* Natural logarithm in single precision. */
float mp_math_logf(float x);

#ifdef __cplusplus
}
#endif

#endif
