/* What the comparison of one function counts. */
#ifndef TALLY_H
#define TALLY_H

#include "hardest.h"

#include <stdatomic.h>

enum { WRONG_KEPT = 3, CHUNK = 1 << 14 };

struct wrong {
    struct arguments at;
    double got, right;
};

struct tally {
    uint64_t arguments, wrong, by_mpfr, host_differs;
    double host_error; /* the host's greatest error, in units */
    double closeness;  /* the long double's greatest relative error */
    struct wrong kept[WRONG_KEPT];
    struct hardest hardest;
};

void tally_add(struct tally *, const struct tally *other);

/* The functions under test, by name, in a shared library: `mp_math_NAME`. */
struct subject {
    double (*of_one)(double);
    double (*of_two)(double, double);
    float (*single)(float);
};

/* Compares `count` drawn arguments, and those of the list, in `jobs` threads. */
void compare(const struct function *, const struct subject *, uint64_t count, int jobs, struct tally *);
/* Compares every single, the host's function in `host_differs`. */
void compare_singles(const struct single_function *, const struct subject *, int jobs, struct tally *);

#endif
