/* Written by tools/make_math_tables.py; not edited by hand. */
#ifndef MODELPACK_MATH_TABLES_H
#define MODELPACK_MATH_TABLES_H

#include <stdint.h>

/* 128/ln 2. */
extern const double mp_math_table_steps_per_ln2;
/* The leading 35 bits of ln(2)/128: its product with an integer below 2^18 is exact. */
extern const double mp_math_table_step_high;
/* The next 35 bits of ln(2)/128. */
extern const double mp_math_table_step_middle;
/* The rest of ln(2)/128. */
extern const double mp_math_table_step_low;
/* The leading 42 bits of ln 2: its product with an exponent is exact. */
extern const double mp_math_table_ln2_high;
/* The rest of ln 2. */
extern const double mp_math_table_ln2_low;
/* ln 2. */
extern const double mp_math_table_ln2[2];
/* 1/ln 2. */
extern const double mp_math_table_inverse_ln2[2];
/* 1/3. */
extern const double mp_math_table_third[2];
/* 128/pi. */
extern const double mp_math_table_steps_per_pi;
/* The leading 27 bits of pi/128. */
extern const double mp_math_table_angle_high;
/* The next bits of pi/128, to 2^-59. */
extern const double mp_math_table_angle_middle;
/* The next 53 bits of pi/128. */
extern const double mp_math_table_angle_low;
/* The rest of pi/128. */
extern const double mp_math_table_angle_lowest;
/* pi/128. */
extern const double mp_math_table_angle[2];
/* pi. */
extern const double mp_math_table_pi[2];
/* pi/2. */
extern const double mp_math_table_half_pi[2];
/* -1/6. */
extern const double mp_math_table_minus_sixth[2];
/* -1/3. */
extern const double mp_math_table_minus_third[2];
/* The mantissa of ln 2. */
extern const uint32_t mp_math_table_wide_ln2[8];
/* The mantissa of 1/ln 2, to be doubled. */
extern const uint32_t mp_math_table_wide_inverse_ln2[8];
/* The mantissa of pi. */
extern const uint32_t mp_math_table_wide_pi[8];
/* The mantissa of the square root of 2 pi. */
extern const uint32_t mp_math_table_wide_root_two_pi[8];
/* The mantissa of 2 over the square root of pi. */
extern const uint32_t mp_math_table_wide_two_per_root_pi[8];
/* 2^(i/128), as sums of two doubles. */
extern const double mp_math_table_powers[128][2];
/* For the i-th 128th of [1, 2), halved from the 53rd on: c with |c m - 1| <= 2^-7, and -ln(c). */
extern const double mp_math_table_inverses[128][3];
/* 64 zeros and the bits of 2/pi after the point, the most significant limb first. */
extern const uint32_t mp_math_table_two_over_pi[46];
/* sin(i pi/128). */
extern const double mp_math_table_sines[65][2];
/* atan(i/64). */
extern const double mp_math_table_arctangents[65][2];
/* erf about i/32. */
extern const double mp_math_table_erf[191][15];
/* -ndtri(e^-s) about the middle of each 32nd of each octave of s from 2 on. */
extern const double mp_math_table_quantile_tail[271][15];
/* ndtri(1/2 + q) about q = i/256. */
extern const double mp_math_table_quantile_centre[95][15];

#endif
