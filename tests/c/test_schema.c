/* Features, outputs, classes and categories. */
#include "fixture.h"

static const struct {
  const char *name;
  int32_t dtype, cell_kind, missing, unseen, null_is;
  uint32_t flags;
  uint64_t categories;
} EXPECTED[FEATURES] = {
    {"number", MP_DTYPE_FLOAT64, MP_CELL_NUMBER, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NAN, 0, 0},
    {"narrow", MP_DTYPE_FLOAT32, MP_CELL_NUMBER, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NAN, 0, 0},
    {"count", MP_DTYPE_INT64, MP_CELL_INTEGER, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NAN, 0, 0},
    {"flag", MP_DTYPE_BOOL, MP_CELL_BOOL, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NAN, 0, 0},
    {"origin", MP_DTYPE_STRING, MP_CELL_CODE, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NONE, 0, 4},
    {"when", MP_DTYPE_TIMESTAMP, MP_CELL_TIME, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NAN, 0, 0},
    {"wind", MP_DTYPE_FLOAT64, MP_CELL_NUMBER, MP_POLICY_MODEL, MP_POLICY_MODEL, MP_NULL_NAN, MP_FEATURE_OPTIONAL, 0},
    {"carrier", MP_DTYPE_STRING, MP_CELL_CODE, MP_POLICY_DEFAULT, MP_POLICY_REJECT, MP_NULL_NAN, 0, 2},
    {"rank", MP_DTYPE_INT64, MP_CELL_INTEGER, MP_POLICY_REJECT, MP_POLICY_MODEL, MP_NULL_NAN, 0, 0},
};

static void features_are_described(void) {
  mp_bundle *bundle = open_fixture();
  uint64_t count = 0, index, found;
  CHECK(bundle);
  CHECK_INT(mp_schema_feature_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, FEATURES);
  for (index = 0; index < count; index++) {
    mp_feature feature = {0};
    feature.struct_size = sizeof feature;
    CHECK_INT(mp_schema_feature(bundle, index, &feature, NULL), MP_OK);
    CHECK_INT(feature.struct_size, sizeof feature);
    CHECK_TEXT(feature.name, feature.name_length, EXPECTED[index].name);
    CHECK_INT(feature.dtype, EXPECTED[index].dtype);
    CHECK_INT(feature.cell_kind, EXPECTED[index].cell_kind);
    CHECK_INT(feature.missing_policy, EXPECTED[index].missing);
    CHECK_INT(feature.unseen_policy, EXPECTED[index].unseen);
    CHECK_INT(feature.null_is, EXPECTED[index].null_is);
    CHECK_INT(feature.flags, EXPECTED[index].flags);
    CHECK_INT(feature.category_count, EXPECTED[index].categories);
    CHECK_INT(mp_schema_feature_index(bundle, feature.name, feature.name_length, &found, NULL), MP_OK);
    CHECK_INT(found, index);
  }
  mp_bundle_free(bundle);
}

static void outputs_and_classes_are_described(void) {
  static const char *const NAMES[OUTPUTS] = {"label", "probability", "margin", "narrowed"};
  static const int32_t DTYPES[OUTPUTS] = {MP_DTYPE_INT64, MP_DTYPE_FLOAT64, MP_DTYPE_FLOAT64, MP_DTYPE_FLOAT32};
  static const uint64_t COLUMNS[OUTPUTS] = {1, 2, 1, 1}, CLASSES[OUTPUTS] = {2, 2, 0, 0};
  mp_bundle *bundle = open_fixture();
  uint64_t count = 0, index;
  mp_class of_class = {0};
  CHECK(bundle);
  CHECK_INT(mp_schema_output_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, OUTPUTS);
  for (index = 0; index < count; index++) {
    mp_output_info output = {0};
    output.struct_size = sizeof output;
    CHECK_INT(mp_schema_output(bundle, index, &output, NULL), MP_OK);
    CHECK_TEXT(output.name, output.name_length, NAMES[index]);
    CHECK_INT(output.dtype, DTYPES[index]);
    CHECK_INT(output.columns, COLUMNS[index]);
    CHECK_INT(output.class_count, CLASSES[index]);
  }
  of_class.struct_size = sizeof of_class;
  CHECK_INT(mp_schema_class(bundle, LABEL, 0, 1, &of_class, NULL), MP_OK);
  CHECK_INT(of_class.dtype, MP_DTYPE_STRING);
  CHECK_TEXT(of_class.text, of_class.text_length, "yes");
  CHECK_INT(mp_schema_class(bundle, LABEL, 0, 2, &of_class, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_class(bundle, LABEL, 1, 0, &of_class, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_class(bundle, MARGIN, 0, 0, &of_class, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_class(bundle, OUTPUTS, 0, 0, &of_class, NULL), MP_ERROR_USAGE);
  CHECK_TEXT(of_class.text, of_class.text_length, "yes");
  mp_bundle_free(bundle);
}

static void categories_and_codes_answer_each_other(void) {
  static const char *const ORIGINS[] = {"JFK", "LGA", "EWR", "\xC5\x81\xC3\xB3\x64\xC5\xBA"};
  mp_bundle *bundle = open_fixture();
  const char *text = "kept";
  uint64_t index, length = 4;
  int64_t code = 55;
  CHECK(bundle);
  for (index = 0; index < 4; index++) {
    CHECK_INT(mp_schema_category(bundle, ORIGIN, index, &text, &length, NULL), MP_OK);
    CHECK_TEXT(text, length, ORIGINS[index]);
    CHECK_INT(mp_schema_code(bundle, ORIGIN, text, length, &code, NULL), MP_OK);
    CHECK_INT(code, index);
  }
  CHECK_INT(mp_schema_code(bundle, ORIGIN, "jfk", 3, &code, NULL), MP_OK);
  CHECK_INT(code, -3);
  CHECK_INT(mp_schema_code(bundle, ORIGIN, NULL, 0, &code, NULL), MP_OK);
  CHECK_INT(code, -3);
  CHECK_INT(mp_schema_category(bundle, ORIGIN, 4, &text, &length, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_category(bundle, ORIGIN, UINT64_MAX, &text, &length, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_category(bundle, NUMBER, 0, &text, &length, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_code(bundle, NUMBER, "1", 1, &code, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_schema_code(bundle, FEATURES, "1", 1, &code, NULL), MP_ERROR_USAGE);
  CHECK_INT(code, -3);
  CHECK_TEXT(text, length, ORIGINS[3]);
  mp_bundle_free(bundle);
}

static void the_token_is_that_of_the_schema(void) {
  mp_bundle *bundle = open_fixture(), *other = open_bundle(path_in(fixture_folder, "wrong-golden.mpk"));
  uint64_t token = 0, same = 0;
  CHECK(bundle && other);
  CHECK_INT(mp_schema_token(bundle, &token, NULL), MP_OK);
  CHECK(token != 0);
  CHECK_INT(mp_schema_token(other, &same, NULL), MP_OK);
  CHECK(token == same);
  mp_bundle_free(bundle);
  mp_bundle_free(other);
}

void add_schema_tests(void) {
  ADD(features_are_described);
  ADD(outputs_and_classes_are_described);
  ADD(categories_and_codes_answer_each_other);
  ADD(the_token_is_that_of_the_schema);
}
