/* sin and cos in 256-bit arithmetic; relative error below 2^-230. */
#include "modelpack_math_angle.h"
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Up to here the argument itself is below pi/4. */
#define UNREDUCED 0.75
/* 1/n! is below 2^-260 from here on. */
#define TERMS 58

typedef struct mp_math_wide wide;

/* The series from `first` of index n on, whose indices go up by two and whose signs alternate. */
static wide series(wide first, uint32_t n, wide square)
{
    wide term = first, sum = first;
    for (; n < TERMS; n += 2) {
        term = mp_math_wide_divide_small(mp_math_wide_multiply(term, square), (n + 1) * (n + 2));
        term = mp_math_wide_negated(term);
        sum = mp_math_wide_add(sum, term);
    }
    return sum;
}

/* The leading 256 bits of a fraction. */
static wide from_fraction(const struct mp_math_fraction *fraction)
{
    uint32_t upper[MP_MATH_LIMBS], lower[MP_MATH_LIMBS];
    wide sum;
    for (int i = 0; i < MP_MATH_LIMBS; i++) {
        int beyond = MP_MATH_LIMBS + i;
        upper[MP_MATH_LIMBS - 1 - i] = fraction->limbs[i];
        lower[MP_MATH_LIMBS - 1 - i] = beyond < MP_MATH_ANGLE_LIMBS ? fraction->limbs[beyond] : 0;
    }
    sum = mp_math_wide_add(mp_math_wide_from_limbs(upper, 0), mp_math_wide_from_limbs(lower, -32 * MP_MATH_LIMBS));
    return fraction->negative ? mp_math_wide_negated(sum) : sum;
}

/* sin(r) and cos(r) for |r| < 1. */
static wide sin_small(wide r)
{
    return series(r, 1, mp_math_wide_multiply(r, r));
}

static wide cos_small(wide r)
{
    return series(mp_math_wide(1.0), 0, mp_math_wide_multiply(r, r));
}

/* sin(x + quarters pi/2) of a finite number. */
static double sin_of(double x, int quarters)
{
    wide r = mp_math_wide(x), result;
    if (!(x >= -UNREDUCED && x <= UNREDUCED)) {
        struct mp_math_fraction fraction;
        quarters += mp_math_turns(x, 2, &fraction);
        r = mp_math_wide_multiply(from_fraction(&fraction), mp_math_wide_from_limbs(mp_math_table_wide_pi, 1));
    }
    result = quarters % 2 == 0 ? sin_small(r) : cos_small(r);
    return mp_math_wide_to_double(quarters & 2 ? mp_math_wide_negated(result) : result);
}

double mp_math_wide_sin(double x)
{
    return sin_of(x, 0);
}

double mp_math_wide_cos(double x)
{
    return sin_of(x, 1);
}

void mp_math_wide_sin_cos(wide x, wide *sine, wide *cosine)
{
    wide half = mp_math_wide_scaled(x, -1);
    wide half_sine = sin_small(half), half_cosine = cos_small(half);
    wide square = mp_math_wide_multiply(half_sine, half_sine);
    *sine = mp_math_wide_scaled(mp_math_wide_multiply(half_sine, half_cosine), 1);
    *cosine = mp_math_wide_subtract(mp_math_wide(1.0), mp_math_wide_scaled(square, 1));
}
