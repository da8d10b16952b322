/* Matrices: dtypes, strides, alignment, shapes. String features stand in a matrix as cells only. */
#include <math.h>
#include <stdlib.h>

#include "fixture.h"

#define ROWS 5

static mp_matrix matrix_of(const void *data, int32_t dtype, int64_t row_stride, int64_t column_stride) {
  mp_matrix matrix = {0};
  matrix.struct_size = sizeof matrix;
  matrix.data = data;
  matrix.dtype = dtype;
  matrix.rows = ROWS;
  matrix.columns = FEATURES;
  matrix.row_stride = row_stride;
  matrix.column_stride = column_stride;
  return matrix;
}

/* Cells of row r: GIVEN, with number r. */
static void fill(uint64_t cells[ROWS][FEATURES]) {
  int row;
  for (row = 0; row < ROWS; row++) {
    memcpy(cells[row], GIVEN, sizeof GIVEN);
    cells[row][NUMBER] = bits(row);
  }
}

static void check_margins(const mp_predictor *predictor, const mp_matrix *matrix) {
  double margin[ROWS] = {0};
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  mp_error *error = NULL;
  int row;
  if (mp_predictor_predict_matrix(predictor, matrix, NULL, &output, 1, &error) != MP_OK) {
    fail(__FILE__, __LINE__, "%s", mp_error_message(error, NULL));
    mp_error_free(error);
    return;
  }
  for (row = 0; row < ROWS; row++) CHECK_DOUBLE(margin[row], GIVEN_MARGIN - 1.5 + row);
}

static void rows_columns_and_reversed_rows_are_strides(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[ROWS][FEATURES], by_column[FEATURES][ROWS], reversed[ROWS][FEATURES];
  mp_matrix matrix;
  int row, column;
  CHECK(predictor);
  fill(cells);
  for (row = 0; row < ROWS; row++) {
    for (column = 0; column < FEATURES; column++) {
      by_column[column][row] = cells[row][column];
      reversed[ROWS - 1 - row][FEATURES - 1 - column] = cells[row][column];
    }
  }
  matrix = matrix_of(cells, MP_DTYPE_CELL, sizeof cells[0], 8);
  check_margins(predictor, &matrix);
  matrix = matrix_of(by_column, MP_DTYPE_CELL, 8, sizeof by_column[0]);
  check_margins(predictor, &matrix);
  matrix = matrix_of(&reversed[ROWS - 1][FEATURES - 1], MP_DTYPE_CELL, -(int64_t)sizeof reversed[0], -8);
  check_margins(predictor, &matrix);
  mp_predictor_free(predictor);
}

static void any_alignment_will_do(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[ROWS][FEATURES];
  unsigned char *bytes = malloc(sizeof cells + 3);
  mp_matrix matrix;
  CHECK(predictor && bytes);
  fill(cells);
  memcpy(bytes + 3, cells, sizeof cells);
  matrix = matrix_of(bytes + 3, MP_DTYPE_CELL, sizeof cells[0], 8);
  check_margins(predictor, &matrix);
  free(bytes);
  mp_predictor_free(predictor);
}

static void a_row_repeated_by_a_stride_of_zero(void) {
  mp_predictor *predictor = new_predictor();
  mp_matrix matrix = matrix_of(GIVEN, MP_DTYPE_CELL, 0, 8);
  double margin[ROWS];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  int row;
  CHECK(predictor);
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_OK);
  for (row = 0; row < ROWS; row++) CHECK_DOUBLE(margin[row], GIVEN_MARGIN);
  mp_predictor_free(predictor);
}

/* Of the numbers of row 0 the features take these; NaN stands for the strings: origin is NaN (-2), carrier defaults to UA. */
static void numbers_are_taken_where_the_features_take_them(void) {
  mp_predictor *predictor = new_predictor();
  double row[ROWS][FEATURES];
  float narrow[ROWS][FEATURES];
  double margin[ROWS];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  mp_matrix matrix;
  int r, c;
  CHECK(predictor);
  for (r = 0; r < ROWS; r++) {
    static const double VALUES[FEATURES] = {1.5, 0.5, 3, 1, NAN, NAN, 1, NAN, 5};
    for (c = 0; c < FEATURES; c++) narrow[r][c] = (float)(row[r][c] = VALUES[c]);
  }
  matrix = matrix_of(row, MP_DTYPE_FLOAT64, sizeof row[0], 8);
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_OK);
  for (r = 0; r < ROWS; r++) CHECK_DOUBLE(margin[r], GIVEN_MARGIN - 302 + 1000);
  matrix = matrix_of(narrow, MP_DTYPE_FLOAT32, sizeof narrow[0], 4);
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_OK);
  for (r = 0; r < ROWS; r++) CHECK_DOUBLE(margin[r], GIVEN_MARGIN - 302 + 1000);
  mp_predictor_free(predictor);
}

static void a_float64_that_is_no_float32_is_refused(void) {
  mp_predictor *predictor = new_predictor();
  double row[ROWS][FEATURES];
  double margin[ROWS];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  mp_matrix matrix = matrix_of(row, MP_DTYPE_FLOAT64, sizeof row[0], 8);
  mp_error *error = NULL;
  int r, c;
  CHECK(predictor);
  for (r = 0; r < ROWS; r++) {
    static const double VALUES[FEATURES] = {1.5, 0.5, 3, 1, NAN, NAN, 1, NAN, 5};
    for (c = 0; c < FEATURES; c++) row[r][c] = VALUES[c];
  }
  row[3][NARROW] = 0.1;
  row[4][NUMBER] = INFINITY;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, &error), MP_ERROR_NOT_EXACT);
  CHECK_INT(mp_error_row(error), 3);
  mp_error_free(error);
  /* The first error is that of the lowest row. */
  row[2][NUMBER] = INFINITY;
  error = NULL;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, &error), MP_ERROR_NON_FINITE);
  CHECK_INT(mp_error_row(error), 2);
  mp_error_free(error);
  mp_predictor_free(predictor);
}

static void outputs_may_be_strided_and_unaligned(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[ROWS][FEATURES];
  unsigned char bytes[1 + ROWS * 20];
  mp_matrix matrix = matrix_of(cells, MP_DTYPE_CELL, sizeof cells[0], 8);
  mp_output output = output_to(PROBABILITY, MP_DTYPE_FLOAT64, bytes + 1, ROWS * 20 - 4);
  double number;
  int row;
  CHECK(predictor);
  fill(cells);
  memset(bytes, 0x55, sizeof bytes);
  output.row_stride = 20;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_OK);
  for (row = 0; row < ROWS; row++) {
    memcpy(&number, bytes + 1 + row * 20 + 8, sizeof number);
    CHECK_DOUBLE(number, 1.0);
    CHECK_INT(bytes[1 + row * 20 + 16], 0x55);
  }
  mp_predictor_free(predictor);
}

static void no_rows_are_an_empty_answer(void) {
  mp_predictor *predictor = new_predictor();
  mp_matrix matrix = matrix_of(NULL, MP_DTYPE_FLOAT64, 0, 0);
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, NULL, 0);
  CHECK(predictor);
  matrix.rows = 0;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_OK);
  matrix.columns = FEATURES - 1;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  mp_predictor_free(predictor);
}

static void matrices_that_cannot_be_are_refused(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[ROWS][FEATURES];
  double margin[ROWS];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  mp_matrix good, bad;
  CHECK(predictor);
  fill(cells);
  good = matrix_of(cells, MP_DTYPE_CELL, sizeof cells[0], 8);
  bad = good;
  bad.columns = FEATURES + 1;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  bad = good;
  bad.data = NULL;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  bad = good;
  bad.dtype = MP_DTYPE_STRING;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_WRONG_TYPE);
  bad = good;
  bad.dtype = 99;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_WRONG_TYPE);
  bad = good;
  bad.rows = UINT64_MAX;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  bad = good;
  bad.row_stride = INT64_MAX / 2;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  bad = good;
  bad.column_stride = INT64_MIN;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  bad = good;
  bad.reserved = 1;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &bad, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_predictor_predict_matrix(predictor, NULL, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  check_margins(predictor, &good);
  mp_predictor_free(predictor);
}

void add_matrix_tests(void) {
  ADD(rows_columns_and_reversed_rows_are_strides);
  ADD(any_alignment_will_do);
  ADD(a_row_repeated_by_a_stride_of_zero);
  ADD(numbers_are_taken_where_the_features_take_them);
  ADD(a_float64_that_is_no_float32_is_refused);
  ADD(outputs_may_be_strided_and_unaligned);
  ADD(no_rows_are_an_empty_answer);
  ADD(matrices_that_cannot_be_are_refused);
}
