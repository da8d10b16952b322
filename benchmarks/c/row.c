/*
 * Times mp_predictor_predict_row and mp_predictor_predict_matrix on one thread.
 *
 *   row BUNDLE ROWS.f64 FEATURES
 *
 * ROWS.f64 holds rows of FEATURES little-endian float64. Prints two figures: ns per row one by one, ns per row in one batch
 * (the median of 9 rounds).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "modelpack.h"

#define ROUNDS 9

static void fail_if(int32_t code, mp_error *error) {
  if (code == MP_OK) return;
  fprintf(stderr, "%s: %s\n", mp_error_name(error), mp_error_message(error, NULL));
  exit(1);
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *times) {
  qsort(times, ROUNDS, sizeof *times, ascending);
  return times[ROUNDS / 2];
}

int main(int argc, char **argv) {
  mp_error *error = NULL;
  mp_trust *trust = NULL;
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  mp_open_options options = {0};
  mp_output output = {0};
  mp_output_info info = {0};
  mp_matrix matrix = {0};
  double times[ROUNDS];
  uint64_t features, rows, count, index = 0;
  double *data, *answers;
  FILE *file;
  long size;

  if (argc != 4) return fprintf(stderr, "usage: row BUNDLE ROWS.f64 FEATURES\n"), 2;
  features = strtoull(argv[3], NULL, 10);
  file = fopen(argv[2], "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0) return perror(argv[2]), 1;
  rewind(file);
  rows = (uint64_t)size / 8 / features;
  data = malloc((size_t)size);
  answers = malloc(rows * 64 * sizeof *answers);
  if (data == NULL || answers == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) return perror(argv[2]), 1;
  fclose(file);

  fail_if(mp_trust_unsigned(&trust, &error), error);
  options.struct_size = sizeof options;
  options.trust = trust;
  fail_if(mp_bundle_open(argv[1], strlen(argv[1]), &options, &bundle, &error), error);
  fail_if(mp_predictor_new(bundle, NULL, &predictor, &error), error);
  fail_if(mp_schema_output_count(bundle, &count, &error), error);
  for (uint64_t i = 0; i < count; i++) {
    info.struct_size = sizeof info;
    fail_if(mp_schema_output(bundle, i, &info, &error), error);
    if (info.name_length == 11 && memcmp(info.name, "probability", 11) == 0) {
      index = i;
      break;
    }
  }
  output.struct_size = sizeof output;
  output.index = index;
  output.data = answers;
  output.dtype = info.dtype;
  output.capacity = rows * 64 * sizeof *answers;

  for (int round = 0; round < ROUNDS; round++) {
    double start = now_ns();
    for (uint64_t row = 0; row < rows; row++) {
      /* a number's cell is the bits of its f64 */
      fail_if(mp_predictor_predict_row(predictor, (const uint64_t *)(data + row * features), features, NULL, 0, NULL, &output, 1, &error), error);
    }
    times[round] = (now_ns() - start) / (double)rows;
  }
  printf("%.1f ", median(times));

  matrix.struct_size = sizeof matrix;
  matrix.data = data;
  matrix.dtype = MP_DTYPE_FLOAT64;
  matrix.rows = rows;
  matrix.columns = features;
  matrix.row_stride = (int64_t)(features * sizeof *data);
  matrix.column_stride = sizeof *data;
  for (int round = 0; round < ROUNDS; round++) {
    double start = now_ns();
    fail_if(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, &error), error);
    times[round] = (now_ns() - start) / (double)rows;
  }
  printf("%.1f\n", median(times));
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  free(data);
  free(answers);
  return 0;
}
