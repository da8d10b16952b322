/*
 * Reads a CSV whose first line names the columns, predicts it row by row, and writes one line a row: every output column in
 * schema order, by the hex digits of its bits.
 *
 *   predict BUNDLE TRUST.json NAME ROWS.csv ANSWERS.txt
 *
 * Prints the mean time of one prediction in nanoseconds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "modelpack.h"

#define MAX_COLUMNS 64
#define MAX_LINE 4096

static void fail_if(int32_t code, mp_error *error) {
  if (code == MP_OK) return;
  fprintf(stderr, "%s: %s\n", mp_error_name(error), mp_error_message(error, NULL));
  mp_error_free(error);
  exit(1);
}

/* One CSV field to the cell of its feature; an empty field is missing. */
static uint64_t field_cell(const mp_bundle *bundle, uint64_t feature, int32_t dtype, const char *field) {
  mp_error *error = NULL;
  uint64_t cell = 0;
  int32_t code;
  if (*field == '\0') {
    code = mp_cell_null(bundle, feature, 0, &cell, &error);
  } else if (dtype == MP_DTYPE_STRING) {
    code = mp_cell_text(bundle, feature, field, strlen(field), &cell, &error);
  } else if (dtype == MP_DTYPE_INT64) {
    code = mp_cell_i64(bundle, feature, strtoll(field, NULL, 10), &cell, &error);
  } else {
    code = mp_cell_f64(bundle, feature, strtod(field, NULL), &cell, &error);
  }
  fail_if(code, error);
  return cell;
}

static uint64_t split(char *line, char **fields) {
  uint64_t count = 0;
  line[strcspn(line, "\r\n")] = '\0';
  while (line != NULL && count < MAX_COLUMNS) {
    char *comma = strchr(line, ',');
    if (comma != NULL) *comma++ = '\0';
    fields[count++] = line;
    line = comma;
  }
  return count;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  char line[MAX_LINE];
  char *fields[MAX_COLUMNS];
  uint64_t cells[MAX_COLUMNS], features[MAX_COLUMNS], feature_count, output_count, columns, rows = 0;
  int32_t dtypes[MAX_COLUMNS];
  unsigned char answers[MAX_COLUMNS][256];
  mp_output outputs[MAX_COLUMNS];
  mp_output_info infos[MAX_COLUMNS];
  mp_error *error = NULL;
  mp_trust *trust = NULL;
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  mp_open_options options = {0};
  double spent = 0;
  FILE *in, *out;

  if (argc != 6) return fprintf(stderr, "usage: predict BUNDLE TRUST.json NAME ROWS.csv ANSWERS.txt\n"), 2;
  fail_if(mp_trust_from_file(argv[2], strlen(argv[2]), &trust, &error), error);
  options.struct_size = sizeof options;
  options.trust = trust;
  options.name = argv[3];
  options.name_length = strlen(argv[3]);
  fail_if(mp_bundle_open(argv[1], strlen(argv[1]), &options, &bundle, &error), error);
  fail_if(mp_predictor_new(bundle, NULL, &predictor, &error), error);
  fail_if(mp_schema_feature_count(bundle, &feature_count, &error), error);
  fail_if(mp_schema_output_count(bundle, &output_count, &error), error);
  if (feature_count > MAX_COLUMNS || output_count > MAX_COLUMNS) return fprintf(stderr, "too wide for this example\n"), 1;

  for (uint64_t i = 0; i < output_count; i++) {
    infos[i].struct_size = sizeof infos[i];
    fail_if(mp_schema_output(bundle, i, &infos[i], &error), error);
    memset(&outputs[i], 0, sizeof outputs[i]);
    outputs[i].struct_size = sizeof outputs[i];
    outputs[i].index = i;
    outputs[i].data = answers[i];
    outputs[i].dtype = infos[i].dtype;
    outputs[i].capacity = sizeof answers[i];
  }

  in = fopen(argv[4], "r");
  out = fopen(argv[5], "w");
  if (in == NULL || out == NULL || fgets(line, sizeof line, in) == NULL) return perror("predict"), 1;
  columns = split(line, fields);
  for (uint64_t i = 0; i < columns; i++) {
    mp_feature feature;
    memset(&feature, 0, sizeof feature);
    feature.struct_size = sizeof feature;
    fail_if(mp_schema_feature_index(bundle, fields[i], strlen(fields[i]), &features[i], &error), error);
    fail_if(mp_schema_feature(bundle, features[i], &feature, &error), error);
    dtypes[i] = feature.dtype;
  }
  while (fgets(line, sizeof line, in) != NULL) {
    double start;
    if (split(line, fields) != columns) return fprintf(stderr, "row %" PRIu64 ": wrong number of fields\n", rows), 1;
    for (uint64_t i = 0; i < columns; i++) cells[features[i]] = field_cell(bundle, features[i], dtypes[i], fields[i]);
    start = seconds();
    fail_if(mp_predictor_predict_row(predictor, cells, feature_count, NULL, 0, NULL, outputs, output_count, &error), error);
    spent += seconds() - start;
    for (uint64_t i = 0; i < output_count; i++) {
      for (uint64_t j = 0; j < infos[i].columns; j++) {
        uint32_t narrow;
        uint64_t wide;
        if (infos[i].dtype == MP_DTYPE_FLOAT32) {
          memcpy(&narrow, answers[i] + 4 * j, 4);
          fprintf(out, "%08" PRIx32 " ", narrow);
        } else {
          memcpy(&wide, answers[i] + 8 * j, 8);
          fprintf(out, "%016" PRIx64 " ", wide);
        }
      }
    }
    fputc('\n', out);
    rows++;
  }
  fclose(in);
  if (fclose(out) != 0) return perror("predict"), 1;
  printf("%.0f\n", rows ? spent / (double)rows * 1e9 : 0.0);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  return 0;
}
