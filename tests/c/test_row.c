/* One row of cells. */
#include <math.h>

#include "fixture.h"

static int32_t predict(const mp_predictor *predictor, const uint64_t *cells, const mp_output *outputs, uint64_t count) {
  return mp_predictor_predict_row(predictor, cells, FEATURES, NULL, 0, NULL, outputs, count, NULL);
}

static void every_output_goes_where_it_is_sent(void) {
  mp_predictor *predictor = new_predictor();
  int64_t label[1] = {9};
  double probability[2] = {9, 9}, margin[1] = {9};
  float narrowed[1] = {9};
  mp_output outputs[OUTPUTS];
  CHECK(predictor);
  outputs[0] = OUTPUT(NARROWED, MP_DTYPE_FLOAT32, narrowed);
  outputs[1] = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  outputs[2] = OUTPUT(LABEL, MP_DTYPE_INT64, label);
  outputs[3] = OUTPUT(PROBABILITY, MP_DTYPE_FLOAT64, probability);
  CHECK_INT(predict(predictor, GIVEN, outputs, OUTPUTS), MP_OK);
  CHECK_INT(label[0], 1);
  CHECK_DOUBLE(probability[0], 0.0);
  CHECK_DOUBLE(probability[1], 1.0);
  CHECK_DOUBLE(margin[0], GIVEN_MARGIN);
  CHECK_DOUBLE(narrowed[0], GIVEN_MARGIN);
  mp_predictor_free(predictor);
}

static void a_label_may_be_int32(void) {
  mp_predictor *predictor = new_predictor();
  int32_t label[2] = {9, 9};
  mp_output output = output_to(LABEL, MP_DTYPE_INT32, label, sizeof label[0]);
  CHECK(predictor);
  CHECK_INT(predict(predictor, GIVEN, &output, 1), MP_OK);
  CHECK_INT(label[0], 1);
  CHECK_INT(label[1], 9);
  mp_predictor_free(predictor);
}

static void missing_cells_are_what_the_model_makes_of_them(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[FEATURES];
  double margin = 0;
  CHECK(predictor);
  memcpy(cells, GIVEN, sizeof cells);
  cells[ORIGIN] = (uint64_t)-1;
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN - 301);
  cells[ORIGIN] = (uint64_t)-2;
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN - 302);
  cells[ORIGIN] = (uint64_t)-3;
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN - 303);
  cells[CARRIER] = (uint64_t)-2; /* its default is UA */
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN - 303 + 1000);
  cells[NUMBER] = bits(-NAN);
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  CHECK(bits(margin) == CELL_NAN);
  mp_predictor_free(predictor);
}

static void a_refused_row_writes_nothing_and_names_its_feature(void) {
  static const struct {
    int feature;
    uint64_t cell;
    int32_t code;
    const char *name;
  } REFUSED[] = {
      {NUMBER, 0x7FF0000000000000, MP_ERROR_NON_FINITE, "number"}, {FLAG, 3, MP_ERROR_WRONG_TYPE, "flag"},
      {ORIGIN, 4, MP_ERROR_WRONG_TYPE, "origin"},                  {ORIGIN, (uint64_t)-4, MP_ERROR_WRONG_TYPE, "origin"},
      {CARRIER, (uint64_t)-3, MP_ERROR_UNSEEN, "carrier"},         {RANK, INTEGER_MISSING, MP_ERROR_MISSING, "rank"},
      {NARROW, 0x7E37E43C8800759C, MP_ERROR_NOT_EXACT, "narrow"}, /* 1e300 */
  };
  mp_predictor *predictor = new_predictor();
  size_t i;
  CHECK(predictor);
  for (i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
    uint64_t cells[FEATURES], length;
    double margin = 7;
    mp_error *error = NULL;
    memcpy(cells, GIVEN, sizeof cells);
    cells[REFUSED[i].feature] = REFUSED[i].cell;
    CHECK_INT(predict_margin(predictor, cells, &margin, &error), REFUSED[i].code);
    CHECK(mp_error_feature(error, &length));
    CHECK_TEXT(mp_error_feature(error, NULL), length, REFUSED[i].name);
    CHECK_DOUBLE(margin, 7.0);
    mp_error_free(error);
  }
  mp_predictor_free(predictor);
}

static void the_number_of_cells_is_checked(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[FEATURES + 1] = {0};
  double margin = 7;
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, &margin, sizeof margin);
  CHECK(predictor);
  CHECK_INT(mp_predictor_predict_row(predictor, cells, FEATURES + 1, NULL, 0, NULL, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  CHECK_INT(mp_predictor_predict_row(predictor, cells, FEATURES - 1, NULL, 0, NULL, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  CHECK_INT(mp_predictor_predict_row(predictor, NULL, 0, NULL, 0, NULL, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  CHECK_DOUBLE(margin, 7.0);
  mp_predictor_free(predictor);
}

static void cells_of_another_schema_are_stale(void) {
  mp_predictor *predictor = new_predictor();
  mp_bundle *bundle = open_fixture();
  mp_predict_options options = {0};
  double margin = 7;
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, &margin, sizeof margin);
  CHECK(predictor && bundle);
  options.struct_size = sizeof options;
  CHECK_INT(mp_schema_token(bundle, &options.schema_token, NULL), MP_OK);
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, &output, 1, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN);
  margin = 7;
  options.schema_token ^= 1;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, &output, 1, NULL), MP_ERROR_STALE_SCHEMA);
  CHECK_DOUBLE(margin, 7.0);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
}

static void the_mask_picks_from_the_outputs(void) {
  mp_predictor *predictor = new_predictor();
  mp_predict_options options = {0};
  uint64_t cells[FEATURES];
  double probability[2] = {9, 9}, margin[1] = {9};
  mp_output outputs[2];
  CHECK(predictor);
  outputs[0] = OUTPUT(PROBABILITY, MP_DTYPE_FLOAT64, probability);
  outputs[1] = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  options.struct_size = sizeof options;
  options.output_mask = 1u << MARGIN;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, outputs, 2, NULL), MP_OK);
  CHECK_DOUBLE(margin[0], GIVEN_MARGIN);
  CHECK_DOUBLE(probability[0], 9.0);
  /* A bit without a buffer is a mistake, and so is one without an output. */
  options.output_mask = 1u << NARROWED;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, outputs, 2, NULL), MP_ERROR_USAGE);
  options.output_mask = UINT64_C(1) << 63;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, outputs, 2, NULL), MP_ERROR_USAGE);
  /* Errors never depend on the outputs that were asked for. */
  memcpy(cells, GIVEN, sizeof cells);
  cells[NUMBER] = bits(INFINITY);
  options.output_mask = 0;
  CHECK_INT(mp_predictor_predict_row(predictor, cells, FEATURES, NULL, 0, &options, NULL, 0, NULL), MP_ERROR_NON_FINITE);
  mp_predictor_free(predictor);
}

static void the_reference_gives_the_same_bits(void) {
  mp_predictor *predictor = new_predictor();
  uint64_t cells[3 * FEATURES];
  double expected[3], actual[3] = {0};
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, actual);
  int row;
  CHECK(predictor);
  for (row = 0; row < 3; row++) {
    memcpy(cells + row * FEATURES, GIVEN, sizeof GIVEN);
    cells[row * FEATURES + NUMBER] = bits(row * 0.1);
    CHECK_INT(predict_margin(predictor, cells + row * FEATURES, expected + row, NULL), MP_OK);
  }
  CHECK_INT(mp_predictor_reference(predictor, cells, 3, NULL, &output, 1, NULL), MP_OK);
  CHECK(memcmp(actual, expected, sizeof actual) == 0);
  CHECK_INT(mp_predictor_reference(predictor, NULL, 0, NULL, &output, 1, NULL), MP_OK);
  CHECK_INT(mp_predictor_reference(predictor, cells, UINT64_MAX / 2, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

void add_row_tests(void) {
  ADD(every_output_goes_where_it_is_sent);
  ADD(a_label_may_be_int32);
  ADD(missing_cells_are_what_the_model_makes_of_them);
  ADD(a_refused_row_writes_nothing_and_names_its_feature);
  ADD(the_number_of_cells_is_checked);
  ADD(cells_of_another_schema_are_stale);
  ADD(the_mask_picks_from_the_outputs);
  ADD(the_reference_gives_the_same_bits);
}
