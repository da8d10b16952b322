/* The functions in 256-bit arithmetic, relative error below 2^-180 where the sums of two doubles hand on; seldom. Internal. */
#ifndef MODELPACK_MATH_WIDE_FUNCTIONS_H
#define MODELPACK_MATH_WIDE_FUNCTIONS_H

#include "modelpack_math_wide.h"

/* e^x, `near` is about x. */
struct mp_math_wide mp_math_wide_exp_of(struct mp_math_wide x, double near);
/* sin(x) and cos(x) for |x| < 2. */
void mp_math_wide_sin_cos(struct mp_math_wide x, struct mp_math_wide *sine, struct mp_math_wide *cosine);

double mp_math_wide_exp(double x);
double mp_math_wide_exp2(double x);
double mp_math_wide_expm1(double x);
double mp_math_wide_tanh(double x);
double mp_math_wide_sin(double x);
double mp_math_wide_cos(double x);
/* `known` is the natural logarithm of the argument (of 1 + x for log1p) to about 2^-60 absolutely. */
double mp_math_wide_log(double x, struct mp_math_pair known);
double mp_math_wide_log1p(double x, struct mp_math_pair known);
double mp_math_wide_log2(double x, struct mp_math_pair known);
/* x^y of a positive x, given ln(x) to about 2^-60 relatively and y ln(x) to about 2^-40 absolutely. */
double mp_math_wide_pow(double x, double y, struct mp_math_pair known, double near);
/* The functions of the positive half, given the result to about 2^-60 relatively. */
double mp_math_wide_asin(double x, struct mp_math_pair known);
/* The angle of (x, y), or of (-x, y) where `leftwards`, given that of (x, y). */
double mp_math_wide_angle(double y, double x, struct mp_math_pair known, int leftwards);
/* Whether height/width is exactly the midpoint below a ratio of subnormal size. */
int mp_math_wide_is_midpoint_below(double height, double width, double ratio);
double mp_math_wide_erf(double x);
/* z > 0 with `size` of the normal distribution above it. */
double mp_math_wide_upper_quantile(double size, struct mp_math_pair known);

#endif
