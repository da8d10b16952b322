/* Finds arguments whose exact values lie very close to a midpoint, many times faster than one by one. */
#ifndef SEARCH_H
#define SEARCH_H

#include "hardest.h"

/* Searches `count` blocks of 2^22 neighbouring arguments; `seed` chooses them. */
void search(const struct function *, uint64_t seed, uint64_t count, struct hardest *);

#endif
