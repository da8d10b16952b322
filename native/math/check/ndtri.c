#define _GNU_SOURCE
#include "ndtri.h"

#include <math.h>

/* Both functions find z > 0 with a given share of the normal distribution above it, by the first terms of the series of z in that
 * share about an approximation, and have a sign to put before it. */
enum { EXTRA_BITS = 128, ROUNDS = 5 };
static const long double CENTRE = 0.25L, ROOT_TWO_PI = 2.506628274631000502415765284811045253L;

/* Abramowitz and Stegun 26.2.23: within 0.0005, far out within 0.1. */
static long double start(long double size) {
    long double t = sqrtl(-2 * logl(size));
    return t - (2.515517L + t * (0.802853L + t * 0.010328L)) / (1 + t * (1.432788L + t * (0.189269L + t * 0.001308L)));
}

/* The share above z less `size`, over the density at z. */
static long double step_of(long double z, long double size) {
    long double per_density = ROOT_TWO_PI * expl(z * z / 2);
    if (size > CENTRE) {
        return ((0.5L - size) - erfl(z * M_SQRT1_2l) / 2) * per_density;
    }
    return (erfcl(z * M_SQRT1_2l) / 2 - size) * per_density;
}

long double close_ndtri(long double p) {
    if (!(p > 0 && p < 1)) {
        return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
    }
    if (p == 0.5L) {
        return 0;
    }
    long double size = p < 0.5L ? p : 1 - p;
    long double z = start(size);
    for (int i = 0; i < ROUNDS; i++) {
        long double step = step_of(z, size);
        z += step * (1 + step * (z / 2 + step * (2 * z * z + 1) / 6));
    }
    return p < 0.5L ? -z : z;
}

/* `step` becomes the share above z less `size`, over the density at z. */
static void exact_step(mpfr_ptr step, mpfr_srcptr z, mpfr_srcptr size, mpfr_ptr density) {
    mpfr_const_pi(density, MPFR_RNDN);
    mpfr_mul_2ui(density, density, 1, MPFR_RNDN);
    mpfr_sqrt(density, density, MPFR_RNDN);
    mpfr_sqr(step, z, MPFR_RNDN);
    mpfr_div_2ui(step, step, 1, MPFR_RNDN);
    mpfr_exp(step, step, MPFR_RNDN);
    mpfr_mul(density, density, step, MPFR_RNDN); /* one over it, rather */
    mpfr_sqrt_ui(step, 2, MPFR_RNDN);
    mpfr_div(step, z, step, MPFR_RNDN);
    if (mpfr_cmp_d(size, (double)CENTRE) > 0) {
        mpfr_erf(step, step, MPFR_RNDN);
        mpfr_ui_sub(step, 1, step, MPFR_RNDN);
    } else {
        mpfr_erfc(step, step, MPFR_RNDN);
    }
    mpfr_div_2ui(step, step, 1, MPFR_RNDN);
    mpfr_sub(step, step, size, MPFR_RNDN);
    mpfr_mul(step, step, density, MPFR_RNDN);
}

int exact_ndtri(mpfr_ptr to, mpfr_srcptr p, mpfr_rnd_t rounding) {
    double value = mpfr_get_d(p, MPFR_RNDN);
    if (!(value > 0 && value < 1) || value == 0.5) {
        return mpfr_set_d(to, (double)close_ndtri((long double)value), rounding);
    }
    mpfr_t size, z, step, square, factor;
    mpfr_inits2(mpfr_get_prec(to) + EXTRA_BITS, size, z, step, square, factor, (mpfr_ptr)0);
    mpfr_set(size, p, MPFR_RNDN);
    if (value > 0.5) {
        mpfr_ui_sub(size, 1, size, MPFR_RNDN);
    }
    mpfr_set_ld(z, fabsl(close_ndtri((long double)value)), MPFR_RNDN);
    exact_step(step, z, size, factor);
    mpfr_sqr(square, z, MPFR_RNDN);
    mpfr_mul_2ui(square, square, 1, MPFR_RNDN);
    mpfr_add_ui(square, square, 1, MPFR_RNDN);
    mpfr_mul(square, square, step, MPFR_RNDN);
    mpfr_div_ui(square, square, 6, MPFR_RNDN);
    mpfr_div_2ui(factor, z, 1, MPFR_RNDN);
    mpfr_add(factor, factor, square, MPFR_RNDN);
    mpfr_mul(factor, factor, step, MPFR_RNDN);
    mpfr_add_ui(factor, factor, 1, MPFR_RNDN);
    mpfr_mul(step, step, factor, MPFR_RNDN);
    mpfr_add(z, z, step, MPFR_RNDN);
    int ternary = value < 0.5 ? mpfr_neg(to, z, rounding) : mpfr_set(to, z, rounding);
    mpfr_clears(size, z, step, square, factor, (mpfr_ptr)0);
    return ternary;
}
