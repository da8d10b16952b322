/* Angles modulo a turn: x = k pi/128 + r, or x = q pi/2 + r. Internal. */
#ifndef MODELPACK_MATH_ANGLE_H
#define MODELPACK_MATH_ANGLE_H

#include "modelpack_math_pair.h"

#define MP_MATH_ANGLE_LIMBS 12

/* A fraction of a step, +-0.limbs, the most significant limb first. */
struct mp_math_fraction {
    int negative;
    uint32_t limbs[MP_MATH_ANGLE_LIMBS];
};

/*
 * The nearest whole number of steps of 2 pi/2^bits to a finite |x| >= 1/4, modulo 2^bits, and the rest, at most half a step, within
 * 2^-300.
 */
int mp_math_turns(double x, int bits, struct mp_math_fraction *rest);
/* x = k pi/128 + r modulo 2 pi for a finite x, k from 0 to 255, |r| <= pi/256 and a little with a relative error below 2^-75. */
int mp_math_angle_steps(double x, struct mp_math_pair *rest);

#endif
