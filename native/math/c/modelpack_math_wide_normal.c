/* erf and the normal distribution in 256-bit arithmetic; relative errors below 2^-200. */
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

/* Terms of a series below 2^-260 of the sum are left out. */
#define PRECISION 260
/* From here on the continued fraction gives the tail; below it the series of the centre loses at most 20 bits in 1/2 - p. */
#define TAIL 5.0
/* What n terms leave out of the continued fraction is about e^(-2 z sqrt(n)): here below 2^-240. */
#define FRACTION_TERMS 300

typedef struct mp_math_wide wide;

static wide product(wide a, wide b)
{
    return mp_math_wide_multiply(a, b);
}

/* The sum of x square^n/(1 3 5 ... (2n + 1)). */
static wide series(wide x, wide square)
{
    wide term = x, sum = x;
    for (uint32_t n = 3; !mp_math_wide_is_zero(term) && term.exponent > sum.exponent - PRECISION; n += 2) {
        term = mp_math_wide_divide_small(product(term, square), n);
        sum = mp_math_wide_add(sum, term);
    }
    return sum;
}

/* erf(x) = 2/sqrt(pi) e^-x^2 (x + 2x^3/3 + 4x^5/15 + ...) for |x| < 6. */
double mp_math_wide_erf(double x)
{
    wide square = product(mp_math_wide(x), mp_math_wide(x));
    wide power = mp_math_wide_exp_of(mp_math_wide_negated(square), -(x * x));
    wide factor = product(mp_math_wide_from_limbs(mp_math_table_wide_two_per_root_pi, 1), power);
    return mp_math_wide_to_double(product(factor, series(mp_math_wide(x), mp_math_wide_scaled(square, 1))));
}

/* What lies above z over the density at z, for z >= 5 (Laplace): 1/(z + 1/(z + 2/(z + ...))). */
static wide mills_ratio(wide z)
{
    wide rest = z;
    for (int n = FRACTION_TERMS; n > 0; n--) {
        rest = mp_math_wide_add(z, product(mp_math_wide_inverse(rest), mp_math_wide((double)n)));
    }
    return mp_math_wide_inverse(rest);
}

/* What has to be added to z: the difference of the sizes over the density at z, by three terms of the series about z. */
static wide corrected(wide z, wide step)
{
    wide square = product(step, step);
    wide second = product(mp_math_wide_scaled(z, -1), square);
    wide factor = mp_math_wide_add(mp_math_wide_scaled(product(z, z), 1), mp_math_wide(1.0));
    wide third = mp_math_wide_divide_small(product(factor, product(square, step)), 6);
    return mp_math_wide_add(mp_math_wide_add(mp_math_wide_add(z, step), second), third);
}

double mp_math_wide_upper_quantile(double size, struct mp_math_pair known)
{
    wide z = mp_math_wide_from_pair(known), above = mp_math_wide(size);
    wide square = product(z, z), per_density, step;
    per_density = mp_math_wide_exp_of(mp_math_wide_scaled(square, -1), known.high * known.high * 0.5);
    per_density = product(mp_math_wide_from_limbs(mp_math_table_wide_root_two_pi, 2), per_density);
    if (known.high < TAIL) {
        step = product(mp_math_wide_subtract(mp_math_wide(0.5), above), per_density);
        step = mp_math_wide_subtract(step, series(z, square));
    } else {
        step = mp_math_wide_subtract(mills_ratio(z), product(above, per_density));
    }
    return mp_math_wide_to_double(corrected(z, step));
}
