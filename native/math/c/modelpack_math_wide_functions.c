#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* The argument is halved so often before the series, and the result doubled so often after it. */
#define HALVINGS 16
/* (2^-17)^n/n! is below 2^-260 of the first term from here on. */
#define TERMS 14

typedef struct mp_math_wide wide;

static wide ln2(void)
{
    return mp_math_wide_from_limbs(mp_math_table_wide_ln2, 0);
}

/* e^r - 1 for |r| < 1: the Taylor series of r/2^16, and (1 + u)^2 - 1 = u (u + 2) for each halving. */
static wide expm1_small(wide r)
{
    wide term, sum, two = mp_math_wide(2.0);
    r = mp_math_wide_scaled(r, -HALVINGS);
    term = r;
    sum = r;
    for (uint32_t n = 2; n <= TERMS; n++) {
        term = mp_math_wide_divide_small(mp_math_wide_multiply(term, r), n);
        sum = mp_math_wide_add(sum, term);
    }
    for (int i = 0; i < HALVINGS; i++) {
        sum = mp_math_wide_multiply(sum, mp_math_wide_add(sum, two));
    }
    return sum;
}

/* e^(x - k ln 2) - 1, with k nearest to near/ln 2. */
static wide reduced(wide x, double near, int *k)
{
    double whole = (near * mp_math_table_inverse_ln2[0] + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
    wide multiple = mp_math_wide_multiply(ln2(), mp_math_wide(whole));
    *k = (int)whole;
    return expm1_small(mp_math_wide_subtract(x, multiple));
}

static wide one_more(wide u)
{
    return mp_math_wide_add(u, mp_math_wide(1.0));
}

wide mp_math_wide_exp_of(wide x, double near)
{
    int k;
    wide u = reduced(x, near, &k);
    return mp_math_wide_scaled(one_more(u), k);
}

static wide expm1_of(double x)
{
    int k;
    wide u = reduced(mp_math_wide(x), x, &k);
    if (k == 0) {
        return u;
    }
    return mp_math_wide_subtract(mp_math_wide_scaled(one_more(u), k), mp_math_wide(1.0));
}

double mp_math_wide_exp(double x)
{
    return mp_math_wide_to_double(mp_math_wide_exp_of(mp_math_wide(x), x));
}

double mp_math_wide_expm1(double x)
{
    return mp_math_wide_to_double(expm1_of(x));
}

double mp_math_wide_exp2(double x)
{
    double whole = (x + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
    wide u = expm1_small(mp_math_wide_multiply(ln2(), mp_math_wide(x - whole)));
    return mp_math_wide_to_double(mp_math_wide_scaled(one_more(u), (int32_t)whole));
}

double mp_math_wide_tanh(double x)
{
    wide u = expm1_of(2.0 * x);
    wide divisor = mp_math_wide_add(u, mp_math_wide(2.0));
    return mp_math_wide_to_double(mp_math_wide_multiply(u, mp_math_wide_inverse(divisor)));
}

/* ln(x) from its known leading 60 bits y: y + ln(1 + d) with d = x e^-y - 1, whose fifth power is too small to count. */
static wide log_of(wide x, struct mp_math_pair known)
{
    wide y = mp_math_wide_from_pair(known);
    wide quotient = mp_math_wide_multiply(x, mp_math_wide_exp_of(mp_math_wide_negated(y), -known.high));
    wide d = mp_math_wide_subtract(quotient, mp_math_wide(1.0));
    wide power = d, sum = d;
    for (uint32_t n = 2; n <= 4; n++) {
        power = mp_math_wide_negated(mp_math_wide_multiply(power, d));
        sum = mp_math_wide_add(sum, mp_math_wide_divide_small(power, n));
    }
    return mp_math_wide_add(y, sum);
}

double mp_math_wide_log(double x, struct mp_math_pair known)
{
    return mp_math_wide_to_double(log_of(mp_math_wide(x), known));
}

double mp_math_wide_log1p(double x, struct mp_math_pair known)
{
    return mp_math_wide_to_double(log_of(one_more(mp_math_wide(x)), known));
}

double mp_math_wide_log2(double x, struct mp_math_pair known)
{
    wide logarithm = log_of(mp_math_wide(x), known);
    wide inverse = mp_math_wide_from_limbs(mp_math_table_wide_inverse_ln2, 1);
    return mp_math_wide_to_double(mp_math_wide_multiply(logarithm, inverse));
}

double mp_math_wide_pow(double x, double y, struct mp_math_pair known, double near)
{
    wide exponent = mp_math_wide_multiply(log_of(mp_math_wide(x), known), mp_math_wide(y));
    return mp_math_wide_to_double(mp_math_wide_exp_of(exponent, near));
}
