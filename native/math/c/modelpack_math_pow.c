/* x^y = e^(y ln x) with sums of two doubles, with the special cases of C99, annex F (native/math/src/own/pow.rs has the bounds). */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"
#include "modelpack_math_wide_functions.h"

/* An exponent of e below it leaves 1. */
#define TINY 0x1p-55
/* Above the relative error of a logarithm as a sum of two doubles and its product. */
#define LOG_ERROR (1.08 * 0x1p-70)

enum parity { EVEN, ODD, BROKEN };

static double size_of(double x)
{
    return x < 0.0 ? -x : x;
}

/* What a number other than infinity and NaN is as an integer. */
static enum parity parity_of(double y)
{
    double size = size_of(y);
    uint64_t whole;
    if (size >= 0x1p53) {
        return EVEN;
    }
    whole = (uint64_t)size;
    if ((double)whole != size) {
        return BROKEN;
    }
    return whole & 1 ? ODD : EVEN;
}

/* The power where one of the two is infinite or x is zero, and none is NaN. */
static double limit(double x, double y)
{
    double result;
    if (size_of(y) > DBL_MAX) {
        if (x == -1.0) {
            return 1.0;
        }
        return (size_of(x) > 1.0) == (y > 0.0) ? MP_MATH_INFINITY : 0.0;
    }
    result = (x == 0.0) == (y < 0.0) ? MP_MATH_INFINITY : 0.0;
    return mp_math_bits(x) >> 63 && parity_of(y) == ODD ? -result : result;
}

/* A positive odd number times a power of two. */
struct odd {
    uint64_t odd;
    int exponent;
};

static struct odd odd_of(double value)
{
    uint64_t bits = mp_math_bits(value) & (UINT64_MAX >> 1);
    struct odd result;
    result.odd = bits & UINT64_C(0xfffffffffffff);
    result.exponent = (int)(bits >> 52) - 1075;
    if (bits >> 52 == 0) {
        result.exponent = -1074;
    } else {
        result.odd |= UINT64_C(1) << 52;
    }
    while ((result.odd & 1) == 0) {
        result.odd >>= 1;
        result.exponent++;
    }
    return result;
}

/* Replaces a number by its square root, if that is of the same form. */
static int take_root(struct odd *number)
{
    uint64_t root = (uint64_t)mp_math_sqrt((double)number->odd); /* exact of a square below 2^53 */
    if (root * root != number->odd || number->exponent % 2 != 0) {
        return 0;
    }
    number->odd = root;
    number->exponent /= 2;
    return 1;
}

/* base^count for a count above zero, if it is below 2^64. */
static int integer_power(uint64_t base, uint64_t count, uint64_t *power)
{
    *power = 1;
    for (; count > 0 && base != 1; count--) {
        if (*power > UINT64_MAX / base) {
            return 0;
        }
        *power *= base;
    }
    return 1;
}

/*
 * x^y for a positive x other than 1 and a y other than zero, where its digits end within 64 bits: what no precision would tell from a
 * midpoint (native/math/src/own/exact_power.rs). `y ln x` lies between -746 and 710.
 */
static int exact_power(double x, double y, double *nearest)
{
    struct odd base = odd_of(x), power = odd_of(y);
    struct mp_math_wide exact;
    uint64_t count, mantissa;
    uint32_t limbs[MP_MATH_LIMBS] = {0};
    int sign = y < 0.0 ? -1 : 1;
    for (; power.exponent < 0; power.exponent++) {
        if (!take_root(&base)) {
            return 0;
        }
    }
    if (power.exponent > 11 || (base.odd != 1 && sign < 0)) {
        return 0;
    }
    count = power.odd << power.exponent;
    if (!integer_power(base.odd, count, &mantissa) || count > 1100) {
        return 0; /* a power of a number other than 1 that overflows, or is too long */
    }
    limbs[MP_MATH_LIMBS - 1] = (uint32_t)(mantissa >> 32);
    limbs[MP_MATH_LIMBS - 2] = (uint32_t)mantissa;
    exact = mp_math_wide_from_limbs(limbs, 64 + sign * base.exponent * (int)count);
    *nearest = mp_math_wide_to_double(exact);
    return 1;
}

/* The power of a positive finite x and a finite y other than zero. */
static double positive_power(double x, double y)
{
    struct mp_math_pair logarithm, exponent;
    double near, nearest;
    if (x == 1.0) {
        return 1.0;
    }
    logarithm = mp_math_log_pair(x);
    near = logarithm.high * y;
    if (size_of(near) < TINY) {
        return 1.0;
    }
    if (near >= 710.0) {
        return MP_MATH_INFINITY;
    }
    if (near <= -746.0) {
        return 0.0;
    }
    exponent = mp_math_multiply(logarithm, mp_math_pair(y, 0.0));
    if (mp_math_exp_of_pair(exponent, size_of(near) * LOG_ERROR, &nearest) || exact_power(x, y, &nearest)) {
        return nearest;
    }
    return mp_math_wide_pow(x, y, logarithm, exponent.high);
}

double mp_math_pow(double x, double y)
{
    if (y == 0.0 || x == 1.0) {
        return 1.0;
    }
    if (x != x || y != y) {
        return x + y;
    }
    if (x == 0.0 || size_of(x) > DBL_MAX || size_of(y) > DBL_MAX) {
        return limit(x, y);
    }
    if (x > 0.0) {
        return positive_power(x, y);
    }
    switch (parity_of(y)) {
    case EVEN:
        return positive_power(-x, y);
    case ODD:
        return -positive_power(-x, y);
    default:
        return MP_MATH_NAN;
    }
}
