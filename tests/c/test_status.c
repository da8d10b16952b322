/* A status per row: good rows are answered, bad ones say why. */
#include <math.h>
#include <stdlib.h>

#include "fixture.h"

/* More than a block, so that the block path fails and is run again row by row. */
#define ROWS 1500

static void good_rows_are_answered_beside_bad_ones(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t *cells = malloc(ROWS * sizeof GIVEN);
  double *margin = malloc(ROWS * sizeof *margin);
  int32_t *status = malloc((ROWS + 1) * sizeof *status);
  mp_predict_options options = {0};
  mp_matrix matrix = {0};
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, margin, ROWS * sizeof *margin);
  int row;
  CHECK(predictor && cells && margin && status);
  for (row = 0; row < ROWS; row++) {
    memcpy(cells + row * FEATURES, GIVEN, sizeof GIVEN);
    cells[row * FEATURES + NUMBER] = bits(row % 100 == 7 ? INFINITY : row);
    if (row % 100 == 8) cells[row * FEATURES + RANK] = INTEGER_MISSING;
    if (row % 100 == 9) cells[row * FEATURES + FLAG] = 3;
  }
  memset(status, 0x55, (ROWS + 1) * sizeof *status);
  options.struct_size = sizeof options;
  options.status = status;
  options.status_count = ROWS + 1;
  matrix.struct_size = sizeof matrix;
  matrix.data = cells;
  matrix.dtype = MP_DTYPE_CELL;
  matrix.rows = ROWS;
  matrix.columns = FEATURES;
  matrix.row_stride = sizeof GIVEN;
  matrix.column_stride = 8;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, &options, &output, 1, NULL), MP_OK);
  for (row = 0; row < ROWS; row++) {
    int kind = row % 100;
    int32_t expected = kind == 7 ? MP_ERROR_NON_FINITE : kind == 8 ? MP_ERROR_MISSING : kind == 9 ? MP_ERROR_WRONG_TYPE : 0;
    CHECK_INT(status[row], expected);
    if (!expected) CHECK_DOUBLE(margin[row], GIVEN_MARGIN - 1.5 + row);
  }
  CHECK_INT(status[ROWS], 0x55555555);
  options.status = NULL;
  options.status_count = 0;
  {
    mp_error *error = NULL;
    CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, &options, &output, 1, &error), MP_ERROR_NON_FINITE);
    CHECK_INT(mp_error_row(error), 7);
    mp_error_free(error);
  }
  free(cells);
  free(margin);
  free(status);
  mp_predictor_free(predictor);
}

static void one_row_has_a_status_too(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[FEATURES];
  int32_t status = 77;
  double margin = 7;
  mp_predict_options options = {0};
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, &margin, sizeof margin);
  CHECK(predictor);
  options.struct_size = sizeof options;
  options.status = &status;
  options.status_count = 1;
  memcpy(cells, GIVEN, sizeof cells);
  CHECK_INT(mp_predictor_predict_row(predictor, cells, FEATURES, NULL, 0, &options, &output, 1, NULL), MP_OK);
  CHECK_INT(status, 0);
  CHECK_DOUBLE(margin, GIVEN_MARGIN);
  cells[RANK] = INTEGER_MISSING;
  CHECK_INT(mp_predictor_predict_row(predictor, cells, FEATURES, NULL, 0, &options, &output, 1, NULL), MP_OK);
  CHECK_INT(status, MP_ERROR_MISSING);
  /* What is wrong with the call itself fails the call. */
  CHECK_INT(mp_predictor_predict_row(predictor, cells, FEATURES - 1, NULL, 0, &options, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  mp_predictor_free(predictor);
}

static void a_status_array_covers_every_row(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[2 * FEATURES];
  int32_t status[2] = {77, 77};
  double margin[2];
  mp_predict_options options = {0};
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  CHECK(predictor);
  memcpy(cells, GIVEN, sizeof GIVEN);
  memcpy(cells + FEATURES, GIVEN, sizeof GIVEN);
  options.struct_size = sizeof options;
  options.status = status;
  options.status_count = 1;
  CHECK_INT(mp_predictor_reference(predictor, cells, 2, &options, &output, 1, NULL), MP_ERROR_USAGE);
  CHECK_INT(status[0], 77);
  options.status = NULL;
  CHECK_INT(mp_predictor_reference(predictor, cells, 2, &options, &output, 1, NULL), MP_ERROR_USAGE);
  options.status = status;
  options.status_count = 2;
  cells[FEATURES + RANK] = INTEGER_MISSING;
  CHECK_INT(mp_predictor_reference(predictor, cells, 2, &options, &output, 1, NULL), MP_OK);
  CHECK_INT(status[0], 0);
  CHECK_INT(status[1], MP_ERROR_MISSING);
  mp_predictor_free(predictor);
}

void add_status_tests(void) {
  ADD(good_rows_are_answered_beside_bad_ones);
  ADD(one_row_has_a_status_too);
  ADD(a_status_array_covers_every_row);
}
