#include <float.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    defined(__NO_SIGNED_ZEROS__) || defined(_M_FP_FAST)
#error "this model needs each operation as it is written: compile without -ffast-math and its parts"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "this model needs infinities and NaN: compile without -ffinite-math-only"
#endif
#if FLT_EVAL_METHOD != 0
#error "this model needs operations rounded to their own type: on 32-bit x86, compile with -msse2 -mfpmath=sse"
#endif
#if FLT_RADIX != 2 || DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024 || FLT_MANT_DIG != 24
#error "this model needs IEEE 754 doubles and singles"
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

static inline double mp_f64(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } both;
    both.bits = bits;
    return both.value;
}

static inline float mp_f32(uint32_t bits)
{
    union {
        uint32_t bits;
        float value;
    } both;
    both.bits = bits;
    return both.value;
}

static inline uint64_t mp_bits64(double value)
{
    union {
        double value;
        uint64_t bits;
    } both;
    both.value = value;
    return both.bits;
}

static inline uint32_t mp_bits32(float value)
{
    union {
        float value;
        uint32_t bits;
    } both;
    both.value = value;
    return both.bits;
}

#define MP_NAN mp_f64(UINT64_C(0x7ff8000000000000))

/* Stores an answer: every NaN as the same one. */
static inline void mp_store64(double *to, double value)
{
    union {
        double value;
        uint64_t bits;
    } both;
    both.value = value;
    if (value != value) {
        both.bits = UINT64_C(0x7ff8000000000000);
    }
    *to = both.value;
}

static inline void mp_store32(float *to, float value)
{
    union {
        float value;
        uint32_t bits;
    } both;
    both.value = value;
    if (value != value) {
        both.bits = UINT32_C(0x7fc00000);
    }
    *to = both.value;
}

static inline double mp_abs64(double value)
{
    return mp_f64(mp_bits64(value) & UINT64_C(0x7fffffffffffffff));
}

static inline float mp_abs32(float value)
{
    return mp_f32(mp_bits32(value) & UINT32_C(0x7fffffff));
}

static inline int mp_is_finite(double x)
{
    return (mp_bits64(x) & UINT64_C(0x7ff0000000000000)) != UINT64_C(0x7ff0000000000000);
}

/* Row of a code in a table of size + 3 rows; the last three answer null, NaN and unseen. */
static inline size_t mp_code_row(int32_t code, uint32_t size)
{
    if (code >= 0 && (uint32_t)code < size) {
        return (size_t)code;
    }
    return (size_t)size + (code == -1 ? 0 : code == -2 ? 1 : 2);
}

/* Position of the stored cell of a column, or the count. */
static inline uint32_t mp_find(const uint32_t *columns, uint32_t count, uint32_t column)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (columns[middle] < column) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && columns[low] == column ? low : count;
}

/* The first cell that the model refuses. kind: 1 a number, 2 missing, 3 a code. */
typedef struct mp_refusal {
    uint32_t op;
    uint32_t column;
    uint32_t kind;
    uint64_t bits;
} mp_refusal;

static inline int32_t mp_refuse(mp_refusal *refusal, uint32_t op, size_t column, uint32_t kind, uint64_t bits)
{
    refusal->op = op;
    refusal->column = (uint32_t)column;
    refusal->kind = kind;
    refusal->bits = bits;
    return 1;
}

/* numpy's sum of contiguous numbers: in eight lanes, and in halves from 129 on. */
static inline double mp_lanes64(const double *x, size_t count)
{
    double lane[8], sum;
    size_t i = 8, j;
    for (j = 0; j < 8; j++) {
        lane[j] = x[j];
    }
    for (; i < count - count % 8; i += 8) {
        for (j = 0; j < 8; j++) {
            lane[j] = lane[j] + x[i + j];
        }
    }
    sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < count; i++) {
        sum = sum + x[i];
    }
    return sum;
}

static inline float mp_lanes32(const float *x, size_t count)
{
    float lane[8], sum;
    size_t i = 8, j;
    for (j = 0; j < 8; j++) {
        lane[j] = x[j];
    }
    for (; i < count - count % 8; i += 8) {
        for (j = 0; j < 8; j++) {
            lane[j] = lane[j] + x[i + j];
        }
    }
    sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < count; i++) {
        sum = sum + x[i];
    }
    return sum;
}

/* Whether a number is in a categorical node's set, and so goes left. flags: see the nodes. */
#define MP_NAN_LEFT UINT32_C(0x80000000)
#define MP_ZERO UINT32_C(0x40000000)
#define MP_CATEGORICAL UINT32_C(0x20000000)
#define MP_IN_SET_LEFT UINT32_C(0x10000000)
#define MP_BEYOND_LEFT UINT32_C(0x08000000)
#define MP_TRUNCATE_NEGATIVE UINT32_C(0x04000000)
#define MP_FEATURE UINT32_C(0x00ffffff)

static inline int mp_category_left(const uint32_t *set, uint32_t words, double x, uint32_t flags)
{
    uint32_t category;
    int negative = (flags & MP_TRUNCATE_NEGATIVE) ? x <= -1.0 : x < 0.0;
    if (negative || words == 0 || x >= 32.0 * (double)words) {
        return (flags & MP_BEYOND_LEFT) != 0;
    }
    category = x <= 0.0 ? 0 : (uint32_t)x;
    return (int)(set[category / 32] >> (category % 32) & 1) == ((flags & MP_IN_SET_LEFT) != 0);
}

/* NaN, or so near to zero that it counts as missing. */
static inline int mp_zero64(double x)
{
    return x != x || (x <= (double)1e-35f && x >= -(double)1e-35f);
}

static inline int mp_zero32(float x)
{
    return x != x || (x <= 1e-35f && x >= -1e-35f);
}
