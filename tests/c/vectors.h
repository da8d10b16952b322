/* The vectors of tests/vectors/valid as a check that other tests repeat under their own conditions. */
#ifndef VECTORS_H
#define VECTORS_H

void every_vector_answers_with_the_bits_it_states(void);

#endif
