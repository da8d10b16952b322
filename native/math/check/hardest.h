/* The arguments of a function whose exact values lie closest to a midpoint of two doubles. */
#ifndef HARDEST_H
#define HARDEST_H

#include "check.h"

struct hard {
    struct arguments at;
    double value, distance;
};

struct hardest {
    int count;
    struct hard items[HARDEST]; /* the closest first */
};

/* Exact midpoints (distance 0) are left out: no precision decides them. */
void hardest_offer(struct hardest *, struct hard);
/* Reads DIRECTORY/NAME.tsv, if it is there; false for a line that is none. */
bool hardest_read(struct hardest *, const char *directory, const struct function *);
bool hardest_write(const struct hardest *, const char *directory, const struct function *);

#endif
