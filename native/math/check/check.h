/* Compares elementary functions with their exact values: `python tools/check_math.py` builds and runs it. */
#ifndef CHECK_H
#define CHECK_H

#include <mpfr.h>
#include <stdbool.h>
#include <stdint.h>

enum { NEAR_SPANS = 3, HARDEST = 100 };

/* An interval of arguments, drawn evenly. */
struct span {
    double low, high;
};

/* A function of one double, or of two. */
struct function {
    const char *name;
    double (*host)(double);
    double (*host_of_two)(double, double);
    long double (*close)(long double); /* within 2^-closeness of the exact value, relatively */
    long double (*close_of_two)(long double, long double);
    int (*exact)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
    int (*exact_of_two)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
    int closeness;
    bool rounds; /* `exact` rounds correctly to any precision */
    struct span range;
    int least_exponent, greatest_exponent; /* of the arguments that are spread over the exponents */
    bool both_signs;
    bool pairs; /* of coordinates: the second argument is drawn as the first one is */
    struct span near[NEAR_SPANS]; /* arguments that models see; low = high ends the list */
};

extern const struct function functions[];
extern const int function_count;

/* The exponent of a power, spread so that x^y covers all sizes of results. */
struct arguments {
    double x, y;
};

/* Seeded numbers (splitmix64). */
struct random {
    uint64_t state;
};

uint64_t random_bits(struct random *);
/* The index-th argument of a chunk; every fifth is one that models see. */
struct arguments draw(const struct function *, struct random *, uint64_t index);

/* What MPFR needs in one thread. */
struct exact {
    mpfr_t x, y, wide, narrow, rest;
};

void exact_open(struct exact *);
void exact_close(struct exact *);

struct nearest {
    double value;       /* the double nearest to the exact value */
    double distance;    /* of the exact value from the closest midpoint, in units of the last place; 1 if not known */
    double closeness;   /* relative error of the long double; 0 if not known */
    long double close;
    bool by_mpfr;
};

/* `certainly_exact` asks MPFR also where the long double would do. */
struct nearest nearest(const struct function *, struct exact *, struct arguments, bool certainly_exact);

/* One unit of the last place of the double. */
double unit_of(double);

/* A function of one single, every argument of which is compared. */
struct single_function {
    const char *name;
    float (*host)(float);
    double (*close)(double); /* relative error below 2^-51 */
    int (*exact)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
};

extern const struct single_function single_functions[];
extern const int single_function_count;

float nearest_single(const struct single_function *, struct exact *, float x, bool *by_mpfr);

uint64_t bits_of(double);
uint32_t bits_of_single(float);
bool same(double, double);
bool same_single(float, float);

#endif
