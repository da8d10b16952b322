#include "engine.h"

#include <stdio.h>

static const char *path_of(char *path, size_t size, const char *id, const char *ending) {
  snprintf(path, size, "%s/engines/%s%s", fixture_folder, id, ending);
  return path;
}

int engine_index(table *index) {
  char path[4096];
  return table_open(index, path_of(path, sizeof path, "index", ".tsv"));
}

int engine_bounds(const char *id, table *bounds) {
  char path[4096];
  return table_open(bounds, path_of(path, sizeof path, id, ".bounds.tsv"));
}

mp_bundle *engine_bundle(const char *id) {
  char path[4096];
  mp_open_options options = {0};
  mp_trust *trust = NULL;
  mp_bundle *bundle = NULL;
  mp_error *error = NULL;
  path_of(path, sizeof path, "trust", ".json");
  if (mp_trust_from_file(path, strlen(path), &trust, &error) == MP_OK) {
    path_of(path, sizeof path, id, ".mpk");
    options.struct_size = sizeof options;
    options.trust = trust;
    mp_bundle_open(path, strlen(path), &options, &bundle, &error);
  }
  if (error) fail(__FILE__, __LINE__, "%s: %s", path, mp_error_message(error, NULL));
  mp_error_free(error);
  mp_trust_free(trust);
  return bundle;
}

mp_predictor *engine_predictor(const mp_bundle *bundle, const char *engine) {
  mp_predictor_options options = {0};
  mp_predictor *predictor = NULL;
  mp_error *error = NULL;
  const char *ran = NULL;
  uint64_t length = 0;
  options.struct_size = sizeof options;
  options.engine = engine;
  options.engine_length = strlen(engine);
  if (mp_predictor_new(bundle, &options, &predictor, &error) != MP_OK) {
    fail(__FILE__, __LINE__, "%s: %s", engine, mp_error_message(error, NULL));
  } else if (mp_predictor_engine(predictor, &ran, &length, NULL) != MP_OK || length != strlen(engine) || memcmp(ran, engine, length) != 0) {
    fail(__FILE__, __LINE__, "%s was asked for, and another engine runs", engine);
  }
  mp_error_free(error);
  return predictor;
}
