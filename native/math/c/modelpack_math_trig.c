/*
 * sin(x) and cos(x): x = k pi/128 + r; a table has sin(j pi/128) from 0 to pi/2, sin(r) and cos(r) are their series to r^9 and r^8, and
 * the sums of angles do the rest (native/math/src/own/trig.rs has the bounds).
 */
#include "modelpack_math.h"
#include "modelpack_math_angle.h"
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Above the relative error of the sum of two doubles. */
#define ERROR 0x1p-74
/* Up to here sin(x) is x and cos(x) is 1, since x^2/6 is less than a quarter of a unit. */
#define TINY 0x1p-27
/* A quarter of a turn in steps of pi/128. */
#define QUARTER 64

typedef struct mp_math_pair pair;

/* sin(r) for |r| <= pi/256. */
static inline pair sin_small(pair r, pair square)
{
    double s = square.high;
    double tail = s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s * (1.0 / 362880.0)));
    pair factor = mp_math_ordered_sum(mp_math_table_minus_sixth[0], mp_math_table_minus_sixth[1] + tail);
    pair correction = mp_math_multiply(mp_math_multiply(r, square), factor);
    pair sum = mp_math_ordered_sum(r.high, correction.high);
    return mp_math_ordered_sum(sum.high, sum.low + (r.low + correction.low));
}

/* cos(r) - 1 for |r| <= pi/256. */
static inline pair cosm1_small(pair square)
{
    double s = square.high;
    double tail = s * s * (1.0 / 24.0 + s * (-1.0 / 720.0 + s * (1.0 / 40320.0)));
    pair half = mp_math_scale(square, -0.5);
    pair sum = mp_math_ordered_sum(half.high, tail);
    return mp_math_ordered_sum(sum.high, sum.low + half.low);
}

/* sin(k pi/128). */
static inline pair entry_of(int k)
{
    int half_turn = k & 127;
    const double *entry = mp_math_table_sines[half_turn > QUARTER ? 128 - half_turn : half_turn];
    return mp_math_scale(mp_math_pair(entry[0], entry[1]), k & 128 ? -1.0 : 1.0);
}

/* sin(k pi/128 + r), relative error below 2^-74. */
static inline pair sin_of(int k, pair r)
{
    pair square = mp_math_multiply(r, r);
    pair sine = entry_of(k), cosine = entry_of(k + QUARTER);
    pair correction = mp_math_multiply(sine, cosm1_small(square));
    pair product = mp_math_multiply(cosine, sin_small(r, square));
    /* The product is below 2^-6, the entry above it or zero. */
    pair sum = mp_math_ordered_sum(sine.high, product.high);
    sum = mp_math_ordered_sum(sum.high, sum.low + (sine.low + product.low));
    return mp_math_add(sum, correction);
}

static int is_finite(double x)
{
    return x >= -DBL_MAX && x <= DBL_MAX;
}

double mp_math_sin(double x)
{
    double nearest;
    pair r;
    int k;
    if (x >= -TINY && x <= TINY) {
        return x;
    }
    if (!is_finite(x)) {
        return MP_MATH_NAN;
    }
    k = mp_math_angle_steps(x, &r);
    return mp_math_certain(sin_of(k, r), ERROR, &nearest) ? nearest : mp_math_wide_sin(x);
}

double mp_math_cos(double x)
{
    double nearest;
    pair r;
    int k;
    if (x >= -TINY && x <= TINY) {
        return 1.0;
    }
    if (!is_finite(x)) {
        return MP_MATH_NAN;
    }
    k = mp_math_angle_steps(x, &r);
    return mp_math_certain(sin_of(k + QUARTER, r), ERROR, &nearest) ? nearest : mp_math_wide_cos(x);
}
