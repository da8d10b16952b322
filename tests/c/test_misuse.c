/* Every call that breaks the contract is an error, not a crash: NULL, sizes of structs, unknown flags, small buffers. */
#include <stdlib.h>

#include "fixture.h"

static void every_pointer_may_be_null(void) {
  mp_bundle *bundle = open_fixture();
  mp_predictor *predictor = new_predictor();
  mp_bundle *other = NULL;
  const char *text;
  const void *data;
  uint64_t number, length, cell;
  int64_t code;
  int32_t verified;
  mp_feature feature = {0};
  mp_output_info info = {0};
  mp_class of_class = {0};
  mp_feature_stats stats = {0};
  CHECK(bundle && predictor);
  feature.struct_size = sizeof feature;
  info.struct_size = sizeof info;
  of_class.struct_size = sizeof of_class;
  stats.struct_size = sizeof stats;
#define USAGE(call) CHECK_INT(call, MP_ERROR_USAGE)
  USAGE(mp_trust_unsigned(NULL, NULL));
  USAGE(mp_bundle_open(NULL, 0, NULL, &other, NULL));
  USAGE(mp_bundle_open(NULL, 3, NULL, &other, NULL));
  USAGE(mp_bundle_open("x", 1, NULL, NULL, NULL));
  USAGE(mp_bundle_open_memory(NULL, 3, NULL, &other, NULL));
  USAGE(mp_bundle_open_memory("x", 1, NULL, NULL, NULL));
  USAGE(mp_bundle_inspect(NULL, 0, &other, NULL));
  USAGE(mp_bundle_inspect("x", 1, NULL, NULL));
  USAGE(mp_bundle_name(NULL, &text, &length, NULL));
  USAGE(mp_bundle_name(bundle, NULL, &length, NULL));
  USAGE(mp_bundle_name(bundle, &text, NULL, NULL));
  USAGE(mp_bundle_version(NULL, &text, &length, NULL));
  USAGE(mp_bundle_identity(NULL, &text, &length, NULL));
  USAGE(mp_bundle_model_digest(NULL, &text, &length, NULL));
  USAGE(mp_bundle_verified(NULL, &verified, NULL));
  USAGE(mp_bundle_verified(bundle, NULL, NULL));
  USAGE(mp_bundle_check_successor(NULL, bundle, 0, NULL));
  USAGE(mp_bundle_check_successor(bundle, NULL, 0, NULL));
  USAGE(mp_bundle_check_successor(bundle, bundle, 2, NULL));
  USAGE(mp_bundle_compare_version(bundle, NULL, &verified, NULL));
  USAGE(mp_bundle_compare_version(bundle, bundle, NULL, NULL));
  USAGE(mp_bundle_member(NULL, "x", 1, &data, &length, NULL));
  USAGE(mp_bundle_member(bundle, NULL, 0, &data, &length, NULL));
  USAGE(mp_bundle_member(bundle, "schema.json", 11, NULL, &length, NULL));
  USAGE(mp_bundle_member(bundle, "schema.json", 11, &data, NULL, NULL));
  USAGE(mp_bundle_member_count(NULL, &number, NULL));
  USAGE(mp_bundle_member_count(bundle, NULL, NULL));
  USAGE(mp_bundle_member_name(NULL, 0, &text, &length, NULL));
  USAGE(mp_schema_feature_count(NULL, &number, NULL));
  USAGE(mp_schema_feature_count(bundle, NULL, NULL));
  USAGE(mp_schema_feature(NULL, 0, &feature, NULL));
  USAGE(mp_schema_feature(bundle, 0, NULL, NULL));
  USAGE(mp_schema_feature(bundle, FEATURES, &feature, NULL));
  USAGE(mp_schema_feature_index(NULL, "x", 1, &number, NULL));
  USAGE(mp_schema_feature_index(bundle, NULL, 0, &number, NULL));
  USAGE(mp_schema_feature_index(bundle, "x", 1, NULL, NULL));
  USAGE(mp_schema_feature_index(bundle, "\xff", 1, &number, NULL));
  USAGE(mp_schema_feature_index(bundle, "x", UINT64_MAX, &number, NULL));
  USAGE(mp_schema_category(NULL, ORIGIN, 0, &text, &length, NULL));
  USAGE(mp_schema_category(bundle, ORIGIN, 0, NULL, &length, NULL));
  USAGE(mp_schema_code(NULL, ORIGIN, "x", 1, &code, NULL));
  USAGE(mp_schema_code(bundle, ORIGIN, NULL, 1, &code, NULL));
  USAGE(mp_schema_code(bundle, ORIGIN, "x", 1, NULL, NULL));
  USAGE(mp_schema_output_count(NULL, &number, NULL));
  USAGE(mp_schema_output(NULL, 0, &info, NULL));
  USAGE(mp_schema_output(bundle, 0, NULL, NULL));
  USAGE(mp_schema_output(bundle, OUTPUTS, &info, NULL));
  USAGE(mp_schema_class(NULL, LABEL, 0, 0, &of_class, NULL));
  USAGE(mp_schema_class(bundle, LABEL, 0, 0, NULL, NULL));
  USAGE(mp_schema_token(NULL, &number, NULL));
  USAGE(mp_schema_token(bundle, NULL, NULL));
  USAGE(mp_cell_null(NULL, 0, 0, &cell, NULL));
  USAGE(mp_cell_null(bundle, 0, 0, NULL, NULL));
  USAGE(mp_cell_f64(NULL, 0, 0, &cell, NULL));
  USAGE(mp_cell_i64(NULL, 0, 0, &cell, NULL));
  USAGE(mp_cell_bool(NULL, 0, 0, &cell, NULL));
  USAGE(mp_cell_time(NULL, 0, 0, &cell, NULL));
  USAGE(mp_cell_text(NULL, 0, "", 0, &cell, NULL));
  USAGE(mp_cell_text(bundle, ORIGIN, NULL, 1, &cell, NULL));
  USAGE(mp_predictor_new(NULL, NULL, &predictor, NULL));
  USAGE(mp_predictor_new(bundle, NULL, NULL, NULL));
  USAGE(mp_predictor_plan(NULL, &text, &length, NULL));
  USAGE(mp_predictor_engine(NULL, &text, &length, NULL));
  USAGE(mp_predictor_stats(NULL, 0, &stats, NULL));
  USAGE(mp_predictor_stats(predictor, 0, NULL, NULL));
  USAGE(mp_predictor_predict_row(NULL, GIVEN, FEATURES, NULL, 0, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_row(predictor, NULL, FEATURES, NULL, 0, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 1, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, NULL, 1, NULL));
  USAGE(mp_predictor_predict_matrix(NULL, NULL, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_columns(NULL, NULL, 0, 0, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_arrow(NULL, NULL, NULL, 0, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_arrow(predictor, NULL, NULL, 0, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_predict_arrow(predictor, NULL, NULL, 2, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_reference(NULL, NULL, 0, NULL, NULL, 0, NULL));
  USAGE(mp_predictor_reference(predictor, NULL, 1, NULL, NULL, 0, NULL));
  USAGE(mp_bundle_write(NULL, 0, "{}", 2, NULL, 0, 0, NULL, NULL));
  USAGE(mp_bundle_write("/nowhere/x.mpk", 14, NULL, 2, NULL, 0, 0, NULL, NULL));
  USAGE(mp_bundle_write("/nowhere/x.mpk", 14, "{}", 2, NULL, 1, 0, NULL, NULL));
  USAGE(mp_program_check(NULL, 1, NULL, 0, NULL, 0, NULL, 0, NULL));
#undef USAGE
  CHECK(!other);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
}

/* The struct with `size` bytes of itself and more behind it, as a newer caller would have it. */
static int32_t open_sized(uint32_t size, int at, unsigned char byte) {
  union {
    mp_open_options options;
    unsigned char bytes[sizeof(mp_open_options) + 64];
  } grown;
  const char *path = path_in(fixture_folder, "fixture.mpk");
  mp_bundle *bundle = NULL;
  int32_t code;
  memset(&grown, 0, sizeof grown);
  grown.options = unsigned_options();
  grown.options.struct_size = size;
  if (at >= 0) grown.bytes[at] = byte;
  code = mp_bundle_open(path, strlen(path), &grown.options, &bundle, NULL);
  mp_bundle_free(bundle);
  return code;
}

static void structs_may_be_shorter_and_longer(void) {
  const uint32_t size = sizeof(mp_open_options);
  CHECK_INT(open_sized(size, -1, 0), MP_OK);
  CHECK_INT(open_sized(16, -1, 0), MP_OK); /* head and trust */
  CHECK_INT(open_sized(8, -1, 0), MP_ERROR_UNTRUSTED);
  CHECK_INT(open_sized(size + 16, -1, 0), MP_OK);
  CHECK_INT(open_sized(size + 16, (int)size + 15, 1), MP_ERROR_USAGE);
  CHECK_INT(open_sized(size + 16, (int)size + 16, 1), MP_OK); /* beyond the struct */
  CHECK_INT(open_sized(0, -1, 0), MP_ERROR_USAGE);
  CHECK_INT(open_sized(4, -1, 0), MP_ERROR_USAGE);
  CHECK_INT(open_sized(12, -1, 0), MP_ERROR_USAGE); /* half a pointer */
  CHECK_INT(open_sized(UINT32_MAX, -1, 0), MP_ERROR_USAGE);
  CHECK_INT(open_sized(size, 4, 1), MP_ERROR_USAGE); /* an unknown flag */
}

static void nothing_is_written_past_the_callers_struct(void) {
  mp_bundle *bundle = open_fixture();
  union {
    mp_feature feature;
    unsigned char bytes[sizeof(mp_feature) + 16];
  } grown;
  CHECK(bundle);
  memset(&grown, 0x55, sizeof grown);
  grown.feature.struct_size = 24;
  CHECK_INT(mp_schema_feature(bundle, 0, &grown.feature, NULL), MP_OK);
  CHECK_TEXT(grown.feature.name, grown.feature.name_length, "number");
  CHECK_INT(grown.feature.struct_size, 24);
  CHECK_INT(grown.bytes[24], 0x55);
  memset(&grown, 0, sizeof grown);
  grown.feature.struct_size = sizeof grown;
  CHECK_INT(mp_schema_feature(bundle, 0, &grown.feature, NULL), MP_OK);
  CHECK_INT(grown.feature.dtype, MP_DTYPE_FLOAT64);
  CHECK_INT(grown.feature.struct_size, sizeof grown);
  grown.bytes[sizeof grown - 1] = 1;
  CHECK_INT(mp_schema_feature(bundle, 0, &grown.feature, NULL), MP_ERROR_USAGE);
  mp_bundle_free(bundle);
}

static void elements_of_an_array_stand_their_own_size_apart(void) {
  mp_predictor *predictor = new_predictor();
  struct {
    mp_output output;
    uint64_t of_a_later_version;
  } outputs[2];
  double margin[1] = {7};
  float narrowed[1] = {7};
  CHECK(predictor);
  memset(outputs, 0, sizeof outputs);
  outputs[0].output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  outputs[1].output = OUTPUT(NARROWED, MP_DTYPE_FLOAT32, narrowed);
  outputs[0].output.struct_size = outputs[1].output.struct_size = sizeof outputs[0];
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, &outputs[0].output, 2, NULL), MP_OK);
  CHECK_DOUBLE(margin[0], GIVEN_MARGIN);
  CHECK_DOUBLE(narrowed[0], GIVEN_MARGIN);
  outputs[1].output.struct_size = sizeof(mp_output);
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, &outputs[0].output, 2, NULL), MP_ERROR_USAGE);
  outputs[1].output.struct_size = sizeof outputs[0];
  outputs[1].of_a_later_version = 1;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, &outputs[0].output, 2, NULL), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

static int32_t predict_to(const mp_predictor *predictor, mp_output output) {
  return mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, &output, 1, NULL);
}

static void buffers_are_checked_before_anything_is_written(void) {
  mp_predictor *predictor = new_predictor();
  double probability[2] = {7, 7};
  mp_output good = OUTPUT(PROBABILITY, MP_DTYPE_FLOAT64, probability), bad, both[2];
  CHECK(predictor);
  bad = good, bad.capacity = 15;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_BUFFER);
  bad = good, bad.capacity = 0;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_BUFFER);
  bad = good, bad.capacity = UINT64_MAX;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_USAGE);
  bad = good, bad.row_stride = 8; /* less than a row */
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_BUFFER);
  bad = good, bad.row_stride = UINT64_MAX;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_USAGE);
  bad = good, bad.dtype = MP_DTYPE_FLOAT32;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_BUFFER);
  bad = good, bad.dtype = MP_DTYPE_INT32;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_BUFFER);
  bad = good, bad.dtype = 0;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_BUFFER);
  bad = good, bad.index = OUTPUTS;
  CHECK(predict_to(predictor, bad) != MP_OK);
  bad = good, bad.index = UINT64_MAX;
  CHECK(predict_to(predictor, bad) != MP_OK);
  bad = good, bad.data = NULL;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_USAGE);
  bad = good, bad.flags = 1;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_USAGE);
  bad = good, bad.reserved = 1;
  CHECK_INT(predict_to(predictor, bad), MP_ERROR_USAGE);
  both[0] = good, both[1] = good, both[1].capacity = 8;
  CHECK(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, both, 2, NULL) != MP_OK);
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, NULL, both, 65, NULL), MP_ERROR_USAGE);
  CHECK_DOUBLE(probability[0], 7.0);
  CHECK_DOUBLE(probability[1], 7.0);
  CHECK_INT(predict_to(predictor, good), MP_OK);
  CHECK_DOUBLE(probability[1], 1.0);
  mp_predictor_free(predictor);
}

static void cells_must_be_aligned(void) {
  mp_predictor *predictor = new_predictor();
  unsigned char *bytes = malloc(sizeof GIVEN + 8);
  double margin = 7;
  CHECK(predictor && bytes);
  memcpy(bytes + 4, GIVEN, sizeof GIVEN);
  CHECK_INT(predict_margin(predictor, (const uint64_t *)(const void *)(bytes + 4), &margin, NULL), MP_ERROR_USAGE);
  CHECK_DOUBLE(margin, 7.0);
  free(bytes);
  mp_predictor_free(predictor);
}

static void unknown_flags_are_refused(void) {
  mp_predictor *predictor = new_predictor();
  mp_bundle *bundle = open_fixture();
  mp_predict_options options = {0};
  mp_predictor_options predictor_options = {0};
  mp_predictor *other = NULL;
  CHECK(predictor && bundle);
  options.struct_size = sizeof options;
  options.flags = 1;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, NULL, 0, NULL), MP_ERROR_USAGE);
  predictor_options.struct_size = sizeof predictor_options;
  predictor_options.flags = 0x80000000u;
  CHECK_INT(mp_predictor_new(bundle, &predictor_options, &other, NULL), MP_ERROR_USAGE);
  predictor_options.flags = 0;
  predictor_options.reserved = 1;
  CHECK_INT(mp_predictor_new(bundle, &predictor_options, &other, NULL), MP_ERROR_USAGE);
  CHECK(!other);
  mp_bundle_free(bundle);
  mp_predictor_free(predictor);
}

void add_misuse_tests(void) {
  ADD(every_pointer_may_be_null);
  ADD(structs_may_be_shorter_and_longer);
  ADD(nothing_is_written_past_the_callers_struct);
  ADD(elements_of_an_array_stand_their_own_size_apart);
  ADD(buffers_are_checked_before_anything_is_written);
  ADD(cells_must_be_aligned);
  ADD(unknown_flags_are_refused);
}
