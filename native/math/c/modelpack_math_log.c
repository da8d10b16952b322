/*
 * ln(x), ln(1 + x) and the logarithm to base 2: x = 2^e m with m in [0.707, 1.414]; a table has an inverse c of few bits and -ln(c),
 * so that ln(x) = e ln(2) - ln(c) + ln(1 + z) with z = c m - 1 (native/math/src/own/log.rs has the bounds).
 */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Above the relative error of the logarithms as sums of two doubles. */
#define ERROR 0x1p-70
/* Up to here ln(1 + x) is x. */
#define TINY 0x1p-54
/* The first 128th of [1, 2) that is halved, at 1.4140625. */
#define FIRST_HALVED 53
#define FRACTION UINT64_C(0xfffffffffffff)

typedef struct mp_math_pair pair;

/* ln(1 + z) for |z| <= 2^-7, relative error below 2^-73. */
static inline pair small(pair z)
{
    double x = z.high;
    double upper = 1.0 / 9.0 + x * (-1.0 / 10.0 + x * (1.0 / 11.0 - x * (1.0 / 12.0)));
    double tail = x * (-0.25 + x * (0.2 + x * (-1.0 / 6.0 + x * (1.0 / 7.0 + x * (-0.125 + x * upper)))));
    pair third = mp_math_ordered_sum(mp_math_table_third[0], mp_math_table_third[1] + tail);
    pair second = mp_math_multiply(z, third);
    pair sum = mp_math_ordered_sum(-0.5, second.high);
    pair factor = mp_math_ordered_sum(sum.high, sum.low + second.low);
    pair correction = mp_math_multiply(mp_math_multiply(z, z), factor);
    pair first = mp_math_ordered_sum(z.high, correction.high);
    return mp_math_ordered_sum(first.high, first.low + (z.low + correction.low));
}

/* value 2^-exponent, in two steps where the power alone is no normal number. */
static inline double scaled_down(double value, int exponent)
{
    if (exponent > 1000) {
        return value * 0x1p-1000 * mp_math_power_of_two(1000 - exponent);
    }
    return value * mp_math_power_of_two(-exponent);
}

/* The exponent e and ln(m) of a positive normal sum of two doubles 2^e m. */
static inline pair split(pair x, int *exponent)
{
    uint64_t bits = mp_math_bits(x.high);
    int index = (int)(bits >> 45 & 127);
    int halved = index >= FIRST_HALVED;
    double mantissa = mp_math_from_bits((bits & FRACTION) | (uint64_t)(1023 - halved) << 52);
    const double *entry = mp_math_table_inverses[index];
    pair product = mp_math_product(entry[0], mantissa), z;
    /* The second half is none or, of 1 + x, below 2^-53 of the first: its scaled product needs no more than a double. */
    double rest = 0.0;
    *exponent = (int)(bits >> 52 & 0x7ff) - 1023 + halved;
    if (x.low != 0.0) {
        rest = scaled_down(x.low, *exponent) * entry[0];
    }
    z = mp_math_add_double(mp_math_ordered_sum(product.high - 1.0, product.low), rest);
    return mp_math_add(mp_math_pair(entry[1], entry[2]), small(z));
}

/* The natural logarithm of 2^-shift times a positive normal sum of two doubles, relative error below 2^-72. */
static inline pair log_pair_of(pair x, int shift)
{
    int exponent;
    pair logarithm = split(x, &exponent);
    double e = (double)(exponent - shift);
    if (e == 0.0) {
        return logarithm;
    }
    return mp_math_add(mp_math_ordered_sum(e * mp_math_table_ln2_high, e * mp_math_table_ln2_low), logarithm);
}

/* A positive finite number as a normal one and the exponent to take away again. */
static inline pair normalised(double x, int *shift)
{
    *shift = x < DBL_MIN ? 54 : 0;
    return mp_math_pair(*shift ? x * 0x1p54 : x, 0.0);
}

pair mp_math_log_pair(double x)
{
    int shift;
    pair value = normalised(x, &shift);
    return log_pair_of(value, shift);
}

static int is_positive_and_finite(double x)
{
    return x > 0.0 && x <= DBL_MAX;
}

/* The logarithm where there is no positive finite argument. */
static double outside(double x)
{
    if (x == 0.0) {
        return -MP_MATH_INFINITY;
    }
    return x < 0.0 ? MP_MATH_NAN : x; /* infinity and NaN */
}

double mp_math_log(double x)
{
    double nearest;
    pair value;
    if (!is_positive_and_finite(x)) {
        return outside(x);
    }
    if (x == 1.0) {
        return 0.0;
    }
    value = mp_math_log_pair(x);
    return mp_math_certain(value, ERROR, &nearest) ? nearest : mp_math_wide_log(x, value);
}

double mp_math_log2(double x)
{
    int shift, exponent;
    double nearest, e;
    pair value, logarithm;
    if (!is_positive_and_finite(x)) {
        return outside(x);
    }
    value = normalised(x, &shift);
    if ((mp_math_bits(value.high) & FRACTION) == 0) {
        return (double)((int)(mp_math_bits(value.high) >> 52) - 1023 - shift); /* a power of two */
    }
    logarithm = split(value, &exponent);
    e = (double)(exponent - shift);
    value = mp_math_multiply(mp_math_pair(mp_math_table_inverse_ln2[0], mp_math_table_inverse_ln2[1]), logarithm);
    if (e != 0.0) {
        value = mp_math_add_double(value, e);
    }
    return mp_math_certain(value, ERROR, &nearest) ? nearest : mp_math_wide_log2(x, mp_math_log_pair(x));
}

double mp_math_log1p(double x)
{
    double nearest;
    pair value;
    if (x >= -TINY && x <= TINY) {
        return x; /* x^2/2 is less than half a unit, also below a power of two */
    }
    if (!(x > -1.0 && x <= DBL_MAX)) {
        return outside(x + 1.0);
    }
    value = log_pair_of(mp_math_sum(1.0, x), 0);
    return mp_math_certain(value, ERROR, &nearest) ? nearest : mp_math_wide_log1p(x, value);
}
