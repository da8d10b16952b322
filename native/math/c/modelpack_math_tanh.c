/* Hyperbolic tangent: with u = e^2x - 1 it is u/(u + 2), as a quotient of sums of two doubles. */
#include "modelpack_math.h"
#include "modelpack_math_pair.h"
#include "modelpack_math_wide_functions.h"

/* Above the relative error of the quotient. */
#define ERROR 0x1p-66
/* Up to here tanh(x) is x, since x^2/3 is less than a quarter of a unit. */
#define TINY 0x1p-28
/* From here on 1 - tanh(x) < 2 e^-2x < 2^-54, and the nearest double is 1. */
#define ONE 19.0625

double mp_math_tanh(double x)
{
    double nearest;
    struct mp_math_pair u;
    if ((x >= -TINY && x <= TINY) || x != x) {
        return x;
    }
    if (x >= ONE) {
        return 1.0;
    }
    if (x <= -ONE) {
        return -1.0;
    }
    u = mp_math_expm1_pair(2.0 * x);
    u = mp_math_divide(u, mp_math_add_double(u, 2.0));
    return mp_math_certain(u, ERROR, &nearest) ? nearest : mp_math_wide_tanh(x);
}
