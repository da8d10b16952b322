/*
 * e^x, e^x - 1 and 2^x: x = k ln(2)/128 + r, so that e^x = 2^(k/128) e^r; 2^(k/128) is a power of two times an entry of a table,
 * e^r - 1 its series to r^7 (native/math/src/own/exp.rs has the bounds).
 */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Above the relative errors of the sums of two doubles. */
#define EXP_ERROR 0x1p-74
#define EXPM1_ERROR 0x1p-68
/* Up to here e^x is 1 and e^x - 1 is x. */
#define TINY 0x1p-54

typedef struct mp_math_pair pair;

/* e^r - 1 for |r| < 0.0028. */
static inline pair small(pair r)
{
    pair square = mp_math_product(r.high, r.high);
    double square_low = square.low + 2.0 * r.high * r.low;
    double x = r.high;
    double tail = 1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0))));
    double cube = square.high * x * tail;
    pair sum = mp_math_ordered_sum(r.high, 0.5 * square.high);
    return mp_math_ordered_sum(sum.high, sum.low + (cube + (r.low + 0.5 * square_low)));
}

/* x - k ln(2)/128 and k, for |x| < 746. */
static inline pair reduce(pair x, int *k)
{
    double whole = (x.high * mp_math_table_steps_per_ln2 + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
    pair first = mp_math_sum(x.high, -(whole * mp_math_table_step_high)); /* both products are exact */
    pair second = mp_math_sum(first.high, -(whole * mp_math_table_step_middle));
    *k = (int)whole;
    return mp_math_sum(second.high, second.low + (first.low - whole * mp_math_table_step_low) + x.low);
}

/* The entry of the table for k, and the power of two beside it. */
static inline pair power_of(int k, int *exponent)
{
    int index = k & 127;
    *exponent = (k - index) / 128;
    return mp_math_pair(mp_math_table_powers[index][0], mp_math_table_powers[index][1]);
}

/* 2^(k/128) e^r as a number near [1, 2) and the exponent it is to be scaled with. */
static inline pair parts(pair r, int k, int *exponent)
{
    pair power = power_of(k, exponent);
    pair product = mp_math_multiply(power, small(r));
    pair sum = mp_math_ordered_sum(power.high, product.high);
    return mp_math_ordered_sum(sum.high, sum.low + (power.low + product.low));
}

pair mp_math_exp_pair(double x)
{
    int k, exponent;
    pair r = reduce(mp_math_pair(x, 0.0), &k);
    pair value = parts(r, k, &exponent);
    return mp_math_scale(value, mp_math_power_of_two(exponent));
}

pair mp_math_expm1_pair(double x)
{
    int k, exponent;
    pair r = reduce(mp_math_pair(x, 0.0), &k), power, product;
    double scale;
    if (k == 0) {
        return small(r);
    }
    power = power_of(k, &exponent);
    scale = mp_math_power_of_two(exponent);
    product = mp_math_scale(mp_math_multiply(power, small(r)), scale);
    return mp_math_add(mp_math_add_double(mp_math_scale(power, scale), -1.0), product);
}

/* value 2^exponent for a value in [0.99, 2.02] with a relative error, rounded once, if the error leaves only one double. */
static int nearest_scaled(pair value, int exponent, double error, double *nearest)
{
    double unit, large, low, slack;
    pair sum;
    if (exponent > -1022 || (exponent == -1022 && value.high >= 1.0)) {
        int over = exponent > 1023;
        if (!mp_math_certain(value, error, nearest)) {
            return 0;
        }
        *nearest = *nearest * (over ? 2.0 : 1.0) * mp_math_power_of_two(exponent - over);
        return 1;
    }
    /* Subnormal: the sum with a large number rounds to a multiple of its last place, which stands for the least subnormal. */
    unit = mp_math_power_of_two(-1074 - exponent);
    large = 0x1p52 * unit;
    sum = mp_math_sum(large, value.high);
    low = sum.low + value.low;
    slack = value.high * error + unit * 0x1p-52;
    *nearest = sum.high + (low - slack);
    if (*nearest != sum.high + (low + slack)) {
        return 0;
    }
    *nearest = mp_math_from_bits((uint64_t)((*nearest - large) * mp_math_power_of_two(1074 + exponent)));
    return 1;
}

int mp_math_exp_of_pair(pair x, double error, double *nearest)
{
    int k, exponent;
    pair r = reduce(x, &k);
    pair value = parts(r, k, &exponent);
    return nearest_scaled(value, exponent, EXP_ERROR + 1.001 * error, nearest);
}

double mp_math_exp(double x)
{
    double nearest;
    if (x >= -TINY && x <= TINY) {
        return 1.0;
    }
    if (x > -746.0 && x < 710.0) {
        return mp_math_exp_of_pair(mp_math_pair(x, 0.0), 0.0, &nearest) ? nearest : mp_math_wide_exp(x);
    }
    if (x != x) {
        return x;
    }
    return x > 0.0 ? MP_MATH_INFINITY : 0.0;
}

/* 2^exponent, also where it is subnormal. */
static double whole_power(int exponent)
{
    return exponent < -1022 ? mp_math_from_bits(UINT64_C(1) << (exponent + 1074)) : mp_math_power_of_two(exponent);
}

double mp_math_exp2(double x)
{
    if (x >= -TINY && x <= TINY) {
        return 1.0;
    }
    if (x > -1075.0 && x < 1024.0) {
        double whole = (x * 128.0 + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
        double rest = x - whole / 128.0; /* exact */
        int k = (int)whole, exponent;
        double nearest;
        pair r, value;
        if (rest == 0.0 && (k & 127) == 0) {
            return whole_power(k / 128);
        }
        r = mp_math_multiply(mp_math_pair(mp_math_table_ln2[0], mp_math_table_ln2[1]), mp_math_pair(rest, 0.0));
        value = parts(r, k, &exponent);
        return nearest_scaled(value, exponent, EXP_ERROR, &nearest) ? nearest : mp_math_wide_exp2(x);
    }
    if (x != x) {
        return x;
    }
    return x > 0.0 ? MP_MATH_INFINITY : 0.0;
}

double mp_math_expm1(double x)
{
    if (x >= -TINY && x <= TINY) {
        return x; /* x^2/2 is less than half a unit, also below a power of two */
    }
    if (x < -40.0) {
        return -1.0; /* also of -infinity: e^-40 < 2^-57 */
    }
    if (x <= 700.0) {
        double nearest;
        return mp_math_certain(mp_math_expm1_pair(x), EXPM1_ERROR, &nearest) ? nearest : mp_math_wide_expm1(x);
    }
    if (x >= 710.0) {
        return MP_MATH_INFINITY;
    }
    return x != x ? x : mp_math_wide_expm1(x);
}
