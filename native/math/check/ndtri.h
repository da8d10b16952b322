/* The inverse of the distribution function of the standard normal distribution, which neither libm nor MPFR has. */
#ifndef NDTRI_H
#define NDTRI_H

#include <mpfr.h>

/* Relative error below 2^-59. */
long double close_ndtri(long double);
/* Relative error below 2^-150, rounded to the precision of the result. */
int exact_ndtri(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

#endif
