/* Making, sharing and describing predictors. */
#include "fixture.h"

static void a_predictor_outlives_its_bundle_and_counts_its_owners(void) {
  mp_predictor *predictor = new_predictor();
  double margin = 0;
  CHECK(predictor);
  mp_predictor_retain(predictor);
  mp_predictor_free(predictor);
  CHECK_INT(predict_margin(predictor, GIVEN, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN);
  mp_predictor_free(predictor);
}

static void golden_rows_that_differ_refuse_the_predictor(void) {
  mp_bundle *bundle = open_bundle(path_in(fixture_folder, "wrong-golden.mpk"));
  mp_predictor *predictor = NULL;
  mp_error *error = NULL;
  CHECK(bundle);
  CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, &error), MP_ERROR_GOLDEN);
  CHECK(!predictor);
  mp_error_free(error);
  mp_bundle_free(bundle);
}

static int32_t new_with(const char *engine, int32_t threads) {
  mp_bundle *bundle = open_fixture();
  mp_predictor_options options = {0};
  mp_predictor *predictor = NULL;
  int32_t code;
  options.struct_size = sizeof options;
  options.engine = engine;
  options.engine_length = engine ? strlen(engine) : 0;
  options.threads = threads;
  code = mp_predictor_new(bundle, &options, &predictor, NULL);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  return code;
}

static void the_engine_is_native_or_named(void) {
  mp_predictor *predictor = new_predictor();
  const char *text;
  uint64_t length;
  CHECK(predictor);
  CHECK_INT(mp_predictor_engine(predictor, &text, &length, NULL), MP_OK);
  CHECK_TEXT(text, length, "native");
  CHECK_INT(mp_predictor_plan(predictor, &text, &length, NULL), MP_OK);
  CHECK(length > 0);
  mp_predictor_free(predictor);
  CHECK_INT(new_with("native", 0), MP_OK);
  CHECK_INT(new_with(NULL, -1), MP_OK);
  CHECK_INT(new_with("onnx", 1), MP_ERROR_ENGINE);
  CHECK_INT(new_with(NULL, -2), MP_ERROR_USAGE);
}

static void features_are_counted(void) {
  mp_predictor *predictor = new_predictor();
  mp_feature_stats stats = {0};
  uint64_t cells[FEATURES];
  double margin;
  CHECK(predictor);
  memcpy(cells, GIVEN, sizeof cells);
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  cells[NUMBER] = CELL_NAN;
  cells[NARROW] = bits(0.1);
  cells[ORIGIN] = (uint64_t)-3;
  CHECK_INT(predict_margin(predictor, cells, &margin, NULL), MP_OK);
  stats.struct_size = sizeof stats;
  CHECK_INT(mp_predictor_stats(predictor, NUMBER, &stats, NULL), MP_OK);
  CHECK_INT(stats.rows, 2);
  CHECK_INT(stats.missing, 1);
  CHECK_INT(stats.unseen + stats.rounded + stats.absent, 0);
  CHECK_INT(mp_predictor_stats(predictor, NARROW, &stats, NULL), MP_OK);
  CHECK_INT(stats.rounded, 1);
  CHECK_INT(mp_predictor_stats(predictor, ORIGIN, &stats, NULL), MP_OK);
  CHECK_INT(stats.unseen, 1);
  CHECK_INT(mp_predictor_stats(predictor, FEATURES, &stats, NULL), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

void add_predictor_tests(void) {
  ADD(a_predictor_outlives_its_bundle_and_counts_its_owners);
  ADD(golden_rows_that_differ_refuse_the_predictor);
  ADD(the_engine_is_native_or_named);
  ADD(features_are_counted);
}
