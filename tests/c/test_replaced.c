/* What becomes of a bundle file after it was opened changes no answer: replaced, cut, overwritten, removed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

typedef struct copy {
  char path[64];
  unsigned char *data;
  size_t size;
} copy;

static int write_bytes(const char *path, const unsigned char *data, size_t size) {
  FILE *file = fopen(path, "r+b");
  int done = file && fwrite(data, 1, size, file) == size;
  return (file ? fclose(file) == 0 : 0) && done;
}

/* A file of its own with the fixture's bytes. */
static int copy_fixture(copy *copy) {
  int file;
  strcpy(copy->path, "/tmp/modelpack-test-XXXXXX");
  copy->data = read_file(path_in(fixture_folder, "fixture.mpk"), &copy->size);
  file = mkstemp(copy->path);
  if (!copy->data || file < 0) return 0;
  close(file);
  return write_bytes(copy->path, copy->data, copy->size);
}

static void forget(copy *copy) {
  remove(copy->path);
  free(copy->data);
}

/* The three ways in which a file changes under its reader. */
static int cut(const copy *copy) { return truncate(copy->path, 64) == 0; }

static int empty(const copy *copy) { return truncate(copy->path, 0) == 0; }

static int overwrite(const copy *copy) {
  unsigned char *junk = malloc(copy->size);
  int done;
  if (!junk) return 0;
  memset(junk, 0xAA, copy->size);
  done = write_bytes(copy->path, junk, copy->size);
  free(junk);
  return done;
}

/* Another inode under the same name. */
static int replace(const copy *copy) {
  char other[80];
  FILE *file;
  snprintf(other, sizeof other, "%s.new", copy->path);
  file = fopen(other, "wb");
  if (!file || fputs("another file", file) < 0 || fclose(file) != 0) return 0;
  return rename(other, copy->path) == 0;
}

static int unlink_it(const copy *copy) { return remove(copy->path) == 0; }

typedef int (*change)(const copy *copy);

static void after_a_predictor_was_made_no_answer_changes(void) {
  const change changes[] = {cut, empty, overwrite, replace, unlink_it};
  size_t index;
  for (index = 0; index < sizeof changes / sizeof *changes; index++) {
    copy copy;
    double margin = 0;
    mp_bundle *bundle;
    mp_predictor *predictor = NULL;
    CHECK(copy_fixture(&copy));
    bundle = open_bundle(copy.path);
    CHECK(bundle);
    CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, NULL), MP_OK);
    CHECK(changes[index](&copy));
    CHECK_INT(predict_margin(predictor, GIVEN, &margin, NULL), MP_OK);
    CHECK_DOUBLE(margin, GIVEN_MARGIN);
    mp_predictor_free(predictor);
    mp_bundle_free(bundle);
    forget(&copy);
  }
}

/* What was not read yet can fail, and is never another answer. */
static void between_opening_and_predicting_a_change_fails_or_does_nothing(void) {
  const change changes[] = {cut, empty, overwrite, replace, unlink_it};
  const int32_t allowed[] = {MP_ERROR_TRUNCATED, MP_ERROR_TRUNCATED, MP_ERROR_DIGEST, MP_OK, MP_OK};
  size_t index;
  for (index = 0; index < sizeof changes / sizeof *changes; index++) {
    copy copy;
    double margin = 0;
    mp_bundle *bundle;
    mp_predictor *predictor = NULL;
    mp_error *error = NULL;
    CHECK(copy_fixture(&copy));
    bundle = open_bundle(copy.path);
    CHECK(bundle && changes[index](&copy));
    CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, &error), allowed[index]);
    if (predictor) {
      CHECK_INT(predict_margin(predictor, GIVEN, &margin, NULL), MP_OK);
      CHECK_DOUBLE(margin, GIVEN_MARGIN);
    }
    mp_error_free(error);
    mp_predictor_free(predictor);
    mp_bundle_free(bundle);
    forget(&copy);
  }
}

void add_replaced_tests(void) {
  ADD(after_a_predictor_was_made_no_answer_changes);
  ADD(between_opening_and_predicting_a_change_fails_or_does_nothing);
}
