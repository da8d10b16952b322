#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

const uint64_t GIVEN[FEATURES] = {
    0x3FF8000000000000, /* number 1.5 */
    0x3FE0000000000000, /* narrow 0.5 */
    3,                  /* count */
    1,                  /* flag */
    2,                  /* origin EWR */
    0,                  /* when */
    0x3FF0000000000000, /* wind 1.0 */
    0,                  /* carrier AA */
    5,                  /* rank */
};

const char *fixture_folder;
const char *vector_folder;

const char *path_in(const char *folder, const char *name) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  unsigned char *data = NULL;
  long length;
  if (!file) return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
    data = malloc((size_t)length + 1);
    if (data) {
      *size = fread(data, 1, (size_t)length, file);
      data[*size] = 0;
    }
  }
  fclose(file);
  return data;
}

mp_open_options unsigned_options(void) {
  static mp_trust *trust;
  mp_open_options options = {0};
  if (!trust) mp_trust_unsigned(&trust, NULL);
  options.struct_size = sizeof options;
  options.trust = trust;
  return options;
}

mp_bundle *open_bundle(const char *path) {
  mp_open_options options = unsigned_options();
  mp_bundle *bundle = NULL;
  mp_error *error = NULL;
  if (mp_bundle_open(path, strlen(path), &options, &bundle, &error) != MP_OK) {
    fail(__FILE__, __LINE__, "%s: %s", path, mp_error_message(error, NULL));
    mp_error_free(error);
  }
  return bundle;
}

mp_bundle *open_fixture(void) { return open_bundle(path_in(fixture_folder, "fixture.mpk")); }

mp_predictor *new_predictor(void) {
  mp_bundle *bundle = open_fixture();
  mp_predictor *predictor = NULL;
  mp_error *error = NULL;
  if (bundle && mp_predictor_new(bundle, NULL, &predictor, &error) != MP_OK) {
    fail(__FILE__, __LINE__, "%s", mp_error_message(error, NULL));
    mp_error_free(error);
  }
  mp_bundle_free(bundle);
  return predictor;
}

uint64_t bits(double number) {
  uint64_t value;
  memcpy(&value, &number, sizeof value);
  return value;
}

double number_of(uint64_t value) {
  double number;
  memcpy(&number, &value, sizeof number);
  return number;
}

mp_output output_to(int index, int32_t dtype, void *data, size_t size) {
  mp_output output = {0};
  output.struct_size = sizeof output;
  output.index = (uint64_t)index;
  output.dtype = dtype;
  output.data = data;
  output.capacity = size;
  return output;
}

int32_t free_error(mp_error *error) {
  int32_t code = mp_error_code(error);
  mp_error_free(error);
  return code;
}

int32_t predict_margin(const mp_predictor *predictor, const uint64_t *cells, double *margin, mp_error **error) {
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, margin, sizeof *margin);
  return mp_predictor_predict_row(predictor, cells, FEATURES, NULL, 0, NULL, &output, 1, error);
}
