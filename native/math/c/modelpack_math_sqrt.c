/* Square root: an instruction where it is known, integers elsewhere; both are correctly rounded. */
#include "modelpack_math.h"
#include "modelpack_math_rules.h"

float mp_math_sqrtf(float x)
{
    return (float)mp_math_sqrt((double)x); /* twice 24 bits and more: the two roundings are one */
}

#if defined(__GNUC__) && defined(__x86_64__) && !defined(MP_MATH_PORTABLE)

double mp_math_sqrt(double x)
{
    __asm__("sqrtsd %1, %0" : "=x"(x) : "x"(x));
    return x;
}

#elif defined(__GNUC__) && defined(__aarch64__) && !defined(MP_MATH_PORTABLE)

double mp_math_sqrt(double x)
{
    __asm__("fsqrt %d0, %d1" : "=w"(x) : "w"(x));
    return x;
}

#else

/* The 54 bits of the root of mantissa 2^54, bit by bit. */
static uint64_t root_of(uint64_t mantissa)
{
    uint64_t root = 0, rest = 0;
    for (int i = 53; i >= 0; i--) {
        /* The next two bits of the mantissa, which has 54 of its own and 54 zeros after them. */
        uint64_t two = i >= 27 ? mantissa >> (2 * (i - 27)) & 3 : 0;
        uint64_t trial = root << 2 | 1;
        rest = rest << 2 | two;
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1;
        }
    }
    return root;
}

double mp_math_sqrt(double x)
{
    uint64_t mantissa, root;
    int exponent;
    if (x == 0.0 || x != x || x > DBL_MAX) {
        return x;
    }
    if (x < 0.0) {
        return MP_MATH_NAN;
    }
    exponent = 0;
    if (x < DBL_MIN) {
        x *= 0x1p54;
        exponent = -54;
    }
    /* x = mantissa 2^exponent with an even exponent and a mantissa of 53 or 54 bits. */
    exponent += (int)(mp_math_bits(x) >> 52) - 1075;
    mantissa = (mp_math_bits(x) & UINT64_C(0xfffffffffffff)) | UINT64_C(1) << 52;
    if (exponent % 2 != 0) {
        mantissa <<= 1;
        exponent--;
    }
    /* Never a tie: the square of 54 bits with the last one set does not end in 54 zeros. */
    root = root_of(mantissa);
    root = (root >> 1) + (root & 1);
    return (double)root * mp_math_power_of_two(exponent / 2 - 26);
}

#endif
