/*
 * Up to 2^19 pi/128 is subtracted k times in four parts; the first two end at 2^-32 and 2^-59, so that their products with k and the
 * differences are exact. From there on (Payne and Hanek) x is multiplied by the 384 bits of 2/pi that matter for it.
 */
#include "modelpack_math_angle.h"
#include "modelpack_math_tables.h"

#define LIMBS MP_MATH_ANGLE_LIMBS
/* 2^19: k stays below 2^25. */
#define SUBTRACTED 524288.0
/* Bits before the point of the table of 2/pi: its zeros. */
#define ZEROS 64

/* 32 bits from the given one on of a number whose most significant limb comes first; zeros after its end. */
static uint32_t bits_from(const uint32_t *limbs, int count, int position)
{
    int whole = position / 32;
    uint64_t first = whole < count ? limbs[whole] : 0;
    uint64_t second = whole + 1 < count ? limbs[whole + 1] : 0;
    return (uint32_t)((first << 32 | second) << position % 32 >> 32);
}

/* The limbs shifted left, without what overflows. */
static void shift_left(uint32_t *limbs, int bits)
{
    for (int i = 0; i < LIMBS; i++) {
        limbs[i] = bits_from(limbs, LIMBS, 32 * i + bits);
    }
}

/* Adds limbs factor 2^(32 moved), without what overflows to the left. */
static void add_product(uint32_t *to, const uint32_t *limbs, uint32_t factor, int moved)
{
    uint64_t carry = 0;
    for (int i = LIMBS - 1 - moved; i >= 0; i--) {
        carry += (uint64_t)limbs[i + moved] * factor + to[i];
        to[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* 2^384 - limbs. */
static void complement(uint32_t *limbs)
{
    uint64_t carry = 1;
    for (int i = LIMBS - 1; i >= 0; i--) {
        carry += (uint32_t)~limbs[i];
        limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

int mp_math_turns(double x, int bits, struct mp_math_fraction *rest)
{
    uint64_t stored = mp_math_bits(x);
    uint64_t mantissa = (stored & UINT64_C(0xfffffffffffff)) | UINT64_C(1) << 52;
    int exponent = (int)(stored >> 52 & 0x7ff) - 1075;
    int table_limbs = (int)(sizeof mp_math_table_two_over_pi / sizeof mp_math_table_two_over_pi[0]);
    uint32_t window[LIMBS], *limbs = rest->limbs;
    int k;
    for (int i = 0; i < LIMBS; i++) {
        /* A quarter turn is 1 of mantissa 2^exponent 2/pi: four of them are left out from bit exponent - 2 upwards. */
        window[i] = bits_from(mp_math_table_two_over_pi, table_limbs, ZEROS + exponent - 2 + 32 * i);
        limbs[i] = 0;
    }
    /* Both parts start from the last limb of the window. */
    add_product(limbs, window, (uint32_t)mantissa, 0);
    add_product(limbs, window, (uint32_t)(mantissa >> 32), 1);
    k = (int)(limbs[0] >> (32 - bits));
    shift_left(limbs, bits);
    rest->negative = (int)(limbs[0] >> 31);
    if (rest->negative) {
        k++;
        complement(limbs);
    }
    if (x < 0.0) {
        k = (1 << bits) - k;
        rest->negative = !rest->negative;
    }
    return k & ((1 << bits) - 1);
}

/* 53 bits from the given one on, as a number below 2^53. */
static double leading(const uint32_t *limbs, int position)
{
    uint64_t first = bits_from(limbs, LIMBS, position), second = bits_from(limbs, LIMBS, position + 32);
    return (double)((first << 32 | second) >> 11);
}

/* The fraction cut to 106 bits. */
static struct mp_math_pair to_pair(const struct mp_math_fraction *fraction)
{
    double sign = fraction->negative ? -1.0 : 1.0, high, low;
    int zeros = 0;
    while (zeros < 32 * LIMBS && bits_from(fraction->limbs, LIMBS, zeros) >> 31 == 0) {
        zeros++;
    }
    high = leading(fraction->limbs, zeros) * mp_math_power_of_two(-zeros - 53);
    low = leading(fraction->limbs, zeros + 53) * mp_math_power_of_two(-zeros - 106);
    return mp_math_ordered_sum(sign * high, sign * low);
}

int mp_math_angle_steps(double x, struct mp_math_pair *rest)
{
    double k, near;
    struct mp_math_pair third;
    if (!(x >= -SUBTRACTED && x <= SUBTRACTED)) {
        struct mp_math_fraction fraction;
        int steps = mp_math_turns(x, 8, &fraction);
        *rest = mp_math_multiply(to_pair(&fraction), mp_math_pair(mp_math_table_angle[0], mp_math_table_angle[1]));
        return steps;
    }
    k = (x * mp_math_table_steps_per_pi + MP_MATH_ROUNDER) - MP_MATH_ROUNDER;
    near = (x - k * mp_math_table_angle_high) - k * mp_math_table_angle_middle; /* exact */
    third = mp_math_product(k, mp_math_table_angle_low);
    *rest = mp_math_sum(near, -third.high);
    *rest = mp_math_ordered_sum(rest->high, rest->low - (third.low + k * mp_math_table_angle_lowest));
    return (int)k & 255;
}
