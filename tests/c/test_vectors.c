/* tests/vectors/valid: each row alone and all rows in one batch answer with the bits that the vector states. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "table.h"
#include "vectors.h"

#define MAX_FIELDS 1024
#define MAX_OUTPUTS 8
#define MAX_ROWS 4096

/* One vector while it runs. */
typedef struct vector {
  const char *id;
  mp_bundle *bundle;
  mp_predictor *predictor;
  uint64_t features, outputs;
  mp_output_info infos[MAX_OUTPUTS];
  void *alone[MAX_OUTPUTS], *batch[MAX_OUTPUTS];
  table input, expected;
} vector;

/* Opens the bundle and makes the predictor. */
typedef int opening(vector *vector);

/* What one row must answer, and what it answered alone. */
typedef struct row {
  char **fields;
  int field_count;
  int32_t code;
} row;

/* The number of a single's bits. A host that flushes to zero would lose the small ones in a conversion. */
static double widened(uint32_t single) {
  float number;
  if ((single & 0x7F800000u) == 0) return ldexp(single & 0x7FFFFFu, -149) * (single >> 31 ? -1 : 1);
  memcpy(&number, &single, sizeof number);
  return number;
}

/* The cell of a field, or the error that refuses it. The field is unescaped in place. */
static int32_t cell_of(const mp_bundle *bundle, uint64_t feature, char *field, uint64_t *cell) {
  char *value = strchr(field, ':');
  if (strcmp(field, "none") == 0) return mp_cell_null(bundle, feature, MP_NULL_NONE, cell, NULL);
  if (strcmp(field, "nan") == 0) return mp_cell_null(bundle, feature, MP_NULL_NAN, cell, NULL);
  if (!value) return -1;
  value++;
  switch (*field) {
    case 'f': return mp_cell_f64(bundle, feature, number_of(hex_of(value)), cell, NULL);
    case 'g': return mp_cell_f64(bundle, feature, widened((uint32_t)hex_of(value)), cell, NULL);
    case 'i': return mp_cell_i64(bundle, feature, strtoll(value, NULL, 10), cell, NULL);
    case 'b': return mp_cell_bool(bundle, feature, *value == '1', cell, NULL);
    case 't': return mp_cell_time(bundle, feature, strtoll(value, NULL, 10), cell, NULL);
    case 's': return mp_cell_text(bundle, feature, value, unescape(value), cell, NULL);
    default: return -1;
  }
}

static size_t size_of(int32_t dtype) { return dtype == MP_DTYPE_FLOAT32 ? 4 : 8; }

/* The bundle, its identity pinned for native and machine code. */
static mp_bundle *open_permitted(const char *path) {
  const char *identity = NULL;
  uint64_t length = 0;
  mp_bundle *looked_at = NULL, *bundle = NULL;
  mp_trust *trust = NULL;
  mp_open_options options = {0};
  options.struct_size = sizeof options;
  if (mp_bundle_inspect(path, strlen(path), &looked_at, NULL) == MP_OK &&
      mp_bundle_identity(looked_at, &identity, &length, NULL) == MP_OK &&
      mp_trust_from_identity(identity, length, MP_ENGINE_NATIVE | MP_ENGINE_COMPILED, &trust, NULL) == MP_OK) {
    options.trust = trust;
    mp_bundle_open(path, strlen(path), &options, &bundle, NULL);
  }
  mp_trust_free(trust);
  mp_bundle_free(looked_at);
  return bundle;
}

static int open_native(vector *vector) {
  char path[4096];
  snprintf(path, sizeof path, "%s/valid/%s/bundle.mpk", vector_folder, vector->id);
  vector->bundle = open_bundle(path);
  return vector->bundle && mp_predictor_new(vector->bundle, NULL, &vector->predictor, NULL) == MP_OK;
}

static int open_compiled(vector *vector) {
  char path[4096];
  mp_error *error = NULL;
  mp_predictor_options options = {0};
  snprintf(path, sizeof path, "%s/compiled/%s.mpk", fixture_folder, vector->id);
  vector->bundle = open_permitted(path);
  options.struct_size = sizeof options;
  options.engine = "compiled";
  options.engine_length = 8;
  if (!vector->bundle) return 0;
  if (mp_predictor_new(vector->bundle, &options, &vector->predictor, &error) == MP_OK) return 1;
  fail(__FILE__, __LINE__, "%s: %s", vector->id, mp_error_message(error, NULL));
  mp_error_free(error);
  return 0;
}

static int vector_open(vector *vector, const char *id, opening *open) {
  char path[4096];
  uint64_t i;
  memset(vector, 0, sizeof *vector);
  vector->id = id;
  if (!open(vector)) return 0;
  mp_schema_feature_count(vector->bundle, &vector->features, NULL);
  mp_schema_output_count(vector->bundle, &vector->outputs, NULL);
  if (vector->features > MAX_FIELDS || vector->outputs > MAX_OUTPUTS) return 0;
  for (i = 0; i < vector->outputs; i++) {
    vector->infos[i].struct_size = sizeof vector->infos[i];
    if (mp_schema_output(vector->bundle, i, &vector->infos[i], NULL) != MP_OK) return 0;
  }
  snprintf(path, sizeof path, "%s/valid/%s/input.tsv", vector_folder, id);
  if (!table_open(&vector->input, path)) return 0;
  snprintf(path, sizeof path, "%s/valid/%s/expected.tsv", vector_folder, id);
  return table_open(&vector->expected, path);
}

static void vector_close(vector *vector) {
  uint64_t i;
  for (i = 0; i < MAX_OUTPUTS; i++) {
    free(vector->alone[i]);
    free(vector->batch[i]);
  }
  table_close(&vector->input);
  table_close(&vector->expected);
  mp_predictor_free(vector->predictor);
  mp_bundle_free(vector->bundle);
}

/* Buffers for `rows` rows of every output. */
static uint64_t outputs_to(const vector *vector, void **memory, uint64_t rows, mp_output *outputs) {
  uint64_t i;
  for (i = 0; i < vector->outputs; i++) {
    size_t size = size_of(vector->infos[i].dtype) * vector->infos[i].columns * rows;
    memory[i] = realloc(memory[i], size ? size : 1);
    outputs[i] = output_to((int)i, vector->infos[i].dtype, memory[i], size);
  }
  return vector->outputs;
}

/* Compares one row of the outputs with the fields of expected.tsv behind the status. */
static void compare(const vector *vector, void *const *memory, uint64_t row, char *const *fields, int count, const char *how, int line) {
  uint64_t output, column;
  int field = 1;
  for (output = 0; output < vector->outputs; output++) {
    const mp_output_info *info = &vector->infos[output];
    size_t size = size_of(info->dtype);
    for (column = 0; column < info->columns; column++, field++) {
      uint64_t found = 0, wanted;
      if (field >= count) {
        fail(__FILE__, __LINE__, "%s line %d has too few fields", vector->id, line);
        return;
      }
      memcpy(&found, (const char *)memory[output] + (row * info->columns + column) * size, size);
      wanted = info->dtype == MP_DTYPE_INT64 ? (uint64_t)strtoll(fields[field], NULL, 10) : hex_of(fields[field]);
      if (found != wanted) {
        fail(__FILE__, __LINE__, "%s line %d %s, output %d column %d: %llx, not %llx", vector->id, line, how, (int)output,
             (int)column, (unsigned long long)found, (unsigned long long)wanted);
      }
    }
  }
}

/* The row's code; its name is copied to `name`. */
static int32_t predict_alone(const vector *vector, const uint64_t *cells, const mp_output *outputs, uint64_t count, char *name,
                             size_t size) {
  mp_error *error = NULL;
  int32_t code = mp_predictor_predict_row(vector->predictor, cells, vector->features, NULL, 0, NULL, outputs, count, &error);
  snprintf(name, size, "%s", code == MP_OK ? "ok" : mp_error_name(error));
  if (code != MP_OK) mp_error_free(error);
  return code;
}

static void run_batch(vector *vector, const uint64_t *cells, const row *rows, uint64_t row_count) {
  mp_matrix matrix = {0};
  mp_predict_options options = {0};
  mp_output outputs[MAX_OUTPUTS];
  int32_t *status = malloc(row_count * sizeof *status);
  uint64_t i, count = outputs_to(vector, vector->batch, row_count, outputs);
  matrix.struct_size = sizeof matrix;
  matrix.data = cells;
  matrix.dtype = MP_DTYPE_CELL;
  matrix.rows = row_count;
  matrix.columns = vector->features;
  matrix.row_stride = (int64_t)(8 * vector->features);
  matrix.column_stride = 8;
  options.struct_size = sizeof options;
  options.status = status;
  options.status_count = row_count;
  CHECK_INT(mp_predictor_predict_matrix(vector->predictor, &matrix, &options, outputs, count, NULL), MP_OK);
  for (i = 0; i < row_count; i++) {
    if (status[i] != rows[i].code) {
      fail(__FILE__, __LINE__, "%s row %d: status %d in the batch, %d alone", vector->id, (int)i, (int)status[i], (int)rows[i].code);
    }
    if (status[i] == MP_OK) compare(vector, vector->batch, i, rows[i].fields, rows[i].field_count, "in the batch", (int)i + 2);
  }
  free(status);
}

static int32_t cells_of(const vector *vector, char **fields, uint64_t *cells) {
  uint64_t feature;
  int32_t code = MP_OK;
  for (feature = 0; feature < vector->features && code == MP_OK; feature++) {
    code = cell_of(vector->bundle, feature, fields[feature], &cells[feature]);
    /* -3 stands for any unseen category; the row call says what the policy makes of it. */
    if (code == MP_ERROR_UNSEEN) cells[feature] = (uint64_t)-3, code = MP_OK;
  }
  return code;
}

/* One line of both files: its cells, predicted alone. Answers 0 at the end of the files. */
static int run_row(vector *vector, int line, uint64_t *cells, row *row) {
  char *input[MAX_FIELDS], *expected[MAX_FIELDS], name[64];
  mp_output outputs[MAX_OUTPUTS];
  int given = table_next(&vector->input, input, MAX_FIELDS);
  uint64_t count = outputs_to(vector, vector->alone, 1, outputs);
  row->field_count = table_next(&vector->expected, expected, MAX_FIELDS);
  if (!given && !row->field_count) return 0;
  if (given != (int)vector->features || !row->field_count || cells_of(vector, input, cells) != MP_OK) {
    fail(__FILE__, __LINE__, "%s line %d cannot be read", vector->id, line);
    return 0;
  }
  row->fields = malloc((size_t)row->field_count * sizeof *row->fields);
  memcpy(row->fields, expected, (size_t)row->field_count * sizeof *row->fields);
  row->code = predict_alone(vector, cells, outputs, count, name, sizeof name);
  if (strcmp(name, expected[0]) != 0) fail(__FILE__, __LINE__, "%s line %d is %s, not %s", vector->id, line, name, expected[0]);
  if (row->code == MP_OK) compare(vector, vector->alone, 0, expected, row->field_count, "alone", line);
  return 1;
}

static void run_rows(vector *vector) {
  char *fields[MAX_FIELDS];
  uint64_t *cells = malloc(MAX_ROWS * vector->features * sizeof *cells);
  row *rows = malloc(MAX_ROWS * sizeof *rows);
  uint64_t count = 0;
  table_next(&vector->input, fields, MAX_FIELDS);
  table_next(&vector->expected, fields, MAX_FIELDS);
  while (count < MAX_ROWS && run_row(vector, (int)count + 2, cells + count * vector->features, &rows[count])) count++;
  CHECK(count > 0 && count < MAX_ROWS);
  run_batch(vector, cells, rows, count);
  while (count > 0) free(rows[--count].fields);
  free(rows);
  free(cells);
}

static void run_vectors(opening *open, const char *without) {
  table index;
  char *fields[2];
  int count = 0;
  char path[4096];
  snprintf(path, sizeof path, "%s/valid/index.tsv", vector_folder);
  CHECK(table_open(&index, path));
  while (table_next(&index, fields, 2)) {
    vector vector;
    if (strcmp(fields[0], without) == 0) continue;
    if (vector_open(&vector, fields[0], open)) {
      run_rows(&vector);
    } else {
      fail(__FILE__, __LINE__, "%s cannot be opened", fields[0]);
    }
    vector_close(&vector);
    count++;
  }
  table_close(&index);
  CHECK(count >= 30);
}

void every_vector_answers_with_the_bits_it_states(void) { run_vectors(open_native, ""); }

static void every_vector_as_machine_code_answers_with_the_same_bits(void) { run_vectors(open_compiled, "partitions"); }

void add_vector_tests(void) {
  ADD(every_vector_answers_with_the_bits_it_states);
  ADD(every_vector_as_machine_code_answers_with_the_same_bits);
}
