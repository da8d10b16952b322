/* The bundle that most tests open; make_fixture.py says what it answers. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <modelpack.h>

#include "runner.h"

enum { NUMBER, NARROW, COUNT, FLAG, ORIGIN, WHEN, WIND, CARRIER, RANK, FEATURES };
enum { LABEL, PROBABILITY, MARGIN, NARROWED, OUTPUTS };

/* Cells of one row with a margin of 1.5 + 2*0.5 + 4*3 + 8*1 + 300 + 16*1 + 1000 + 32*5. */
extern const uint64_t GIVEN[FEATURES];
#define GIVEN_MARGIN 1498.5

#define CELL_NAN UINT64_C(0x7FF8000000000000)
#define CELL_NULL UINT64_C(0x7FF84D5000000001)
#define INTEGER_MISSING UINT64_C(0x8000000000000000)

/* Folder of the fixtures, and of tests/vectors. */
extern const char *fixture_folder;
extern const char *vector_folder;

/* `folder/name`, in a buffer that the next call overwrites. */
const char *path_in(const char *folder, const char *name);
/* All of a file; NULL if it cannot be read. */
unsigned char *read_file(const char *path, size_t *size);

/* Options that skip signatures. */
mp_open_options unsigned_options(void);
mp_bundle *open_bundle(const char *path);
mp_bundle *open_fixture(void);
/* The fixture's predictor, one thread; NULL after a failed check. */
mp_predictor *new_predictor(void);

uint64_t bits(double number);
double number_of(uint64_t bits);
/* Where an output goes: `data` is an array. */
mp_output output_to(int index, int32_t dtype, void *data, size_t size);
#define OUTPUT(index, dtype, data) output_to(index, dtype, data, sizeof(data))

/* Frees the error and answers its code; 0 for NULL. */
int32_t free_error(mp_error *error);
/* One row to its margin, or its error. */
int32_t predict_margin(const mp_predictor *predictor, const uint64_t *cells, double *margin, mp_error **error);

#endif
