/*
 * asin(x) and atan2(y, x): the angle of (x, y) in the first eighth of a turn is atan(c) + atan(z) with c = i/64 next to y/x, atan(c) from
 * a table, z = (y - c x)/(x + c y) and atan(z) its series to z^13 (native/math/src/own/arc.rs has the bounds).
 */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Above the relative error of the angle as a sum of two doubles. */
#define ERROR 0x1p-74
/* Up to here asin(x) is x, since x^2/6 is less than a quarter of a unit. */
#define TINY 0x1p-27
/* Where the ratio of the coordinates is beyond it, the angle is next to a multiple of pi/2. */
#define STEEP 0x1p60

typedef struct mp_math_pair pair;

static inline pair negated(pair a)
{
    return mp_math_scale(a, -1.0);
}

/* atan(z) for |z| < 1/127. */
static inline pair small(pair z)
{
    pair square = mp_math_multiply(z, z);
    double s = square.high;
    double tail = s * (0.2 + s * (-1.0 / 7.0 + s * (1.0 / 9.0 + s * (-1.0 / 11.0 + s * (1.0 / 13.0)))));
    pair factor = mp_math_ordered_sum(mp_math_table_minus_third[0], mp_math_table_minus_third[1] + tail);
    pair correction = mp_math_multiply(mp_math_multiply(z, square), factor);
    pair sum = mp_math_ordered_sum(z.high, correction.high);
    return mp_math_ordered_sum(sum.high, sum.low + (z.low + correction.low));
}

/* The angle of (x, y) for 0 <= y <= x, x > 0. */
static pair first_eighth(pair y, pair x)
{
    double node = (y.high / x.high * 64.0 + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
    pair c = mp_math_pair(node / 64.0, 0.0);
    pair above = mp_math_add(y, negated(mp_math_multiply(x, c)));
    pair below = mp_math_add(x, mp_math_multiply(y, c));
    const double *entry = mp_math_table_arctangents[(int)node];
    return mp_math_add(mp_math_pair(entry[0], entry[1]), small(mp_math_divide(above, below)));
}

/* The angle of (x, y) for positive coordinates between 2^-440 and 2^440, relative error below 2^-74. */
static pair angle(pair y, pair x)
{
    if (y.high <= x.high) {
        return first_eighth(y, x);
    }
    return mp_math_add(mp_math_pair(mp_math_table_half_pi[0], mp_math_table_half_pi[1]), negated(first_eighth(x, y)));
}

static int is_negative(double x)
{
    return (int)(mp_math_bits(x) >> 63);
}

static double with_sign(double size, double sign)
{
    return is_negative(sign) ? -size : size;
}

double mp_math_asin(double x)
{
    double size = x < 0.0 ? -x : x, nearest;
    pair square, known;
    if (x >= -TINY && x <= TINY) {
        return x;
    }
    if (size == 1.0) {
        return with_sign(mp_math_table_half_pi[0], x);
    }
    if (!(size < 1.0)) {
        return MP_MATH_NAN;
    }
    square = mp_math_multiply(mp_math_sum(1.0, -size), mp_math_sum(1.0, size));
    known = angle(mp_math_pair(size, 0.0), mp_math_root(square));
    if (!mp_math_certain(known, ERROR, &nearest)) {
        nearest = mp_math_wide_asin(size, known);
    }
    return with_sign(nearest, x);
}

/* The nearest double to an angle that is less than the ratio, but by less than 2^-120 of it. */
static double flat(double height, double width)
{
    double ratio = height / width;
    if (ratio > DBL_MIN || ratio == 0.0) {
        return ratio; /* no quotient is a midpoint of normal doubles or nearer to one than 2^-107 */
    }
    if (mp_math_wide_is_midpoint_below(height, width, ratio)) {
        return mp_math_from_bits(mp_math_bits(ratio) - 1);
    }
    return ratio;
}

/* A power of two that keeps products of coordinates in range; of a ratio beyond 2^60 the smaller one may lose bits. */
static double scale_of(double height, double width)
{
    double larger = height > width ? height : width;
    if (larger > 0x1p300) {
        return 0x1p-600;
    }
    return larger < 0x1p-300 ? 0x1p700 : 1.0;
}

/* The angle of (+-width, height). */
static double finite(double height, double width, int leftwards)
{
    double scale = scale_of(height, width);
    double y = height * scale, x = width * scale, nearest;
    pair first, whole;
    if (y / x > STEEP) {
        return mp_math_table_half_pi[0]; /* nearer to it than half of a unit less the rest of pi/2 */
    }
    if (x / y > STEEP) {
        return leftwards ? mp_math_table_pi[0] : flat(height, width);
    }
    first = angle(mp_math_pair(y, 0.0), mp_math_pair(x, 0.0));
    whole = first;
    if (leftwards) {
        whole = mp_math_add(mp_math_pair(mp_math_table_pi[0], mp_math_table_pi[1]), negated(first));
    }
    return mp_math_certain(whole, ERROR, &nearest) ? nearest : mp_math_wide_angle(y, x, first, leftwards);
}

/* Where a coordinate is zero or infinite. */
static double special(double height, double width, int leftwards)
{
    if (height == width && height > 0.0) {
        return mp_math_table_pi[0] * (leftwards ? 0.75 : 0.25); /* both products are the nearest doubles */
    }
    if (height == 0.0 || width > DBL_MAX) {
        return leftwards ? mp_math_table_pi[0] : 0.0;
    }
    return mp_math_table_half_pi[0];
}

double mp_math_atan2(double y, double x)
{
    double height = is_negative(y) ? -y : y, width = is_negative(x) ? -x : x;
    if (x != x || y != y) {
        return MP_MATH_NAN;
    }
    if (height > 0.0 && height <= DBL_MAX && width > 0.0 && width <= DBL_MAX) {
        return with_sign(finite(height, width, is_negative(x)), y);
    }
    return with_sign(special(height, width, is_negative(x)), y);
}
