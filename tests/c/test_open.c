/* Opening: from a file and from memory, under which conditions, and what is no bundle. */
#include <stdlib.h>

#include "fixture.h"

static int32_t open_with(const mp_open_options *options) {
  const char *path = path_in(fixture_folder, "fixture.mpk");
  mp_bundle *bundle = NULL;
  mp_error *error = NULL;
  int32_t code = mp_bundle_open(path, strlen(path), options, &bundle, &error);
  if ((code == MP_OK) != (bundle != NULL) || free_error(error) != code) fail(__FILE__, __LINE__, "code and outputs disagree");
  mp_bundle_free(bundle);
  return code;
}

static void a_file_opens_under_a_policy_only(void) {
  mp_open_options options = unsigned_options();
  CHECK_INT(open_with(&options), MP_OK);
  options.trust = NULL;
  CHECK_INT(open_with(&options), MP_ERROR_UNTRUSTED);
  CHECK_INT(open_with(NULL), MP_ERROR_UNTRUSTED);
}

static void expectations_are_checked(void) {
  mp_open_options options = unsigned_options();
  options.name = "fixture";
  options.name_length = 7;
  options.min_version = "1.2.3";
  options.min_version_length = 5;
  CHECK_INT(open_with(&options), MP_OK);
  options.name_length = 6;
  CHECK_INT(open_with(&options), MP_ERROR_WRONG_NAME);
  options = unsigned_options();
  options.min_version = "1.10.0";
  options.min_version_length = 6;
  CHECK_INT(open_with(&options), MP_ERROR_WRONG_VERSION);
  options = unsigned_options();
  options.identity = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
  options.identity_length = 71;
  CHECK_INT(open_with(&options), MP_ERROR_WRONG_IDENTITY);
  options.identity_length = 70;
  CHECK_INT(open_with(&options), MP_ERROR_USAGE);
}

static void bytes_are_copied(void) {
  mp_open_options options = unsigned_options();
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  size_t size = 0;
  double margin = 0;
  unsigned char *data = read_file(path_in(fixture_folder, "fixture.mpk"), &size);
  CHECK(data);
  CHECK_INT(mp_bundle_open_memory(data, size, &options, &bundle, NULL), MP_OK);
  memset(data, 0xAA, size);
  free(data);
  CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, NULL), MP_OK);
  CHECK_INT(predict_margin(predictor, GIVEN, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
}

static int32_t open_bytes(const void *data, size_t size) {
  mp_open_options options = unsigned_options();
  mp_bundle *bundle = NULL;
  mp_error *error = NULL;
  int32_t code = mp_bundle_open_memory(data, size, &options, &bundle, &error);
  mp_bundle_free(bundle);
  return free_error(error) == code ? code : -1;
}

static void what_is_no_bundle_is_refused(void) {
  size_t size = 0, cut;
  unsigned char *data = read_file(path_in(fixture_folder, "fixture.mpk"), &size);
  CHECK(data);
  CHECK(open_bytes("", 0) >= 100);
  CHECK(open_bytes("no bundle at all, but some text", 31) >= 100);
  for (cut = 1; cut < size; cut += 97) {
    int32_t code = open_bytes(data, cut);
    CHECK(code >= 100 && code < 200);
  }
  free(data);
}

static void any_changed_byte_is_refused(void) {
  size_t size = 0, at;
  unsigned char *data = read_file(path_in(fixture_folder, "fixture.mpk"), &size);
  mp_open_options options = unsigned_options();
  CHECK(data);
  for (at = 0; at < size; at += 13) {
    mp_bundle *bundle = NULL;
    mp_predictor *predictor = NULL;
    const void *member;
    uint64_t member_size;
    int32_t code;
    data[at] ^= 1;
    code = mp_bundle_open_memory(data, size, &options, &bundle, NULL);
    if (code == MP_OK) code = mp_predictor_new(bundle, NULL, &predictor, NULL);
    /* metrics.json is read, and so hashed, by nobody but the caller. */
    if (code == MP_OK) code = mp_bundle_member(bundle, "metrics.json", 12, &member, &member_size, NULL);
    if (code < 100 || code >= 200) fail(__FILE__, __LINE__, "byte %d changed: code %d", (int)at, (int)code);
    mp_predictor_free(predictor);
    mp_bundle_free(bundle);
    data[at] ^= 1;
  }
  free(data);
}

static void a_file_that_is_not_there_is_an_io_error(void) {
  mp_open_options options = unsigned_options();
  mp_bundle *bundle = NULL;
  mp_error *error = NULL;
  CHECK_INT(mp_bundle_open("/no/such/file.mpk", 17, &options, &bundle, &error), MP_ERROR_IO);
  CHECK(strstr(mp_error_message(error, NULL), "/no/such/file.mpk"));
  mp_error_free(error);
  CHECK_INT(mp_bundle_open("/no\0such", 8, &options, &bundle, &error), MP_ERROR_IO);
  mp_error_free(error);
  CHECK_INT(mp_bundle_open("/\xff", 2, &options, &bundle, &error), MP_ERROR_USAGE);
  mp_error_free(error);
  CHECK(!bundle);
}

static void inspection_asks_no_trust_and_runs_nothing(void) {
  const char *path = path_in(fixture_folder, "wrong-golden.mpk");
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  mp_error *error = NULL;
  const char *name;
  uint64_t length;
  CHECK_INT(mp_bundle_inspect(path, strlen(path), &bundle, NULL), MP_OK);
  CHECK_INT(mp_bundle_name(bundle, &name, &length, NULL), MP_OK);
  CHECK_TEXT(name, length, "fixture");
  CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, &error), MP_ERROR_USAGE);
  mp_error_free(error);
  mp_bundle_free(bundle);
}

void add_open_tests(void) {
  ADD(a_file_opens_under_a_policy_only);
  ADD(expectations_are_checked);
  ADD(bytes_are_copied);
  ADD(what_is_no_bundle_is_refused);
  ADD(any_changed_byte_is_refused);
  ADD(a_file_that_is_not_there_is_an_io_error);
  ADD(inspection_asks_no_trust_and_runs_nothing);
}
