/* tests/vectors/valid: each row alone and all rows in one batch answer with the bits that the vector states, in every engine;
 * ONNX Runtime within the bounds that stand beside them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine.h"
#include "fixture.h"
#include "table.h"
#include "vectors.h"

#define MAX_FIELDS 1024
#define MAX_OUTPUTS 8
#define MAX_ROWS 4096

/* One vector while it runs. */
typedef struct vector {
  const char *id, *engine;
  mp_bundle *bundle;
  mp_predictor *predictor;
  uint64_t features, outputs;
  mp_output_info infos[MAX_OUTPUTS];
  void *alone[MAX_OUTPUTS], *batch[MAX_OUTPUTS];
  table input, expected, bounds;
} vector;

/* What one row must answer, and what it answered alone. */
typedef struct row {
  char **fields;
  char **bounds; /* NULL: the same bits */
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

static int open_native(vector *vector) {
  char path[4096];
  snprintf(path, sizeof path, "%s/valid/%s/bundle.mpk", vector_folder, vector->id);
  vector->bundle = open_bundle(path);
  return vector->bundle && mp_predictor_new(vector->bundle, NULL, &vector->predictor, NULL) == MP_OK;
}

static int open_engine(vector *vector) {
  vector->bundle = engine_bundle(vector->id);
  vector->predictor = vector->bundle ? engine_predictor(vector->bundle, vector->engine) : NULL;
  return vector->predictor && (strcmp(vector->engine, "onnx") != 0 || engine_bounds(vector->id, &vector->bounds));
}

static int vector_open(vector *vector, const char *id, const char *engine) {
  char path[4096];
  uint64_t i;
  memset(vector, 0, sizeof *vector);
  vector->id = id;
  vector->engine = engine;
  if (!(engine ? open_engine(vector) : open_native(vector))) return 0;
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
  table_close(&vector->bounds);
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

/* Whether an answer is no further from the expected one than the bound, or both are NaN. */
static int is_within(int32_t dtype, uint64_t found, uint64_t wanted, const char *bound) {
  double allowed = number_of(hex_of(bound));
  double answer = dtype == MP_DTYPE_FLOAT32 ? widened((uint32_t)found) : number_of(found);
  double right = dtype == MP_DTYPE_FLOAT32 ? widened((uint32_t)wanted) : number_of(wanted);
  if (dtype == MP_DTYPE_INT64) return 0;
  if (isnan(answer) && isnan(right)) return 1;
  return allowed > 0 && fabs(answer - right) <= allowed;
}

/* Compares one row of the outputs with the fields of expected.tsv behind the status. */
static void compare(const vector *vector, void *const *memory, uint64_t number, const row *row, const char *how, int line) {
  uint64_t output, column;
  int field = 1;
  for (output = 0; output < vector->outputs; output++) {
    const mp_output_info *info = &vector->infos[output];
    size_t size = size_of(info->dtype);
    for (column = 0; column < info->columns; column++, field++) {
      uint64_t found = 0, wanted;
      if (field >= row->field_count) {
        fail(__FILE__, __LINE__, "%s line %d has too few fields", vector->id, line);
        return;
      }
      memcpy(&found, (const char *)memory[output] + (number * info->columns + column) * size, size);
      wanted = info->dtype == MP_DTYPE_INT64 ? (uint64_t)strtoll(row->fields[field], NULL, 10) : hex_of(row->fields[field]);
      if (found != wanted && !(row->bounds && is_within(info->dtype, found, wanted, row->bounds[field]))) {
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
    if (status[i] == MP_OK) compare(vector, vector->batch, i, &rows[i], "in the batch", (int)i + 2);
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

static char **copy_of(char *const *fields, int count) {
  char **copy = malloc((size_t)count * sizeof *copy);
  memcpy(copy, fields, (size_t)count * sizeof *copy);
  return copy;
}

/* One line of both files: its cells, predicted alone. Answers 0 at the end of the files. */
static int run_row(vector *vector, int line, uint64_t *cells, row *row) {
  char *input[MAX_FIELDS], *expected[MAX_FIELDS], *bounds[MAX_FIELDS], name[64];
  mp_output outputs[MAX_OUTPUTS];
  int given = table_next(&vector->input, input, MAX_FIELDS);
  uint64_t count = outputs_to(vector, vector->alone, 1, outputs);
  row->field_count = table_next(&vector->expected, expected, MAX_FIELDS);
  if (!given && !row->field_count) return 0;
  if (given != (int)vector->features || !row->field_count || cells_of(vector, input, cells) != MP_OK) {
    fail(__FILE__, __LINE__, "%s line %d cannot be read", vector->id, line);
    return 0;
  }
  row->fields = copy_of(expected, row->field_count);
  if (vector->bounds.text && table_next(&vector->bounds, bounds, MAX_FIELDS) != row->field_count) {
    fail(__FILE__, __LINE__, "%s line %d has another number of bounds", vector->id, line);
    return 0;
  }
  row->bounds = vector->bounds.text ? copy_of(bounds, row->field_count) : NULL;
  row->code = predict_alone(vector, cells, outputs, count, name, sizeof name);
  if (strcmp(name, expected[0]) != 0) fail(__FILE__, __LINE__, "%s line %d is %s, not %s", vector->id, line, name, expected[0]);
  if (row->code == MP_OK) compare(vector, vector->alone, 0, row, "alone", line);
  return 1;
}

static void run_rows(vector *vector) {
  char *fields[MAX_FIELDS];
  uint64_t *cells = malloc(MAX_ROWS * vector->features * sizeof *cells);
  row *rows = malloc(MAX_ROWS * sizeof *rows);
  uint64_t count = 0;
  table_next(&vector->input, fields, MAX_FIELDS);
  table_next(&vector->expected, fields, MAX_FIELDS);
  if (vector->bounds.text) table_next(&vector->bounds, fields, MAX_FIELDS);
  while (count < MAX_ROWS && run_row(vector, (int)count + 2, cells + count * vector->features, &rows[count])) count++;
  CHECK(count > 0 && count < MAX_ROWS);
  run_batch(vector, cells, rows, count);
  while (count > 0) {
    free(rows[--count].fields);
    free(rows[count].bounds);
  }
  free(rows);
  free(cells);
}

static void run_vector(const char *id, const char *engine) {
  vector vector;
  if (vector_open(&vector, id, engine)) {
    run_rows(&vector);
  } else {
    fail(__FILE__, __LINE__, "%s cannot be opened", id);
  }
  vector_close(&vector);
}

void every_vector_answers_with_the_bits_it_states(void) {
  char path[4096], *fields[2];
  table index;
  int count = 0;
  snprintf(path, sizeof path, "%s/valid/index.tsv", vector_folder);
  CHECK(table_open(&index, path));
  while (table_next(&index, fields, 2)) {
    run_vector(fields[0], NULL);
    count++;
  }
  table_close(&index);
  CHECK(count >= 30);
}

static void run_engine(const char *engine) {
  char *fields[3];
  table index;
  int count = 0;
  CHECK(engine_index(&index));
  while (table_next(&index, fields, 3)) {
    if (strcmp(fields[1], engine) != 0 || strcmp(fields[2], "ok") != 0) continue;
    run_vector(fields[0], engine);
    count++;
  }
  table_close(&index);
  CHECK(count >= 30);
}

static void every_vector_as_machine_code_answers_with_the_same_bits(void) { run_engine("compiled"); }

static void every_vector_in_onnx_runtime_answers_within_its_bounds(void) { run_engine("onnx"); }

void add_vector_tests(void) {
  ADD(every_vector_answers_with_the_bits_it_states);
  ADD(every_vector_as_machine_code_answers_with_the_same_bits);
  /* Emulators have none, and under valgrind its own findings would drown ours. */
  if (getenv("MODELPACK_ONNXRUNTIME") && !getenv("UNDER_VALGRIND")) ADD(every_vector_in_onnx_runtime_answers_within_its_bounds);
}
