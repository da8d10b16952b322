/*
 * In a block of neighbouring doubles the exact value, in units of the last place, is a cubic polynomial of the argument's index; it
 * is found from four exact values. In each of the block's parts it is nearly linear, c + b i modulo 1 with i the index in the part, and
 * Euclid's algorithm finds the i for which that lies next to a midpoint. MPFR then looks at each of them. Parts that bend too much
 * are left out: this finds hard arguments, and proves nothing of the others.
 */
#include "search.h"

#include <string.h>

typedef unsigned __int128 fraction; /* of 2^128 */

enum { PART = 2048, PARTS = 2048, NODES = 4, STEP = 682, BITS = 320 };
/* Half the width of the window about a midpoint, 2^-32 units, and the most that a part may bend. */
static const uint64_t WINDOW = UINT64_C(1) << 30; /* of MODULUS */
static const fraction MOST_BEND = (fraction)1 << 98;
static const uint64_t MODULUS = UINT64_C(1) << 62;

/* The least i with low <= factor i mod modulus <= high, or UINT64_MAX. */
static uint64_t first_hit(uint64_t factor, uint64_t modulus, uint64_t low, uint64_t high) {
    if (low == 0) {
        return 0;
    }
    if (factor == 0) {
        return UINT64_MAX;
    }
    if (factor > modulus / 2) {
        uint64_t mirrored = modulus - high;
        factor = modulus - factor;
        high = modulus - low;
        low = mirrored;
    }
    uint64_t turns = (low + factor - 1) / factor;
    if (turns * factor <= high) {
        return turns;
    }
    uint64_t rest_low = (factor - high % factor) % factor, rest_high = (factor - low % factor) % factor;
    uint64_t times = first_hit(modulus % factor, factor, rest_low, rest_high);
    if (times > PART) {
        return UINT64_MAX;
    }
    fraction from = (fraction)modulus * times + low;
    return (uint64_t)((from + factor - 1) / factor);
}

struct block {
    struct arguments start;
    mpfr_t values[NODES], slopes[NODES], next, scratch;
    struct exact exact;
};

static struct arguments moved(struct arguments at, uint64_t steps) {
    uint64_t bits = bits_of(at.x) + steps;
    memcpy(&at.x, &bits, sizeof bits);
    return at;
}

static void value_at(const struct function *function, struct block *block, struct arguments at, mpfr_ptr to) {
    mpfr_set_d(block->exact.x, at.x, MPFR_RNDN);
    mpfr_set_d(block->exact.y, at.y, MPFR_RNDN);
    if (function->exact_of_two) {
        function->exact_of_two(to, block->exact.x, block->exact.y, MPFR_RNDN);
    } else {
        function->exact(to, block->exact.x, MPFR_RNDN);
    }
}

/* Values and slopes at the nodes, in units of the last place; false where the block leaves a power of two. */
static bool measure(const struct function *function, struct block *block) {
    mpfr_exp_t exponent = 0;
    for (int node = 0; node < NODES; node++) {
        struct arguments at = moved(block->start, (uint64_t)node * STEP * PART + PART / 2);
        value_at(function, block, at, block->values[node]);
        value_at(function, block, moved(at, 1), block->next);
        if (!mpfr_regular_p(block->values[node])) {
            return false;
        }
        mpfr_exp_t here = mpfr_get_exp(block->values[node]);
        if ((node && here != exponent) || here < -1000 || here > 1020) {
            return false;
        }
        exponent = here;
        mpfr_sub(block->slopes[node], block->next, block->values[node], MPFR_RNDN);
        mpfr_mul_2si(block->slopes[node], block->slopes[node], 53 - exponent, MPFR_RNDN);
        mpfr_mul_2si(block->values[node], block->values[node], 53 - exponent, MPFR_RNDN);
        mpfr_sub_d(block->values[node], block->values[node], 0.5, MPFR_RNDN);
    }
    return true;
}

static fraction modulo_one(mpfr_ptr value) {
    mpfr_t rest;
    mpfr_init2(rest, BITS);
    mpfr_floor(rest, value);
    mpfr_sub(rest, value, rest, MPFR_RNDN);
    fraction result = 0;
    for (int i = 0; i < 4; i++) {
        mpfr_mul_2si(rest, rest, 32, MPFR_RNDN);
        unsigned long part = mpfr_get_ui(rest, MPFR_RNDZ);
        mpfr_sub_ui(rest, rest, part, MPFR_RNDN);
        result = result << 32 | part;
    }
    mpfr_clear(rest);
    return result;
}

/* The forward differences, from part to part, of the cubic polynomial through the nodes. */
static void differences(struct block *block, mpfr_t *nodes, fraction *result) {
    mpfr_ptr factor = block->next, sum = block->scratch;
    for (int order = 1; order < NODES; order++) {
        for (int node = NODES - 1; node >= order; node--) {
            mpfr_sub(nodes[node], nodes[node], nodes[node - 1], MPFR_RNDN);
        }
    }
    mpfr_t at[NODES];
    for (int j = 0; j < NODES; j++) {
        mpfr_init2(at[j], BITS);
        mpfr_set(at[j], nodes[0], MPFR_RNDN);
        mpfr_set_ui(factor, 1, MPFR_RNDN);
        for (int order = 1; order < NODES; order++) {
            /* t (t - 1) ... (t - order + 1) / order! with t = j/STEP */
            mpfr_mul_si(factor, factor, j - (order - 1) * STEP, MPFR_RNDN);
            mpfr_div_si(factor, factor, order * STEP, MPFR_RNDN);
            mpfr_mul(sum, factor, nodes[order], MPFR_RNDN);
            mpfr_add(at[j], at[j], sum, MPFR_RNDN);
        }
    }
    for (int order = 0; order < NODES; order++) {
        result[order] = modulo_one(at[0]);
        for (int j = 0; j + 1 < NODES - order; j++) {
            mpfr_sub(at[j], at[j + 1], at[j], MPFR_RNDN);
        }
    }
    for (int j = 0; j < NODES; j++) {
        mpfr_clear(at[j]);
    }
}

static void step(fraction *of) {
    for (int order = 0; order + 1 < NODES; order++) {
        of[order] += of[order + 1];
    }
}

/* Offers the arguments of one part whose values lie in the window. */
static void search_part(const struct function *function, struct block *block, uint64_t part, fraction middle,
                        fraction slope, struct hardest *hardest) {
    uint64_t factor = (uint64_t)(slope >> 66);
    uint64_t start = (uint64_t)((middle - slope * (PART / 2)) >> 66);
    for (uint64_t index = 0; index < PART; index++) {
        /* start + factor i lies in +-WINDOW: factor i lies from -WINDOW - start on. */
        uint64_t here = (start + factor * index) % MODULUS;
        uint64_t low = (2 * MODULUS - WINDOW - here) % MODULUS, high = low + 2 * WINDOW;
        uint64_t hit = high >= MODULUS ? 0 : first_hit(factor, MODULUS, low, high);
        if (hit >= PART - index) {
            return;
        }
        index += hit;
        struct arguments at = moved(block->start, part * PART + index);
        struct nearest right = nearest(function, &block->exact, at, true);
        hardest_offer(hardest, (struct hard){at, right.value, right.distance});
    }
}

static bool bends(fraction second) {
    return second + MOST_BEND > 2 * MOST_BEND;
}

static void search_block(const struct function *function, struct block *block, struct hardest *hardest) {
    fraction values[NODES], slopes[NODES];
    if (!measure(function, block)) {
        return;
    }
    differences(block, block->values, values);
    differences(block, block->slopes, slopes);
    for (uint64_t part = 0; part < PARTS; part++) {
        if (!bends(values[2])) {
            search_part(function, block, part, values[0], slopes[0], hardest);
        }
        step(values);
        step(slopes);
    }
}

void search(const struct function *function, uint64_t seed, uint64_t count, struct hardest *hardest) {
    struct random random = {~seed};
    struct block block;
    exact_open(&block.exact);
    for (int node = 0; node < NODES; node++) {
        mpfr_inits2(BITS, block.values[node], block.slopes[node], (mpfr_ptr)0);
    }
    mpfr_inits2(BITS, block.next, block.scratch, (mpfr_ptr)0);
    for (uint64_t i = 0; i < count; i++) {
        struct arguments at = draw(function, &random, i);
        uint64_t bits = bits_of(at.x) & ~(uint64_t)(PART * PARTS - 1);
        memcpy(&at.x, &bits, sizeof bits);
        block.start = at;
        search_block(function, &block, hardest);
    }
    for (int node = 0; node < NODES; node++) {
        mpfr_clears(block.values[node], block.slopes[node], (mpfr_ptr)0);
    }
    mpfr_clears(block.next, block.scratch, (mpfr_ptr)0);
    exact_close(&block.exact);
}
