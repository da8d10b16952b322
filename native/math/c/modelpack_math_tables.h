/* Written by tools/make_math_tables.py; not edited by hand. */
#ifndef MODELPACK_MATH_TABLES_H
#define MODELPACK_MATH_TABLES_H

#include <stdint.h>

/* 128/ln 2. */
extern const double mp_math_steps_per_ln2;
/* The leading 35 bits of ln(2)/128: its product with an integer below 2^18 is exact. */
extern const double mp_math_step_high;
/* The next 35 bits of ln(2)/128. */
extern const double mp_math_step_middle;
/* The rest of ln(2)/128. */
extern const double mp_math_step_low;
/* The leading 42 bits of ln 2: its product with an exponent is exact. */
extern const double mp_math_ln2_high;
/* The rest of ln 2. */
extern const double mp_math_ln2_low;
/* ln 2. */
extern const double mp_math_ln2[2];
/* 1/ln 2. */
extern const double mp_math_inverse_ln2[2];
/* 1/3. */
extern const double mp_math_third[2];
/* The mantissa of ln 2. */
extern const uint32_t mp_math_wide_ln2[8];
/* The mantissa of 1/ln 2, to be doubled. */
extern const uint32_t mp_math_wide_inverse_ln2[8];
/* 2^(i/128), as sums of two doubles. */
extern const double mp_math_powers[128][2];
/* For the i-th 128th of [1, 2), halved from the 53rd on: c with |c m - 1| <= 2^-7, and -ln(c). */
extern const double mp_math_inverses[128][3];
/* 64 zeros and the bits of 2/pi after the point, the most significant limb first. */
extern const uint32_t mp_math_two_over_pi[46];
/* 128/pi. */
extern const double mp_math_steps_per_pi;
/* The leading 27 bits of pi/128. */
extern const double mp_math_angle_high;
/* The next bits of pi/128, to 2^-59. */
extern const double mp_math_angle_middle;
/* The next 53 bits of pi/128. */
extern const double mp_math_angle_low;
/* The rest of pi/128. */
extern const double mp_math_angle_lowest;
/* pi/128. */
extern const double mp_math_angle[2];
/* -1/6. */
extern const double mp_math_minus_sixth[2];
/* The mantissa of pi. */
extern const uint32_t mp_math_wide_pi[8];
/* sin(i pi/128). */
extern const double mp_math_sines[65][2];

#endif
