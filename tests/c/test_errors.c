/* Versions and the error object. */
#include "fixture.h"

static void versions_are_there(void) {
  CHECK_INT(mp_abi_version(), 0);
  CHECK(strlen(mp_version()) >= 5);
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
  CHECK(strstr(mp_host_triple(), "-linux-") != NULL);
#endif
}

static void an_error_names_what_it_speaks_of(void) {
  mp_bundle *bundle = open_fixture();
  mp_error *error = NULL;
  uint64_t index = 77, length = 0;
  CHECK(bundle);
  CHECK_INT(mp_schema_feature_index(bundle, "Origin", 6, &index, &error), MP_ERROR_FEATURE_UNKNOWN);
  CHECK_INT(index, 77);
  CHECK_INT(mp_error_code(error), MP_ERROR_FEATURE_UNKNOWN);
  CHECK_TEXT(mp_error_name(error), strlen(mp_error_name(error)), "FEATURE_UNKNOWN");
  CHECK(strstr(mp_error_message(error, &length), "origin"));
  CHECK_INT(length, strlen(mp_error_message(error, NULL)));
  CHECK(!strchr(mp_error_message(error, NULL), '\n'));
  CHECK(mp_error_feature(error, &length));
  CHECK_TEXT(mp_error_feature(error, NULL), length, "Origin");
  CHECK(strstr(mp_error_hint(error, NULL), "origin"));
  length = 9;
  CHECK(!mp_error_node(error, &length));
  CHECK_INT(length, 0);
  CHECK_INT(mp_error_row(error), -1);
  mp_error_free(error);
  mp_bundle_free(bundle);
}

static void an_error_may_be_left_out_and_outlives_its_bundle(void) {
  mp_bundle *bundle = open_fixture();
  mp_error *error = NULL;
  uint64_t index;
  CHECK(bundle);
  CHECK_INT(mp_schema_feature_index(bundle, "x", 1, &index, NULL), MP_ERROR_FEATURE_UNKNOWN);
  CHECK_INT(mp_schema_feature_index(bundle, "x", 1, &index, &error), MP_ERROR_FEATURE_UNKNOWN);
  mp_bundle_free(bundle);
  CHECK(strlen(mp_error_message(error, NULL)) > 0);
  mp_error_free(error);
}

static void success_leaves_the_error_alone(void) {
  mp_bundle *bundle = open_fixture();
  mp_error *untouched = (mp_error *)&untouched;
  uint64_t count;
  CHECK(bundle);
  CHECK_INT(mp_schema_feature_count(bundle, &count, &untouched), MP_OK);
  CHECK(untouched == (mp_error *)&untouched);
  mp_bundle_free(bundle);
}

static void null_errors_are_harmless(void) {
  uint64_t length = 1;
  CHECK_INT(mp_error_code(NULL), 0);
  CHECK_INT(mp_error_row(NULL), -1);
  CHECK(!mp_error_name(NULL));
  CHECK(!mp_error_message(NULL, &length));
  CHECK_INT(length, 0);
  CHECK(!mp_error_feature(NULL, NULL) && !mp_error_node(NULL, NULL) && !mp_error_hint(NULL, NULL));
  mp_error_free(NULL);
  mp_trust_free(NULL);
  mp_bundle_free(NULL);
  mp_predictor_free(NULL);
  mp_predictor_retain(NULL);
}

static void a_nul_in_a_name_does_not_cut_the_message(void) {
  mp_bundle *bundle = open_fixture();
  mp_error *error = NULL;
  uint64_t index, length;
  CHECK(bundle);
  CHECK_INT(mp_schema_feature_index(bundle, "a\0b", 3, &index, &error), MP_ERROR_FEATURE_UNKNOWN);
  mp_error_message(error, &length);
  CHECK_INT(strlen(mp_error_message(error, NULL)), length);
  CHECK(mp_error_feature(error, &length));
  CHECK_TEXT(mp_error_feature(error, NULL), length, "a\\0b");
  mp_error_free(error);
  mp_bundle_free(bundle);
}

void add_error_tests(void) {
  ADD(versions_are_there);
  ADD(an_error_names_what_it_speaks_of);
  ADD(an_error_may_be_left_out_and_outlives_its_bundle);
  ADD(success_leaves_the_error_alone);
  ADD(null_errors_are_harmless);
  ADD(a_nul_in_a_name_does_not_cut_the_message);
}
