/* Arrow C Data Interface: who owns what, binding by name, refusals. The types are in tests/vectors/types.tsv and in the engine. */
#include <math.h>

#include "arrow_struct.h"
#include "fixture.h"

#define ROWS 3

static const double NUMBERS[ROWS] = {1.5, 2.5, 3.5}, WINDS[ROWS] = {1, 1, 1};
static const float NARROWS[ROWS] = {0.5, 0.5, 0.5};
static const int64_t COUNTS[ROWS] = {3, 3, 3}, WHENS[ROWS] = {0, 1, 2};
static const uint8_t FLAGS[1] = {7}, ORIGIN_KEYS[ROWS] = {1, 0, 1}, ROW_1_NULL[1] = {5};
static const int32_t ORIGIN_OFFSETS[3] = {0, 3, 6}, CARRIER_OFFSETS[ROWS + 1] = {0, 2, 4, 6}, RANKS[ROWS] = {5, 5, 5};

/* Children in another order than the features, with one more. Row r has the margin GIVEN_MARGIN + r; row 1 has origin JFK. */
static void fill(arrow_batch *batch) {
  batch_start(batch, ROWS);
  batch_add(batch, "rank", "i", NULL, RANKS, NULL);
  batch_add(batch, "extra", "g", NULL, NUMBERS, NULL);
  batch_add(batch, "carrier", "u", NULL, CARRIER_OFFSETS, "AAAAAA");
  batch_add(batch, "number", "g", NULL, NUMBERS, NULL);
  batch_add(batch, "narrow", "f", NULL, NARROWS, NULL);
  batch_add(batch, "count", "l", NULL, COUNTS, NULL);
  batch_add(batch, "flag", "b", NULL, FLAGS, NULL);
  batch_add(batch, "when", "tsu:UTC", NULL, WHENS, NULL);
  batch_add(batch, "wind", "g", NULL, WINDS, NULL);
  batch_add(batch, "origin", "C", NULL, ORIGIN_KEYS, NULL);
  batch_dictionary(batch, "u", 2, ORIGIN_OFFSETS, "JFKEWR");
}

#define LAST_CHILD 9

static int32_t predict(const mp_predictor *predictor, arrow_batch *batch, uint32_t flags, double *margin, mp_error **error) {
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, margin, ROWS * sizeof *margin);
  return mp_predictor_predict_arrow(predictor, &batch->schema, &batch->array, flags, NULL, &output, 1, error);
}

static void a_batch_is_bound_by_name_and_consumed(void) {
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  double margin[ROWS] = {0};
  CHECK(predictor);
  fill(&batch);
  CHECK_INT(predict(predictor, &batch, 0, margin, NULL), MP_OK);
  CHECK_DOUBLE(margin[0], GIVEN_MARGIN);
  CHECK_DOUBLE(margin[1], GIVEN_MARGIN + 1 - 200);
  CHECK_DOUBLE(margin[2], GIVEN_MARGIN + 2);
  CHECK_INT(batch.schemas_released, 1);
  CHECK_INT(batch.arrays_released, 1);
  CHECK(!batch.schema.release && !batch.array.release);
  /* What was consumed cannot be used again. */
  CHECK_INT(predict(predictor, &batch, 0, margin, NULL), MP_ERROR_ARROW);
  CHECK_INT(batch.schemas_released, 1);
  mp_predictor_free(predictor);
}

static void a_refused_batch_stays_the_callers(void) {
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  mp_error *error = NULL;
  double margin[ROWS] = {7};
  uint64_t length;
  CHECK(predictor);
  fill(&batch);
  batch.child_schemas[0].name = "ranks";
  CHECK_INT(predict(predictor, &batch, 0, margin, &error), MP_ERROR_FEATURE_ABSENT);
  CHECK(mp_error_feature(error, &length));
  CHECK_TEXT(mp_error_feature(error, NULL), length, "rank");
  CHECK(strstr(mp_error_hint(error, NULL), "ranks"));
  mp_error_free(error);
  CHECK_INT(batch.schemas_released + batch.arrays_released, 0);
  CHECK(batch.schema.release && batch.array.release);
  CHECK_DOUBLE(margin[0], 7.0);
  batch.child_schemas[0].name = "rank";
  CHECK_INT(predict(predictor, &batch, 0, margin, NULL), MP_OK);
  mp_predictor_free(predictor);
}

static void strict_refuses_what_is_no_feature(void) {
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  double margin[ROWS];
  CHECK(predictor);
  fill(&batch);
  CHECK_INT(predict(predictor, &batch, MP_ARROW_STRICT, margin, NULL), MP_ERROR_FEATURE_UNKNOWN);
  batch.child_schemas[1].name = "wind"; /* stands twice now */
  CHECK_INT(predict(predictor, &batch, MP_ARROW_STRICT, margin, NULL), MP_ERROR_ARROW);
  CHECK_INT(predict(predictor, &batch, 2, margin, NULL), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

static void nulls_absent_columns_and_offsets(void) {
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  double margin[ROWS] = {0};
  CHECK(predictor);
  fill(&batch);
  batch.buffers[LAST_CHILD][0] = ROW_1_NULL;
  CHECK_INT(predict(predictor, &batch, 0, margin, NULL), MP_OK);
  CHECK_DOUBLE(margin[1], GIVEN_MARGIN + 1 - 301);
  fill(&batch);
  batch.child_schemas[8].name = "windy"; /* wind is optional */
  CHECK_INT(predict(predictor, &batch, 0, margin, NULL), MP_OK);
  CHECK(bits(margin[0]) == CELL_NAN);
  fill(&batch);
  batch.array.offset = 1;
  batch.array.length = 2;
  CHECK_INT(predict(predictor, &batch, 0, margin, NULL), MP_OK);
  CHECK_DOUBLE(margin[0], GIVEN_MARGIN + 1 - 200);
  CHECK_DOUBLE(margin[1], GIVEN_MARGIN + 2);
  mp_predictor_free(predictor);
}

static void no_rows_are_an_empty_answer(void) {
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, NULL, 0);
  CHECK(predictor);
  fill(&batch);
  batch.array.length = 0;
  CHECK_INT(mp_predictor_predict_arrow(predictor, &batch.schema, &batch.array, 0, NULL, &output, 1, NULL), MP_OK);
  CHECK_INT(batch.arrays_released, 1);
  mp_predictor_free(predictor);
}

static void malformed_arrays_are_refused(void) {
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  double margin[ROWS] = {7, 7, 7};
  int what;
  CHECK(predictor);
  for (what = 0; what < 14; what++) {
    int32_t code;
    fill(&batch);
    switch (what) {
      case 0: batch.schema.format = "g"; break;
      case 1: batch.array.length = -1; break;
      case 2: batch.array.length = ROWS + 1; break;
      case 3: batch.array.offset = INT64_MAX; break;
      case 4: batch.child_arrays[3].length = INT64_MAX, batch.child_arrays[3].offset = INT64_MAX; break;
      case 5: batch.child_arrays[3].n_buffers = 1; break;
      case 6: batch.buffers[3][1] = NULL; break;
      case 7: batch.child_arrays[3].null_count = 2; break;
      case 8: batch.array_pointers[3] = NULL; break;
      case 9: batch.array.n_children = 3; break;
      case 10: batch.child_schemas[3].format = "+l"; break;
      case 11: batch.child_schemas[3].format = NULL; break;
      case 12: batch.child_schemas[LAST_CHILD].dictionary = NULL; break;
      case 13: batch.dictionary_arrays[LAST_CHILD].length = 1; break; /* a key points outside */
    }
    code = predict(predictor, &batch, 0, margin, NULL);
    if (code != MP_ERROR_ARROW) fail(__FILE__, __LINE__, "damage %d: code %d", what, (int)code);
    CHECK_INT(batch.schemas_released + batch.arrays_released, 0);
  }
  CHECK_DOUBLE(margin[0], 7.0);
  mp_predictor_free(predictor);
}

static void a_status_per_row_works_for_arrow_too(void) {
  static const double INFINITE[ROWS] = {1.5, HUGE_VAL, 3.5};
  mp_predictor *predictor = new_predictor();
  arrow_batch batch;
  double margin[ROWS] = {7, 7, 7};
  int32_t status[ROWS] = {9, 9, 9};
  mp_predict_options options = {0};
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  CHECK(predictor);
  fill(&batch);
  batch.buffers[3][1] = INFINITE;
  options.struct_size = sizeof options;
  options.status = status;
  options.status_count = ROWS;
  CHECK_INT(mp_predictor_predict_arrow(predictor, &batch.schema, &batch.array, 0, &options, &output, 1, NULL), MP_OK);
  CHECK_INT(status[0], 0);
  CHECK_INT(status[1], MP_ERROR_NON_FINITE);
  CHECK_INT(status[2], 0);
  CHECK_DOUBLE(margin[2], GIVEN_MARGIN + 2);
  CHECK_INT(batch.arrays_released, 1);
  mp_predictor_free(predictor);
}

void add_arrow_tests(void) {
  ADD(a_batch_is_bound_by_name_and_consumed);
  ADD(a_refused_batch_stays_the_callers);
  ADD(strict_refuses_what_is_no_feature);
  ADD(nulls_absent_columns_and_offsets);
  ADD(no_rows_are_an_empty_answer);
  ADD(malformed_arrays_are_refused);
  ADD(a_status_per_row_works_for_arrow_too);
}
