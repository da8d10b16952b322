@notice@
/*
 * The model @about@ in C99, without dependencies: the same bits as modelpack's own on every machine.
 *
 *     name_cell row[NAME_FEATURES];
 *     name_answer answer;
 *     ... fill row, one cell a feature: numbers as .number, all others as .integer ...
 *     if (name_predict(row, &answer, NULL) != NAME_OK) { ... }
 *
 * Ownership: everything belongs to the caller. Nothing is allocated and nothing is kept between calls, so any thread may call any
 * function at any time. name_predict uses about NAME_WORKSPACE_BYTES of stack, and 8 bytes a feature; name_predict_in takes the
 * former from the memory it is given.
 * Floating point: the environment must be the default one (nearest even, subnormal numbers kept). The sources refuse -ffast-math
 * and switch contraction off; -ffp-contract=off, as in the Makefile, says so to compilers that heed no pragma.
 * name_selftest answers the model's golden rows and says whether each bit is right: call it once on a new machine or compiler.
 * -ffreestanding is enough; a compiler may call memcpy and memset.
 */
#ifndef NAME_H
#define NAME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Results. The numbers are those of modelpack's errors. */
#define NAME_OK 0
/* A cell that is none of its feature: a bool above 2, a code that is not of the dictionary. */
#define NAME_WRONG_TYPE 302
/* A number too large for a float32 feature; others are rounded to it. */
#define NAME_NOT_EXACT 303
/* Missing, where the feature's policy or the model refuses that. */
#define NAME_MISSING 304
/* A category that training did not see, where the feature's policy or the model refuses that. */
#define NAME_UNSEEN 305
/* NaN, infinite, or too large, where the model refuses that. */
#define NAME_NON_FINITE 306

/* Cells of a row, and the place of each feature in it. */
#define NAME_FEATURES @count@
@features@

/* Memory for one row, aligned to 8 bytes. */
#define NAME_WORKSPACE_BYTES @workspace@
/* Rows that name_selftest answers. */
#define NAME_GOLDEN_ROWS @golden@

typedef union name_cell {
    double number;
    int64_t integer;
} name_cell;

/* What the model answers. NaN is 0x7ff8000000000000, of a float 0x7fc00000. */
typedef struct name_answer {
@outputs@
} name_answer;

/* Why a row is refused: of several reasons the first, features before the model's steps. */
typedef struct name_refused {
    int32_t result;
    /* Place in the row, or -1 where a step refuses what comes from several features. */
    int32_t feature;
    /* Name of the model's step, or NULL: the feature's own policy. It lives as long as the program. */
    const char *step;
} name_refused;

/*
 * Answers one row. Returns NAME_OK and writes *answer, or returns another result, which *refused explains (NULL: nobody asks),
 * and leaves *answer as it was.
 */
int32_t name_predict(const name_cell row[], name_answer *answer, name_refused *refused);

/* As name_predict, in NAME_WORKSPACE_BYTES of the caller's, aligned to 8 bytes. One call at a time in one memory. */
int32_t name_predict_in(const name_cell row[], name_answer *answer, name_refused *refused, void *workspace);

/*
 * The code of a category: its text as exact UTF-8 bytes, `length` of them. -3: training did not see it. Of a feature that is no
 * string also -3.
 */
int64_t name_code(uint32_t feature, const char *text, size_t length);

/* The cell of a missing value, of the kind (None or NaN) that training saw. */
name_cell name_missing(uint32_t feature);

/* 0 if all golden rows are answered with the same bits, else 1 and the number of the first that is not. */
int32_t name_selftest(void);

#ifdef __cplusplus
}
#endif

#endif
