/*
 * What the functions ask of the compiler: every operation rounded by itself, to the precision of its type.
 * Included first by each source; internal.
 */
#ifndef MODELPACK_MATH_RULES_H
#define MODELPACK_MATH_RULES_H

#include <float.h>
#include <stdint.h>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    defined(__NO_SIGNED_ZEROS__) || defined(_M_FP_FAST)
#error "modelpack_math needs each operation as it is written: compile without -ffast-math and its parts"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "modelpack_math needs infinities and NaN: compile without -ffinite-math-only"
#endif
#if FLT_EVAL_METHOD != 0
#error "modelpack_math needs operations rounded to their own type: on 32-bit x86, compile with -msse2 -mfpmath=sse"
#endif
#if FLT_RADIX != 2 || DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024 || FLT_MANT_DIG != 24
#error "modelpack_math needs IEEE 754 doubles and singles"
#endif

/*
 * No a*b+c with one rounding. gcc heeds only its own pragma, others the standard's; and its vectoriser (seen in 12.2, -O3 -mfma)
 * makes vfmaddsub of neighbouring sums and differences of products in spite of it.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off", "no-tree-vectorize")
#elif defined(_MSC_VER)
#pragma fp_contract(off)
#else
#pragma STDC FP_CONTRACT OFF
#endif

/* Adding and taking it away again rounds to an integer, for numbers below 2^51 in size. */
#define MP_MATH_ROUNDER 0x1.8p52
#define MP_MATH_INFINITY ((double)(1e300 * 1e10))
#define MP_MATH_NAN (MP_MATH_INFINITY - MP_MATH_INFINITY)

static inline uint64_t mp_math_bits(double value)
{
    union {
        double value;
        uint64_t bits;
    } both;
    both.value = value;
    return both.bits;
}

static inline double mp_math_from_bits(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } both;
    both.bits = bits;
    return both.value;
}

/* 2^exponent, for the exponents of normal numbers. */
static inline double mp_math_power_of_two(int exponent)
{
    return mp_math_from_bits((uint64_t)(exponent + 1023) << 52);
}

#endif
