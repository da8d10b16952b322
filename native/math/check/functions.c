#define _GNU_SOURCE
#include "check.h"
#include "ndtri.h"

#include <math.h>

/* A close of 2^-61 is four units of the last place of a long double, 2^-60 eight: glibc's are within two and five. */
const struct function functions[] = {
    {.name = "exp", .host = exp, .close = expl, .exact = mpfr_exp, .closeness = 61, .rounds = true,
     .range = {-746, 710}, .least_exponent = -56, .greatest_exponent = 9, .both_signs = true,
     .near = {{-10, 10}, {-1, 1}, {-40, 0}}},
    {.name = "expm1", .host = expm1, .close = expm1l, .exact = mpfr_expm1, .closeness = 60, .rounds = true,
     .range = {-41, 710}, .least_exponent = -56, .greatest_exponent = 9, .both_signs = true,
     .near = {{-10, 10}, {-1, 1}}},
    {.name = "exp2", .host = exp2, .close = exp2l, .exact = mpfr_exp2, .closeness = 61, .rounds = true,
     .range = {-1076, 1025}, .least_exponent = -56, .greatest_exponent = 10, .both_signs = true,
     .near = {{-10, 10}, {-1, 1}}},
    {.name = "log", .host = log, .close = logl, .exact = mpfr_log, .closeness = 61, .rounds = true,
     .range = {0, 4}, .least_exponent = -1074, .greatest_exponent = 1023,
     .near = {{0.9, 1.1}, {0, 1}, {0, 1000}}},
    {.name = "log1p", .host = log1p, .close = log1pl, .exact = mpfr_log1p, .closeness = 60, .rounds = true,
     .range = {-1, 4}, .least_exponent = -56, .greatest_exponent = 1023,
     .near = {{-0.5, 0.5}, {0, 1}, {0, 1000}}},
    {.name = "log2", .host = log2, .close = log2l, .exact = mpfr_log2, .closeness = 61, .rounds = true,
     .range = {0, 4}, .least_exponent = -1074, .greatest_exponent = 1023,
     .near = {{0.9, 1.1}, {0, 1}, {0, 1000}}},
    {.name = "tanh", .host = tanh, .close = tanhl, .exact = mpfr_tanh, .closeness = 60, .rounds = true,
     .range = {-20, 20}, .least_exponent = -30, .greatest_exponent = 4, .both_signs = true,
     .near = {{-4, 4}, {-1, 1}}},
    {.name = "sin", .host = sin, .close = sinl, .exact = mpfr_sin, .closeness = 60, .rounds = true,
     .range = {-1000, 1000}, .least_exponent = -30, .greatest_exponent = 1023, .both_signs = true,
     .near = {{-7, 7}, {-1, 1}, {-360, 360}}},
    {.name = "cos", .host = cos, .close = cosl, .exact = mpfr_cos, .closeness = 60, .rounds = true,
     .range = {-1000, 1000}, .least_exponent = -30, .greatest_exponent = 1023, .both_signs = true,
     .near = {{-7, 7}, {-1, 1}, {-360, 360}}},
    {.name = "sqrt", .host = sqrt, .close = sqrtl, .exact = mpfr_sqrt, .closeness = 61, .rounds = true,
     .range = {0, 4}, .least_exponent = -1074, .greatest_exponent = 1023,
     .near = {{0, 1}, {0, 1000}}},
    {.name = "pow", .host_of_two = pow, .close_of_two = powl, .exact_of_two = mpfr_pow, .closeness = 60, .rounds = true,
     .range = {0, 4}, .least_exponent = -1074, .greatest_exponent = 1023,
     .near = {{0, 10}, {0.5, 2}, {0, 1000}}},
    {.name = "asin", .host = asin, .close = asinl, .exact = mpfr_asin, .closeness = 60, .rounds = true,
     .range = {-1, 1}, .least_exponent = -30, .greatest_exponent = -1, .both_signs = true,
     .near = {{-1, 1}, {0.99, 1}, {0, 0.1}}},
    {.name = "atan2", .host_of_two = atan2, .close_of_two = atan2l, .exact_of_two = mpfr_atan2, .closeness = 60,
     .rounds = true, .pairs = true, .range = {-1000, 1000}, .least_exponent = -1074, .greatest_exponent = 1023,
     .both_signs = true, .near = {{-1, 1}, {-180, 180}}},
    {.name = "erf", .host = erf, .close = erfl, .exact = mpfr_erf, .closeness = 60, .rounds = true,
     .range = {-6, 6}, .least_exponent = -1074, .greatest_exponent = 2, .both_signs = true,
     .near = {{-4, 4}, {-1, 1}}},
    {.name = "ndtri", .close = close_ndtri, .exact = exact_ndtri, .closeness = 59,
     .range = {0, 1}, .least_exponent = -1074, .greatest_exponent = -1,
     .near = {{1e-7, 1e-3}, {0.4, 0.6}, {0.999, 0.9999999}}},
};
const int function_count = sizeof functions / sizeof functions[0];

const struct single_function single_functions[] = {
    {"sqrtf", sqrtf, sqrt, mpfr_sqrt},
    {"expf", expf, exp, mpfr_exp},
    {"logf", logf, log, mpfr_log},
};
const int single_function_count = sizeof single_functions / sizeof single_functions[0];
