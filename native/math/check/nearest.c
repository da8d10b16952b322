#include "check.h"

#include <math.h>
#include <string.h>

enum { WIDE_BITS = 160 };
/* Below this distance from a midpoint, in units, a wide value is not rounded a second time: MPFR rounds once. */
static const double TOO_NEAR = 0x1p-90;
static const mpfr_exp_t DOUBLE_LEAST = -1073, DOUBLE_GREATEST = 1024, SINGLE_LEAST = -148, SINGLE_GREATEST = 128;

void exact_open(struct exact *exact) {
    mpfr_inits2(WIDE_BITS, exact->wide, exact->rest, (mpfr_ptr)0);
    mpfr_inits2(53, exact->x, exact->y, exact->narrow, (mpfr_ptr)0);
}

void exact_close(struct exact *exact) {
    mpfr_clears(exact->wide, exact->rest, exact->x, exact->y, exact->narrow, (mpfr_ptr)0);
    mpfr_free_cache();
}

uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint32_t bits_of_single(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

bool same(double a, double b) {
    return bits_of(a) == bits_of(b) || (isnan(a) && isnan(b));
}

bool same_single(float a, float b) {
    return bits_of_single(a) == bits_of_single(b) || (isnan(a) && isnan(b));
}

double unit_of(double value) {
    double size = fabs(value);
    return isinf(size) ? 0x1p971 : size == 0x1.fffffffffffffp1023 ? 0x1p971 : nextafter(size, INFINITY) - size;
}

static int evaluate(const struct function *function, struct exact *exact, mpfr_ptr to) {
    if (function->exact_of_two) {
        return function->exact_of_two(to, exact->x, exact->y, MPFR_RNDN);
    }
    return function->exact(to, exact->x, MPFR_RNDN);
}

/* Rounds once, in the range and with the subnormal numbers of a format. */
static double rounded_once(const struct function *function, struct exact *exact) {
    mpfr_exp_t least = mpfr_get_emin(), greatest = mpfr_get_emax();
    mpfr_set_emin(DOUBLE_LEAST);
    mpfr_set_emax(DOUBLE_GREATEST);
    int ternary = evaluate(function, exact, exact->narrow);
    mpfr_subnormalize(exact->narrow, ternary, MPFR_RNDN);
    mpfr_set_emin(least);
    mpfr_set_emax(greatest);
    return mpfr_get_d(exact->narrow, MPFR_RNDN);
}

/* How far the wide value lies from the midpoint beyond the double that it rounds to, in that double's units. */
static double distance(struct exact *exact, double value) {
    if (value == 0 || isinf(value) || isnan(value)) {
        return 1;
    }
    mpfr_set_d(exact->narrow, value, MPFR_RNDN);
    mpfr_sub(exact->rest, exact->wide, exact->narrow, MPFR_RNDN);
    double unit = unit_of(value);
    bool inwards = mpfr_sgn(exact->rest) * (value > 0 ? 1 : -1) < 0;
    if (inwards && fabs(value) > 0x1p-1022 && (bits_of(value) & UINT64_C(0xfffffffffffff)) == 0) {
        unit /= 2; /* below a power of two the doubles lie twice as close */
    }
    mpfr_abs(exact->rest, exact->rest, MPFR_RNDN);
    mpfr_div_d(exact->rest, exact->rest, unit, MPFR_RNDN);
    mpfr_d_sub(exact->rest, 0.5, exact->rest, MPFR_RNDN);
    return fabs(mpfr_get_d(exact->rest, MPFR_RNDN));
}

static double relative_error(struct exact *exact, long double close) {
    if (mpfr_zero_p(exact->wide) || !mpfr_number_p(exact->wide) || isinf(close)) {
        return 0;
    }
    mpfr_set_ld(exact->rest, close, MPFR_RNDN);
    mpfr_sub(exact->rest, exact->rest, exact->wide, MPFR_RNDN);
    mpfr_div(exact->rest, exact->rest, exact->wide, MPFR_RNDN);
    return fabs(mpfr_get_d(exact->rest, MPFR_RNDN));
}

static struct nearest by_mpfr(const struct function *function, struct exact *exact, struct arguments at, long double close) {
    mpfr_set_d(exact->x, at.x, MPFR_RNDN);
    mpfr_set_d(exact->y, at.y, MPFR_RNDN);
    evaluate(function, exact, exact->wide);
    struct nearest nearest = {.close = close, .by_mpfr = true};
    nearest.closeness = relative_error(exact, close);
    nearest.value = mpfr_get_d(exact->wide, MPFR_RNDN);
    nearest.distance = distance(exact, nearest.value);
    if (nearest.distance < TOO_NEAR && function->rounds) {
        nearest.value = rounded_once(function, exact);
    }
    return nearest;
}

struct nearest nearest(const struct function *function, struct exact *exact, struct arguments at, bool certainly_exact) {
    long double close = function->close ? function->close(at.x) : function->close_of_two(at.x, at.y);
    long double error = fabsl(close) * ldexpl(1, -function->closeness);
    double low = (double)(close - error), high = (double)(close + error);
    if (certainly_exact || bits_of(low) != bits_of(high) || isnan(close)) {
        return by_mpfr(function, exact, at, close);
    }
    return (struct nearest){.value = low, .distance = 1, .close = close};
}

float nearest_single(const struct single_function *function, struct exact *exact, float x, bool *by_mpfr) {
    double close = function->close((double)x);
    float low = (float)(close * (1 - 0x1p-50)), high = (float)(close * (1 + 0x1p-50));
    *by_mpfr = bits_of_single(low) != bits_of_single(high) && !isnan(close);
    if (!*by_mpfr) {
        return low;
    }
    mpfr_exp_t least = mpfr_get_emin(), greatest = mpfr_get_emax();
    mpfr_set_d(exact->x, (double)x, MPFR_RNDN);
    mpfr_set_emin(SINGLE_LEAST);
    mpfr_set_emax(SINGLE_GREATEST);
    mpfr_set_prec(exact->narrow, 24);
    int ternary = function->exact(exact->narrow, exact->x, MPFR_RNDN);
    mpfr_subnormalize(exact->narrow, ternary, MPFR_RNDN);
    float value = mpfr_get_flt(exact->narrow, MPFR_RNDN);
    mpfr_set_emin(least);
    mpfr_set_emax(greatest);
    mpfr_set_prec(exact->narrow, 53);
    return value;
}
