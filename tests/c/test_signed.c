/* tests/vectors/hostile/signed.tsv: each file is refused under its policy with the one error that the index states, or accepted. */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "table.h"

enum { ID, FILE_NAME, POLICY, NAME, MIN_VERSION, IDENTITY, ENGINE, ERROR_NAME, COMMENT, FIELDS };

/* `-` stands for what the caller does not say. */
static const char *given(const char *field, uint64_t *length) {
  int absent = strcmp(field, "-") == 0;
  *length = absent ? 0 : strlen(field);
  return absent ? NULL : field;
}

static const char *hostile_path(char *buffer, size_t size, const char *name) {
  snprintf(buffer, size, "%s/hostile/%s", vector_folder, name);
  return buffer;
}

static mp_trust *read_policy(const char *name, int from_memory, mp_error **error) {
  mp_trust *trust = NULL;
  char path[4096];
  unsigned char *text;
  size_t size = 0;
  if (strcmp(name, "UNSIGNED") == 0) {
    mp_trust_unsigned(&trust, error);
    return trust;
  }
  hostile_path(path, sizeof path, name);
  if (!from_memory) {
    mp_trust_from_file(path, strlen(path), &trust, error);
    return trust;
  }
  text = read_file(path, &size);
  mp_trust_from_bytes(text, size, name, strlen(name), &trust, error);
  free(text);
  return trust;
}

static mp_bundle *open_under(const mp_trust *trust, char **fields, int from_memory, mp_error **error) {
  mp_open_options options = {0};
  mp_bundle *bundle = NULL;
  char path[4096];
  unsigned char *data;
  size_t size = 0;
  options.struct_size = sizeof options;
  options.trust = trust;
  options.name = given(fields[NAME], &options.name_length);
  options.min_version = given(fields[MIN_VERSION], &options.min_version_length);
  options.identity = given(fields[IDENTITY], &options.identity_length);
  hostile_path(path, sizeof path, fields[FILE_NAME]);
  if (!from_memory) {
    mp_bundle_open(path, strlen(path), &options, &bundle, error);
    return bundle;
  }
  data = read_file(path, &size);
  mp_bundle_open_memory(data, size, &options, &bundle, error);
  free(data);
  return bundle;
}

/* The error's name, or "ok"; *verified is what the bundle says of itself. */
static const char *outcome(char **fields, int from_memory, int32_t *verified) {
  static char name[64];
  mp_error *error = NULL;
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  mp_predictor_options options = {0};
  mp_trust *trust = read_policy(fields[POLICY], from_memory, &error);
  if (trust) bundle = open_under(trust, fields, from_memory, &error);
  if (bundle) {
    mp_bundle_verified(bundle, verified, NULL);
    options.struct_size = sizeof options;
    options.engine = given(fields[ENGINE], &options.engine_length);
    mp_predictor_new(bundle, &options, &predictor, &error);
  }
  snprintf(name, sizeof name, "%s", error ? mp_error_name(error) : "ok");
  mp_error_free(error);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  return name;
}

static void every_signed_vector_is_judged_as_the_index_says(void) {
  table index;
  char *fields[FIELDS], path[4096];
  int count = 0, accepted = 0;
  CHECK(table_open(&index, hostile_path(path, sizeof path, "signed.tsv")));
  while (table_next(&index, fields, FIELDS)) {
    int from_memory;
    for (from_memory = 0; from_memory < 2; from_memory++) {
      int32_t verified = -1, is_signed = strcmp(fields[POLICY], "UNSIGNED") != 0;
      const char *name = outcome(fields, from_memory, &verified);
      if (strcmp(name, fields[ERROR_NAME]) != 0) {
        fail(__FILE__, __LINE__, "%s: %s, not %s", fields[ID], name, fields[ERROR_NAME]);
      } else if (strcmp(name, "ok") == 0 && verified != is_signed) {
        fail(__FILE__, __LINE__, "%s: verified is %d", fields[ID], (int)verified);
      }
    }
    accepted += strcmp(fields[ERROR_NAME], "ok") == 0;
    count++;
  }
  table_close(&index);
  CHECK(count >= 300);
  CHECK(accepted >= 20);
}

void add_signed_tests(void) { ADD(every_signed_vector_is_judged_as_the_index_says); }
