#include "check.h"

#include <math.h>

uint64_t random_bits(struct random *random) {
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = (random->state ^ random->state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static double between(struct random *random, struct span span) {
    return span.low + (span.high - span.low) * ((double)(random_bits(random) >> 11) * 0x1p-53);
}

/* A number of any exponent from least to greatest. */
static double sized(struct random *random, int least, int greatest, bool both_signs) {
    uint64_t bits = random_bits(random);
    int exponent = least + (int)(bits % (uint64_t)(greatest - least + 1));
    double size = ldexp(between(random, (struct span){1, 2}), exponent);
    return both_signs && bits >> 63 ? -size : size;
}

static double near_models(const struct function *function, struct random *random) {
    int spans = 0;
    while (spans < NEAR_SPANS && function->near[spans].low < function->near[spans].high) {
        spans++;
    }
    return between(random, function->near[random_bits(random) % (uint64_t)spans]);
}

/* A multiple of 1/4 from -5 to 5. */
static double quarters(struct random *random) {
    return (double)(int)(random_bits(random) % 41) / 4 - 5;
}

/* An exponent for which x^y is neither 0 nor infinity, some beyond; or a small multiple of 1/4. */
static double power(struct random *random, double x) {
    if (random_bits(random) % 8 == 0) {
        return quarters(random);
    }
    double size = log2(x);
    return between(random, (struct span){-1080, 1030}) / (size == 0 ? 1 : size);
}

/* The leading bits of a number, 1 to 27 of them: powers of such numbers end early. */
static double cut(struct random *random, double x) {
    int exponent, bits = 1 + (int)(random_bits(random) % 27);
    double fraction = frexp(x, &exponent);
    return ldexp(trunc(ldexp(fraction, bits)), exponent - bits);
}

static struct arguments base_and_power(struct random *random, double x, uint64_t kind) {
    if (random_bits(random) % 8 == 0) {
        return (struct arguments){cut(random, x), quarters(random)};
    }
    return (struct arguments){x, kind == 4 ? between(random, (struct span){-5, 5}) : power(random, x)};
}

static double drawn(const struct function *function, struct random *random, uint64_t kind) {
    if (kind == 4) {
        return near_models(function, random);
    }
    if (kind % 2) {
        return between(random, function->range);
    }
    return sized(random, function->least_exponent, function->greatest_exponent, function->both_signs);
}

/* The other coordinate: of any size, or from 2^-70 to 2^70 of the first one. */
static double coordinate(const struct function *function, struct random *random, uint64_t kind, double x) {
    if (kind % 4) {
        return drawn(function, random, kind % 5);
    }
    return x * sized(random, -70, 70, true);
}

struct arguments draw(const struct function *function, struct random *random, uint64_t index) {
    uint64_t kind = index % 5;
    struct arguments arguments = {drawn(function, random, kind), 0};
    if (function->pairs) {
        arguments.y = coordinate(function, random, random_bits(random), arguments.x);
    } else if (function->exact_of_two) {
        arguments = base_and_power(random, arguments.x, kind);
    }
    return arguments;
}
