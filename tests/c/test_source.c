/* A model as C source. */
#include <string.h>

#include "fixture.h"

static void a_model_is_written_as_files(void) {
  mp_bundle *bundle = open_fixture();
  mp_source *source = NULL;
  mp_source_options options = {0};
  uint64_t count = 0, index, length = 0;
  const char *text = NULL;
  int headers = 0;
  options.struct_size = sizeof options;
  options.prefix = "eta";
  options.prefix_length = 3;
  CHECK(bundle);
  CHECK_INT(mp_source_new(bundle, &options, &source, NULL), MP_OK);
  mp_bundle_free(bundle);
  CHECK_INT(mp_source_count(source, &count, NULL), MP_OK);
  CHECK(count > 4);
  for (index = 0; index < count; index++) {
    CHECK_INT(mp_source_name(source, index, &text, &length, NULL), MP_OK);
    CHECK(length > 0 && memchr(text, '/', length) == NULL);
    headers += length == 5 && memcmp(text, "eta.h", 5) == 0;
    CHECK_INT(mp_source_text(source, index, &text, &length, NULL), MP_OK);
    CHECK(length > 0);
  }
  CHECK_INT(headers, 1);
  CHECK_INT(mp_source_name(source, count, &text, &length, NULL), MP_ERROR_USAGE);
  mp_source_free(source);
}

static void options_are_checked(void) {
  mp_bundle *bundle = open_fixture();
  mp_source *source = NULL;
  mp_source_options options = {0};
  CHECK(bundle);
  options.struct_size = sizeof options;
  options.form = 2;
  CHECK_INT(mp_source_new(bundle, &options, &source, NULL), MP_ERROR_USAGE);
  options.form = MP_SOURCE_LIBRARY;
  options.prefix = "9";
  options.prefix_length = 1;
  CHECK_INT(mp_source_new(bundle, &options, &source, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_source_new(NULL, NULL, &source, NULL), MP_ERROR_USAGE);
  CHECK(source == NULL);
  mp_source_free(NULL);
  CHECK_INT(mp_source_new(bundle, NULL, &source, NULL), MP_OK);
  mp_source_free(source);
  mp_bundle_free(bundle);
}

void add_source_tests(void) {
  ADD(a_model_is_written_as_files);
  ADD(options_are_checked);
}
