/* Single values to cells; tests/vectors/types.tsv has the whole table. */
#include <math.h>

#include "fixture.h"

static void values_become_cells(void) {
  mp_bundle *bundle = open_fixture();
  uint64_t cell = 0;
  CHECK(bundle);
  CHECK_INT(mp_cell_f64(bundle, NUMBER, -0.0, &cell, NULL), MP_OK);
  CHECK(cell == bits(-0.0));
  CHECK_INT(mp_cell_f64(bundle, NUMBER, NAN, &cell, NULL), MP_OK);
  CHECK(cell == CELL_NAN);
  CHECK_INT(mp_cell_f64(bundle, COUNT, 17.0, &cell, NULL), MP_OK);
  CHECK_INT(cell, 17);
  CHECK_INT(mp_cell_i64(bundle, NUMBER, 17, &cell, NULL), MP_OK);
  CHECK(cell == bits(17.0));
  CHECK_INT(mp_cell_bool(bundle, FLAG, 1, &cell, NULL), MP_OK);
  CHECK_INT(cell, 1);
  CHECK_INT(mp_cell_time(bundle, WHEN, -1, &cell, NULL), MP_OK);
  CHECK_INT((int64_t)cell, -1);
  CHECK_INT(mp_cell_text(bundle, ORIGIN, "EWR", 3, &cell, NULL), MP_OK);
  CHECK_INT(cell, 2);
  CHECK_INT(mp_cell_text(bundle, ORIGIN, "", 0, &cell, NULL), MP_OK);
  CHECK_INT((int64_t)cell, -3);
  mp_bundle_free(bundle);
}

static void null_goes_by_kind_and_feature(void) {
  mp_bundle *bundle = open_fixture();
  uint64_t cell = 0;
  CHECK(bundle);
  CHECK_INT(mp_cell_null(bundle, ORIGIN, 0, &cell, NULL), MP_OK);
  CHECK_INT((int64_t)cell, -1);
  CHECK_INT(mp_cell_null(bundle, ORIGIN, MP_NULL_NAN, &cell, NULL), MP_OK);
  CHECK_INT((int64_t)cell, -2);
  CHECK_INT(mp_cell_null(bundle, CARRIER, 0, &cell, NULL), MP_OK);
  CHECK_INT((int64_t)cell, -2);
  CHECK_INT(mp_cell_null(bundle, NUMBER, MP_NULL_NONE, &cell, NULL), MP_OK);
  CHECK(cell == CELL_NULL);
  CHECK_INT(mp_cell_null(bundle, COUNT, MP_NULL_NAN, &cell, NULL), MP_OK);
  CHECK(cell == INTEGER_MISSING);
  CHECK_INT(mp_cell_null(bundle, FLAG, 0, &cell, NULL), MP_OK);
  CHECK_INT(cell, 2);
  mp_bundle_free(bundle);
}

static void refused_values_leave_the_cell_alone(void) {
  mp_bundle *bundle = open_fixture();
  mp_error *error = NULL;
  uint64_t cell = 77, length;
  CHECK(bundle);
  CHECK_INT(mp_cell_text(bundle, COUNT, "17", 2, &cell, &error), MP_ERROR_WRONG_TYPE);
  CHECK(mp_error_feature(error, &length));
  CHECK_TEXT(mp_error_feature(error, NULL), length, "count");
  CHECK(strstr(mp_error_message(error, NULL), "17"));
  mp_error_free(error);
  CHECK_INT(mp_cell_f64(bundle, COUNT, 17.5, &cell, NULL), MP_ERROR_NOT_EXACT);
  CHECK_INT(mp_cell_f64(bundle, ORIGIN, 1.0, &cell, NULL), MP_ERROR_WRONG_TYPE);
  CHECK_INT(mp_cell_i64(bundle, NUMBER, (INT64_C(1) << 53) + 1, &cell, NULL), MP_ERROR_NOT_EXACT);
  CHECK_INT(mp_cell_i64(bundle, COUNT, INT64_MIN, &cell, NULL), MP_ERROR_NOT_EXACT);
  CHECK_INT(mp_cell_text(bundle, ORIGIN, "\xff", 1, &cell, NULL), MP_ERROR_WRONG_TYPE);
  CHECK_INT(mp_cell_text(bundle, CARRIER, "ZZ", 2, &cell, NULL), MP_ERROR_UNSEEN);
  CHECK_INT(mp_cell_bool(bundle, FLAG, 2, &cell, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_cell_null(bundle, FLAG, 3, &cell, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_cell_f64(bundle, FEATURES, 1.0, &cell, NULL), MP_ERROR_USAGE);
  CHECK_INT(cell, 77);
  mp_bundle_free(bundle);
}

void add_cell_tests(void) {
  ADD(values_become_cells);
  ADD(null_goes_by_kind_and_feature);
  ADD(refused_values_leave_the_cell_alone);
}
