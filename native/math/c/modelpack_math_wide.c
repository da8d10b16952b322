#include "modelpack_math_wide.h"

#define LIMBS MP_MATH_LIMBS
#define BITS (32 * LIMBS)
/* The exponent below which a double has fewer than 53 bits: 0.m 2^-1021 is the least normal number. */
#define LEAST_NORMAL (-1021)

static int is_zero(const uint32_t *limbs)
{
    uint32_t any = 0;
    for (int i = 0; i < LIMBS; i++) {
        any |= limbs[i];
    }
    return any == 0;
}

static void shift_left(uint32_t *limbs, int bits)
{
    int whole = bits / 32, part = bits % 32;
    for (int i = LIMBS - 1; i >= 0; i--) {
        uint64_t here = i >= whole ? limbs[i - whole] : 0;
        uint64_t below = i > whole ? limbs[i - whole - 1] : 0;
        limbs[i] = (uint32_t)((here << 32 | below) << part >> 32);
    }
}

static void shift_right(uint32_t *limbs, int bits)
{
    int whole = bits / 32, part = bits % 32;
    for (int i = 0; i < LIMBS; i++) {
        uint64_t here = i + whole < LIMBS ? limbs[i + whole] : 0;
        uint64_t above = i + whole + 1 < LIMBS ? limbs[i + whole + 1] : 0;
        limbs[i] = (uint32_t)((above << 32 | here) >> part);
    }
}

/* Moves the leading bit to the top. */
static struct mp_math_wide normalised(struct mp_math_wide a)
{
    int zeros = 0;
    if (is_zero(a.limbs)) {
        a.negative = 0;
        a.exponent = 0;
        return a;
    }
    while (a.limbs[LIMBS - 1 - zeros / 32] == 0) {
        zeros += 32;
    }
    for (uint32_t top = a.limbs[LIMBS - 1 - zeros / 32]; top >> 31 == 0; top <<= 1) {
        zeros++;
    }
    shift_left(a.limbs, zeros);
    a.exponent -= zeros;
    return a;
}

struct mp_math_wide mp_math_wide(double value)
{
    struct mp_math_wide wide = {0, 0, {0}};
    uint64_t bits = mp_math_bits(value);
    uint64_t mantissa = bits & UINT64_C(0xfffffffffffff);
    int stored = (int)(bits >> 52 & 0x7ff);
    if (stored == 0) {
        stored = 1;
    } else {
        mantissa |= UINT64_C(1) << 52;
    }
    wide.negative = (int)(bits >> 63);
    wide.exponent = stored - 1075 + 64;
    wide.limbs[LIMBS - 1] = (uint32_t)(mantissa >> 32);
    wide.limbs[LIMBS - 2] = (uint32_t)mantissa;
    return normalised(wide);
}

struct mp_math_wide mp_math_wide_from_pair(struct mp_math_pair a)
{
    return mp_math_wide_add(mp_math_wide(a.high), mp_math_wide(a.low));
}

struct mp_math_wide mp_math_wide_from_limbs(const uint32_t *limbs, int32_t exponent)
{
    struct mp_math_wide wide;
    wide.negative = 0;
    wide.exponent = exponent;
    for (int i = 0; i < LIMBS; i++) {
        wide.limbs[i] = limbs[i];
    }
    return normalised(wide);
}

int mp_math_wide_is_zero(struct mp_math_wide a)
{
    return is_zero(a.limbs);
}

/* 2^exponent from the least subnormal on. */
static double power(int exponent)
{
    return exponent < -1022 ? mp_math_from_bits(UINT64_C(1) << (exponent + 1074)) : mp_math_power_of_two(exponent);
}

double mp_math_wide_to_double(struct mp_math_wide a)
{
    double sign = a.negative ? -1.0 : 1.0;
    int lost = LEAST_NORMAL - (int)a.exponent;
    int bits = lost > 0 ? 53 - lost : 53;
    if (a.exponent > 1024) {
        return sign * MP_MATH_INFINITY;
    }
    if (bits < 0 || is_zero(a.limbs)) {
        return sign * 0.0; /* less than half of the least subnormal */
    }
    uint64_t top = (uint64_t)a.limbs[LIMBS - 1] << 32 | a.limbs[LIMBS - 2];
    int below = 64 - bits; /* bits of the top that are not kept: 11 to 64 */
    uint64_t kept = below == 64 ? 0 : top >> below;
    uint64_t half = top >> (below - 1) & 1;
    uint64_t beyond = top & ((UINT64_C(1) << (below - 1)) - 1);
    for (int i = 0; i < LIMBS - 2; i++) {
        beyond |= a.limbs[i];
    }
    kept += half & (beyond != 0 || (kept & 1) != 0);
    /* At most 2^53 times a power of two that gives a multiple of the least subnormal: exact, or infinite. */
    return sign * ((double)kept * power((int)a.exponent - bits));
}

struct mp_math_wide mp_math_wide_negated(struct mp_math_wide a)
{
    a.negative = !a.negative;
    return a;
}

struct mp_math_wide mp_math_wide_scaled(struct mp_math_wide a, int32_t power)
{
    a.exponent += power;
    return a;
}

/* Whether |a| < |b|. */
static int is_smaller(const struct mp_math_wide *a, const struct mp_math_wide *b)
{
    if (is_zero(a->limbs) || is_zero(b->limbs)) {
        return !is_zero(b->limbs);
    }
    if (a->exponent != b->exponent) {
        return a->exponent < b->exponent;
    }
    for (int i = LIMBS - 1; i >= 0; i--) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i];
        }
    }
    return 0;
}

/* Adds limbs, and says whether a bit was carried out. */
static int add_limbs(uint32_t *to, const uint32_t *from)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)to[i] + from[i];
        to[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return carry != 0;
}

/* Takes away limbs that are not the greater. */
static void subtract_limbs(uint32_t *to, const uint32_t *from)
{
    uint64_t borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
        uint64_t rest = (uint64_t)to[i] - from[i] - borrow;
        to[i] = (uint32_t)rest;
        borrow = rest >> 63;
    }
}

struct mp_math_wide mp_math_wide_add(struct mp_math_wide a, struct mp_math_wide b)
{
    if (is_smaller(&a, &b)) {
        struct mp_math_wide smaller = a;
        a = b;
        b = smaller;
    }
    if (is_zero(b.limbs) || a.exponent - b.exponent >= BITS) {
        return a;
    }
    shift_right(b.limbs, (int)(a.exponent - b.exponent));
    if (a.negative != b.negative) {
        subtract_limbs(a.limbs, b.limbs);
        return normalised(a);
    }
    if (add_limbs(a.limbs, b.limbs)) {
        shift_right(a.limbs, 1);
        a.limbs[LIMBS - 1] |= UINT32_C(1) << 31;
        a.exponent++;
    }
    return a;
}

struct mp_math_wide mp_math_wide_subtract(struct mp_math_wide a, struct mp_math_wide b)
{
    return mp_math_wide_add(a, mp_math_wide_negated(b));
}

struct mp_math_wide mp_math_wide_multiply(struct mp_math_wide a, struct mp_math_wide b)
{
    uint32_t product[2 * LIMBS] = {0};
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < LIMBS; j++) {
            carry += (uint64_t)a.limbs[i] * b.limbs[j] + product[i + j];
            product[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        product[i + LIMBS] = (uint32_t)carry;
    }
    a.negative = a.negative != b.negative;
    a.exponent += b.exponent;
    for (int i = 0; i < LIMBS; i++) {
        a.limbs[i] = product[LIMBS + i];
    }
    /* The product of two numbers in [1/2, 1) lies in [1/4, 1): one bit may have to come up from below. */
    if (!is_zero(a.limbs) && a.limbs[LIMBS - 1] >> 31 == 0) {
        shift_left(a.limbs, 1);
        a.limbs[0] |= product[LIMBS - 1] >> 31;
        a.exponent--;
    }
    return a;
}

struct mp_math_wide mp_math_wide_divide_small(struct mp_math_wide a, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        uint64_t part = rest << 32 | a.limbs[i];
        a.limbs[i] = (uint32_t)(part / divisor);
        rest = part % divisor;
    }
    return normalised(a);
}

struct mp_math_wide mp_math_wide_inverse(struct mp_math_wide a)
{
    /* Newton's steps from a double, each with twice the bits; relative error below 2^-250. */
    struct mp_math_wide mantissa = mp_math_wide_scaled(a, -a.exponent);
    struct mp_math_wide result = mp_math_wide(1.0 / mp_math_wide_to_double(mantissa));
    for (int i = 0; i < 3; i++) {
        struct mp_math_wide rest = mp_math_wide_subtract(mp_math_wide(1.0), mp_math_wide_multiply(mantissa, result));
        result = mp_math_wide_add(result, mp_math_wide_multiply(result, rest));
    }
    return mp_math_wide_scaled(result, -a.exponent);
}
