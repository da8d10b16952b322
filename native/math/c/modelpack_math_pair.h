/* Sums of two doubles, high + low with high the nearest double to the sum: about 104 bits. Internal. */
#ifndef MODELPACK_MATH_PAIR_H
#define MODELPACK_MATH_PAIR_H

#include "modelpack_math.h"
#include "modelpack_math_rules.h"

struct mp_math_pair {
    double high, low;
};

static inline struct mp_math_pair mp_math_pair(double high, double low)
{
    struct mp_math_pair pair;
    pair.high = high;
    pair.low = low;
    return pair;
}

/* a + b exactly, where |a| >= |b| or a is zero. */
static inline struct mp_math_pair mp_math_ordered_sum(double a, double b)
{
    double high = a + b;
    return mp_math_pair(high, b - (high - a));
}

/* a + b exactly (Knuth). */
static inline struct mp_math_pair mp_math_sum(double a, double b)
{
    double high = a + b;
    double b_part = high - a;
    double a_part = high - b_part;
    return mp_math_pair(high, (a - a_part) + (b - b_part));
}

/* The leading 26 bits of a number (Veltkamp). */
static inline double mp_math_leading_half(double value)
{
    double spread = value * 134217729.0; /* 2^27 + 1 */
    return spread - (spread - value);
}

/* The exact a b - high with high the rounded product: one instruction, or Dekker's way to the same number. */
static inline double mp_math_product_error(double a, double b, double high)
{
#if (defined(__GNUC__) || defined(__clang__)) && (defined(__FMA__) || defined(__aarch64__))
    return __builtin_fma(a, b, -high);
#else
    double a_high = mp_math_leading_half(a), a_low = a - a_high;
    double b_high = mp_math_leading_half(b), b_low = b - b_high;
    return ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
#endif
}

/* a b exactly, for factors between 2^-450 and 2^450 in size. */
static inline struct mp_math_pair mp_math_product(double a, double b)
{
    double high = a * b;
    return mp_math_pair(high, mp_math_product_error(a, b, high));
}

/* Relative error below 2^-102, as long as the two do not cancel. */
static inline struct mp_math_pair mp_math_add(struct mp_math_pair a, struct mp_math_pair b)
{
    struct mp_math_pair sum = mp_math_sum(a.high, b.high);
    return mp_math_ordered_sum(sum.high, sum.low + (a.low + b.low));
}

static inline struct mp_math_pair mp_math_add_double(struct mp_math_pair a, double b)
{
    struct mp_math_pair sum = mp_math_sum(a.high, b);
    return mp_math_ordered_sum(sum.high, sum.low + a.low);
}

/* Relative error below 2^-101. */
static inline struct mp_math_pair mp_math_multiply(struct mp_math_pair a, struct mp_math_pair b)
{
    struct mp_math_pair product = mp_math_product(a.high, b.high);
    return mp_math_ordered_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/* Relative error below 2^-99: one correction of a rounded quotient. */
static inline struct mp_math_pair mp_math_divide(struct mp_math_pair a, struct mp_math_pair b)
{
    double quotient = a.high / b.high;
    struct mp_math_pair back = mp_math_multiply(b, mp_math_pair(quotient, 0.0));
    double rest = (a.high - back.high) + (a.low - back.low);
    return mp_math_ordered_sum(quotient, rest / b.high);
}

/* The root of a positive sum between 2^-400 and 2^400, relative error below 2^-98: a step of Newton's from a rounded root. */
static inline struct mp_math_pair mp_math_root(struct mp_math_pair a)
{
    double root = mp_math_sqrt(a.high);
    struct mp_math_pair square = mp_math_product(root, root);
    double rest = (a.high - square.high) + (a.low - square.low);
    return mp_math_ordered_sum(root, 0.5 * rest / root);
}

/* Times a power of two. */
static inline struct mp_math_pair mp_math_scale(struct mp_math_pair a, double power)
{
    return mp_math_pair(a.high * power, a.low * power);
}

/*
 * Whether one double is the nearest to every number within error |high| of the sum (Ziv's test); it is written to `nearest`.
 * `error` is at least 2^-99.
 */
static inline int mp_math_certain(struct mp_math_pair a, double error, double *nearest)
{
    double slack = (a.high < 0.0 ? -a.high : a.high) * error;
    *nearest = a.high + (a.low - slack);
    return *nearest == a.high + (a.low + slack);
}

/* e^x for |x| <= 708, relative error below 2^-74. */
struct mp_math_pair mp_math_exp_pair(double x);
/*
 * e^x for -746 < x < 710, where x itself has an absolute error below 2^-50: written to `nearest` where the errors leave only one
 * double, and 1 returned.
 */
int mp_math_exp_of_pair(struct mp_math_pair x, double error, double *nearest);
/* e^x - 1 for 2^-54 <= |x| <= 700, relative error below 2^-68. */
struct mp_math_pair mp_math_expm1_pair(double x);
/* ln(x) of a positive finite number other than 1, relative error below 2^-72. */
struct mp_math_pair mp_math_log_pair(double x);

#endif
