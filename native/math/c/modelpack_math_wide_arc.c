/* asin and atan2 in 256-bit arithmetic; relative errors below 2^-200. */
#include "modelpack_math_tables.h"
#include "modelpack_math_wide_functions.h"

typedef struct mp_math_wide wide;

static wide product(wide a, wide b)
{
    return mp_math_wide_multiply(a, b);
}

/*
 * The angle of (x, y) in the first quarter: known + atan(z), z the tangent of the difference, whose seventh power is too small to
 * count.
 */
static wide first_quarter(wide y, wide x, struct mp_math_pair about)
{
    wide known = mp_math_wide_from_pair(about), sine, cosine, above, below, z, square, factor;
    mp_math_wide_sin_cos(known, &sine, &cosine);
    above = mp_math_wide_subtract(product(y, cosine), product(x, sine));
    below = mp_math_wide_add(product(x, cosine), product(y, sine));
    z = product(above, mp_math_wide_inverse(below));
    square = product(z, z);
    factor = mp_math_wide_subtract(mp_math_wide_divide_small(square, 5), mp_math_wide_divide_small(mp_math_wide(1.0), 3));
    return mp_math_wide_add(mp_math_wide_add(known, z), product(product(z, square), factor));
}

double mp_math_wide_angle(double y, double x, struct mp_math_pair known, int leftwards)
{
    wide first = first_quarter(mp_math_wide(y), mp_math_wide(x), known);
    if (leftwards) {
        first = mp_math_wide_subtract(mp_math_wide_from_limbs(mp_math_table_wide_pi, 2), first);
    }
    return mp_math_wide_to_double(first);
}

double mp_math_wide_asin(double x, struct mp_math_pair known)
{
    /* The root by two of Newton's steps from two doubles. */
    struct mp_math_pair about = mp_math_root(mp_math_multiply(mp_math_sum(1.0, -x), mp_math_sum(1.0, x)));
    wide root = mp_math_wide_from_pair(about), sine = mp_math_wide(x);
    wide square = mp_math_wide_subtract(mp_math_wide(1.0), product(sine, sine));
    for (int i = 0; i < 2; i++) {
        root = mp_math_wide_scaled(mp_math_wide_add(root, product(square, mp_math_wide_inverse(root))), -1);
    }
    return mp_math_wide_to_double(first_quarter(sine, root, known));
}

int mp_math_wide_is_midpoint_below(double height, double width, double ratio)
{
    wide half_unit = mp_math_wide_scaled(mp_math_wide(1.0), -1075);
    wide midpoint = mp_math_wide_subtract(mp_math_wide(ratio), half_unit);
    return mp_math_wide_is_zero(mp_math_wide_subtract(product(mp_math_wide(width), midpoint), mp_math_wide(height)));
}
