/*
 * The error function, and the inverse of the distribution function of the standard normal distribution, by tables of polynomials
 * (native/math/src/own/erf.rs and ndtri.rs have the bounds).
 */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Above the relative errors of the sums of two doubles. */
#define ERF_ERROR 0x1p-65
#define QUANTILE_ERROR 0x1p-68
/* From here on 1 - erf(x) is below 2^-54, and the nearest double is 1. */
#define ONE 5.9375
/* Below it a product of two doubles may lose bits. */
#define TINY 0x1p-900
/* Below e^-2, where the table of the tail begins. */
#define TAIL 0.135
/* A 32nd of an octave has this many bits of a mantissa. */
#define STEP_BITS 47
/* The bits of 2, in 32nds of octaves. */
#define FIRST_STEP (1024 << 5)
/* Coefficients that are sums of two doubles, and numbers of a row. */
#define PAIRS 3
#define ROW 15

typedef struct mp_math_pair pair;

/* The polynomial of a row at a small d: the terms from d^3 on in double precision. */
static inline pair evaluate(const double *row, pair d)
{
    double tail = 0.0;
    pair sum, second, first;
    for (int i = ROW - 1; i >= 2 * PAIRS; i--) {
        tail = tail * d.high + row[i];
    }
    sum = mp_math_sum(row[4], tail * d.high);
    second = mp_math_ordered_sum(sum.high, sum.low + row[5]);
    first = mp_math_add(mp_math_pair(row[2], row[3]), mp_math_multiply(second, d));
    return mp_math_add(mp_math_pair(row[0], row[1]), mp_math_multiply(first, d));
}

/* erf(x) for x > 0. */
static double positive(double x)
{
    double nearest;
    if (x >= ONE) {
        return 1.0;
    }
    if (x >= TINY) {
        double node = (x * 32.0 + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
        pair d = mp_math_pair(x - node / 32.0, 0.0); /* exact */
        if (mp_math_certain(evaluate(mp_math_table_erf[(int)node], d), ERF_ERROR, &nearest)) {
            return nearest;
        }
    }
    return mp_math_wide_erf(x);
}

double mp_math_erf(double x)
{
    if (x == 0.0 || x != x) {
        return x;
    }
    return x < 0.0 ? -positive(-x) : positive(x);
}

/* z > 0 with e^-s of the distribution above it, for 2 <= s < 745.2. */
static inline pair tail_quantile(pair s)
{
    uint64_t step = mp_math_bits(s.high) >> STEP_BITS;
    double middle = mp_math_from_bits(step << STEP_BITS | UINT64_C(1) << (STEP_BITS - 1));
    return evaluate(mp_math_table_quantile_tail[step - FIRST_STEP], mp_math_sum(s.high - middle, s.low));
}

/* z > 0 with `size` of the distribution above it, for 0 < size < 1/2; relative error below 2^-68. */
static pair upper_quantile(double size)
{
    pair q, d;
    double node;
    if (size < TAIL) {
        return tail_quantile(mp_math_scale(mp_math_log_pair(size), -1.0));
    }
    q = mp_math_sum(0.5, -size);
    node = (q.high * 256.0 + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
    d = mp_math_sum(q.high - node / 256.0, q.low);
    return evaluate(mp_math_table_quantile_centre[(int)node], d);
}

double mp_math_ndtri(double p)
{
    double size = p < 0.5 ? p : 1.0 - p, nearest;
    pair z;
    if (!(p > 0.0 && p < 1.0)) {
        if (p == 0.0) {
            return -MP_MATH_INFINITY;
        }
        return p == 1.0 ? MP_MATH_INFINITY : MP_MATH_NAN;
    }
    if (p == 0.5) {
        return 0.0;
    }
    z = upper_quantile(size);
    if (!mp_math_certain(z, QUANTILE_ERROR, &nearest)) {
        nearest = mp_math_wide_upper_quantile(size, z);
    }
    return p < 0.5 ? -nearest : nearest;
}
