/* tests/vectors/types.tsv: what each raw value becomes, as a single value and as a column. */
#include <stdio.h>
#include <stdlib.h>

#include "arrow_struct.h"
#include "fixture.h"
#include "table.h"

#define TYPES 8
#define COLUMNS 7
enum { FEATURE, CARRIER_FIELD, INPUT, RESULT, COMMENT, FIELDS };

static mp_bundle *bundle;
static mp_predictor *predictor;

/* A value as a line writes it, in all the forms that a carrier may want. */
typedef struct value {
  char kind;
  double number;
  float narrow;
  uint16_t half;
  int64_t integer;
  uint64_t word;
  uint8_t truth;
  char *text;
  size_t length;
} value;

static value parse(char *input) {
  value value = {0};
  char *after = strchr(input, ':');
  uint32_t narrow;
  value.kind = after ? *input : 0;
  if (!after) return value;
  after++;
  value.word = *input == 'u' ? strtoull(after, NULL, 10) : hex_of(after);
  value.number = number_of(value.word);
  value.half = (uint16_t)value.word;
  narrow = (uint32_t)value.word;
  memcpy(&value.narrow, &narrow, sizeof narrow);
  value.integer = strtoll(after, NULL, 10);
  value.truth = *after == '1';
  if (*input == 's') {
    value.text = after;
    value.length = unescape(after);
  }
  return value;
}

/* Cells of a row that is null but for one feature. */
static void null_row(uint64_t *cells) {
  uint64_t i;
  for (i = 0; i < TYPES; i++) mp_cell_null(bundle, i, 0, &cells[i], NULL);
}

static int32_t predict_row(const uint64_t *cells, double *answer) {
  mp_output output = output_to(0, MP_DTYPE_FLOAT64, answer, COLUMNS * sizeof *answer);
  return mp_predictor_predict_row(predictor, cells, TYPES, NULL, 0, NULL, &output, 1, NULL);
}

/* The name of a code is that of the error in the table. */
static int is_named(int32_t code, const char *name) {
  return (code == MP_ERROR_WRONG_TYPE && strcmp(name, "WRONG_TYPE") == 0) ||
         (code == MP_ERROR_NOT_EXACT && strcmp(name, "NOT_EXACT") == 0);
}

/* Makes the cell; answers -1 where a single value cannot be said in C. */
static int32_t cell_of(uint64_t feature, const char *input, const value *value, uint64_t *cell) {
  switch (value->kind) {
    case 0:
      return mp_cell_null(bundle, feature, strcmp(input, "none") == 0 ? MP_NULL_NONE : strcmp(input, "nan") == 0 ? MP_NULL_NAN : 0,
                          cell, NULL);
    case 'f': return mp_cell_f64(bundle, feature, value->number, cell, NULL);
    case 'i': return mp_cell_i64(bundle, feature, value->integer, cell, NULL);
    case 'b': return mp_cell_bool(bundle, feature, value->truth, cell, NULL);
    case 't': return mp_cell_time(bundle, feature, value->integer, cell, NULL);
    case 's': return mp_cell_text(bundle, feature, value->text, value->length, cell, NULL);
    case 'x': *cell = value->word; return MP_OK;
    default: return -1;
  }
}

static int check_value(uint64_t feature, char **fields, const value *value) {
  uint64_t cells[TYPES];
  double answer[COLUMNS];
  int32_t code;
  int by_hand = value->kind == 'x';
  null_row(cells);
  code = cell_of(feature, fields[INPUT], value, &cells[feature]);
  if (code == -1) return 0;
  if (code == MP_OK) code = predict_row(cells, answer);
  if (strlen(fields[RESULT]) == 16 ? code != MP_OK || (!by_hand && cells[feature] != hex_of(fields[RESULT]))
                                   : !is_named(code, fields[RESULT])) {
    fail(__FILE__, __LINE__, "%s %s as a value: code %d, cell %016llx, not %s", fields[FEATURE], fields[INPUT], (int)code,
         (unsigned long long)cells[feature], fields[RESULT]);
  }
  return 1;
}

/* A column of one row; answers 0 where mp_column cannot say the value. */
static int column_of(const value *value, int64_t *offsets, const uint8_t *null, mp_column *column) {
  memset(column, 0, sizeof *column);
  column->struct_size = sizeof *column;
  column->dtype = MP_DTYPE_FLOAT64;
  column->data = &value->number;
  switch (value->kind) {
    case 0: column->valid = null; return 1;
    case 'f': return 1;
    case 'g': column->dtype = MP_DTYPE_FLOAT32; column->data = &value->narrow; return 1;
    case 'h': column->dtype = MP_DTYPE_FLOAT16; column->data = &value->half; return 1;
    case 'i': column->dtype = MP_DTYPE_INT64; column->data = &value->integer; return 1;
    case 'u': column->dtype = MP_DTYPE_UINT64; column->data = &value->word; return 1;
    case 'b': column->dtype = MP_DTYPE_BOOL; column->data = &value->truth; return 1;
    case 't': column->dtype = MP_DTYPE_TIMESTAMP; column->data = &value->integer; return 1;
    case 's':
      column->dtype = MP_DTYPE_STRING;
      column->data = value->text;
      column->data_size = value->length;
      offsets[0] = 0;
      offsets[1] = (int64_t)value->length;
      column->offsets = offsets;
      return 1;
    default: return 0;
  }
}

/* What the row call answers for the cell of the result, compared with what a column answered. */
static void check_answer(uint64_t feature, char **fields, const char *how, int32_t code, const double *answer) {
  uint64_t cells[TYPES];
  double expected[COLUMNS];
  int same;
  null_row(cells);
  if (strlen(fields[RESULT]) == 16) {
    cells[feature] = hex_of(fields[RESULT]);
    same = code == MP_OK && predict_row(cells, expected) == MP_OK && memcmp(answer, expected, sizeof expected) == 0;
  } else {
    same = is_named(code, fields[RESULT]);
  }
  if (!same) fail(__FILE__, __LINE__, "%s %s as %s: code %d, not %s", fields[FEATURE], fields[INPUT], how, (int)code, fields[RESULT]);
}

static int check_column(uint64_t feature, char **fields, const value *value) {
  static const uint8_t NULL_ROW[1] = {0};
  mp_column columns[TYPES];
  int64_t offsets[2];
  double answer[COLUMNS];
  mp_output output = OUTPUT(0, MP_DTYPE_FLOAT64, answer);
  struct value nothing = {0};
  int i;
  int32_t code;
  for (i = 0; i < TYPES; i++) column_of(&nothing, offsets, NULL_ROW, &columns[i]);
  if (!column_of(value, offsets, NULL_ROW, &columns[feature])) return 0;
  code = mp_predictor_predict_columns(predictor, columns, TYPES, 1, NULL, &output, 1, NULL);
  check_answer(feature, fields, "a column", code, answer);
  return 1;
}

/* The format of an Arrow column of one such value; NULL where Arrow cannot say it. */
static const char *arrow_format(const value *value) {
  switch (value->kind) {
    case 0: return "n";
    case 'f': return "g";
    case 'g': return "f";
    case 'h': return "e";
    case 'i': return "l";
    case 'u': return "L";
    case 'b': return "b";
    case 't': return "tsu:";
    case 's': return "U";
    default: return NULL;
  }
}

/* `d:UNSCALED:SCALE` as 16 little-endian bytes and a format. */
static const char *decimal(const char *input, uint64_t words[2]) {
  static char format[32];
  const char *digit = input + 2;
  int negative = *digit == '-';
  if (negative) digit++;
  words[0] = words[1] = 0;
  for (; *digit != ':'; digit++) {
    uint64_t low = (words[0] & 0xFFFFFFFFu) * 10 + (uint64_t)(*digit - '0');
    uint64_t high = (words[0] >> 32) * 10 + (low >> 32);
    words[1] = words[1] * 10 + (high >> 32);
    words[0] = (high << 32) | (low & 0xFFFFFFFFu);
  }
  if (negative) {
    words[0] = ~words[0] + 1;
    words[1] = ~words[1] + (words[0] == 0);
  }
  snprintf(format, sizeof format, "d:38,%s", digit + 1);
  return format;
}

static void check_arrow(uint64_t feature, char **fields, const value *value) {
  static const char *const NAMES[TYPES] = {"float64",   "float64_none", "float32", "int64", "bool",
                                           "timestamp", "string",       "string_none"};
  arrow_batch batch;
  double answer[COLUMNS];
  mp_output output = OUTPUT(0, MP_DTYPE_FLOAT64, answer);
  uint64_t words[2];
  int64_t offsets[2];
  const char *format = value->kind == 'd' ? decimal(fields[INPUT], words) : arrow_format(value);
  const void *data = &value->word, *text = NULL;
  uint64_t i;
  if (!format) return;
  if (value->kind == 'd') data = words;
  if (value->kind == 'g') data = &value->narrow;
  if (value->kind == 'h') data = &value->half;
  if (value->kind == 'i' || value->kind == 't') data = &value->integer;
  if (value->kind == 'b') data = &value->truth;
  if (value->kind == 's') {
    offsets[0] = 0;
    offsets[1] = (int64_t)value->length;
    data = offsets;
    text = value->text;
  }
  batch_start(&batch, 1);
  for (i = 0; i < TYPES; i++) {
    if (i == feature) {
      batch_add(&batch, NAMES[i], format, NULL, data, text);
    } else {
      batch_add(&batch, NAMES[i], "n", NULL, NULL, NULL);
    }
  }
  check_answer(feature, fields, "Arrow",
               mp_predictor_predict_arrow(predictor, &batch.schema, &batch.array, MP_ARROW_STRICT, NULL, &output, 1, NULL), answer);
}

static void every_value_becomes_what_the_table_says(void) {
  table lines;
  char *fields[FIELDS];
  int checked = 0;
  bundle = open_bundle(path_in(vector_folder, "types.mpk"));
  CHECK(bundle);
  CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, NULL), MP_OK);
  CHECK(table_open(&lines, path_in(vector_folder, "types.tsv")));
  while (table_next(&lines, fields, FIELDS) == FIELDS) {
    uint64_t feature = 0;
    value value = parse(fields[INPUT]);
    CHECK_INT(mp_schema_feature_index(bundle, fields[FEATURE], strlen(fields[FEATURE]), &feature, NULL), MP_OK);
    if (strcmp(fields[CARRIER_FIELD], "column") != 0) checked += check_value(feature, fields, &value);
    if (strcmp(fields[CARRIER_FIELD], "value") != 0) {
      checked += check_column(feature, fields, &value);
      check_arrow(feature, fields, &value);
    }
  }
  table_close(&lines);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  CHECK(checked > 500);
}

void add_type_tests(void) { ADD(every_value_becomes_what_the_table_says); }
