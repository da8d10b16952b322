/* tests/vectors/hostile: each file is refused with the one error that the index states, when it is opened or when it would predict. */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "table.h"

enum { ID, FILE_NAME, PHASE, ERROR_NAME, FIELDS };

/* The error's name, or "ok"; `phase` is where it came. */
static const char *refusal(mp_bundle *(*open)(const void *, size_t, mp_error **), const void *data, size_t size, const char **phase) {
  static char name[64];
  mp_error *error = NULL;
  mp_predictor *predictor = NULL;
  mp_bundle *bundle = open(data, size, &error);
  *phase = "open";
  if (bundle) {
    *phase = "predictor";
    mp_predictor_new(bundle, NULL, &predictor, &error);
  }
  snprintf(name, sizeof name, "%s", error ? mp_error_name(error) : "ok");
  mp_error_free(error);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  return name;
}

static mp_bundle *open_memory(const void *data, size_t size, mp_error **error) {
  mp_open_options options = unsigned_options();
  mp_bundle *bundle = NULL;
  mp_bundle_open_memory(data, size, &options, &bundle, error);
  return bundle;
}

static const char *opened_path;

static mp_bundle *open_path(const void *data, size_t size, mp_error **error) {
  mp_open_options options = unsigned_options();
  mp_bundle *bundle = NULL;
  (void)data;
  (void)size;
  mp_bundle_open(opened_path, strlen(opened_path), &options, &bundle, error);
  return bundle;
}

static void every_attack_is_refused_with_its_error(void) {
  table index;
  char *fields[FIELDS], path[4096];
  int count = 0;
  snprintf(path, sizeof path, "%s/hostile/index.tsv", vector_folder);
  CHECK(table_open(&index, path));
  while (table_next(&index, fields, FIELDS)) {
    size_t size = 0;
    unsigned char *data;
    const char *name, *phase;
    int way;
    snprintf(path, sizeof path, "%s/hostile/%s", vector_folder, fields[FILE_NAME]);
    data = read_file(path, &size);
    CHECK(data);
    opened_path = path;
    for (way = 0; way < 2; way++) {
      name = refusal(way ? open_path : open_memory, data, size, &phase);
      if (strcmp(name, fields[ERROR_NAME]) != 0 || strcmp(phase, fields[PHASE]) != 0) {
        fail(__FILE__, __LINE__, "%s: %s at %s, not %s at %s", fields[ID], name, phase, fields[ERROR_NAME], fields[PHASE]);
      }
    }
    free(data);
    count++;
  }
  table_close(&index);
  CHECK(count >= 30);
}

void add_hostile_tests(void) { ADD(every_attack_is_refused_with_its_error); }
