/* A batch of columns, each with its own dtype. */
#include "fixture.h"

#define ROWS 3

/* Columns of ROWS rows; their memory is static and holds GIVEN in each row, in the dtype of the feature. */
static void fill(mp_column *columns) {
  static const double NUMBERS[ROWS] = {1.5, 1.5, 1.5}, WINDS[ROWS] = {1, 1, 1};
  static const float NARROWS[ROWS] = {0.5, 0.5, 0.5};
  static const int16_t COUNTS[ROWS] = {3, 3, 3};
  static const uint8_t FLAGS[ROWS] = {1, 1, 1};
  static const char ORIGINS[] = "EWREWREWR", CARRIERS[] = "AAAAAA";
  static const int64_t ORIGIN_OFFSETS[ROWS + 1] = {0, 3, 6, 9}, CARRIER_OFFSETS[ROWS + 1] = {0, 2, 4, 6};
  static const int64_t WHENS[ROWS] = {0, 1, -1};
  static const uint32_t RANKS[ROWS] = {5, 5, 5};
  int i;
  memset(columns, 0, FEATURES * sizeof *columns);
  for (i = 0; i < FEATURES; i++) columns[i].struct_size = sizeof *columns;
#define COLUMN(feature, values, type)          \
  columns[feature].data = values;              \
  columns[feature].dtype = type;               \
  columns[feature].stride = sizeof *(values);
#define TEXTS(feature, texts, ends)                     \
  columns[feature].data = texts;                        \
  columns[feature].dtype = MP_DTYPE_STRING;             \
  columns[feature].offsets = ends;                      \
  columns[feature].data_size = sizeof(texts) - 1;
  COLUMN(NUMBER, NUMBERS, MP_DTYPE_FLOAT64)
  COLUMN(NARROW, NARROWS, MP_DTYPE_FLOAT32)
  COLUMN(COUNT, COUNTS, MP_DTYPE_INT16)
  COLUMN(FLAG, FLAGS, MP_DTYPE_BOOL)
  TEXTS(ORIGIN, ORIGINS, ORIGIN_OFFSETS)
  COLUMN(WHEN, WHENS, MP_DTYPE_TIMESTAMP)
  COLUMN(WIND, WINDS, MP_DTYPE_FLOAT64)
  TEXTS(CARRIER, CARRIERS, CARRIER_OFFSETS)
  COLUMN(RANK, RANKS, MP_DTYPE_UINT32)
#undef COLUMN
#undef TEXTS
}

static int32_t predict(const mp_predictor *predictor, const mp_column *columns, double *margin) {
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, margin, ROWS * sizeof *margin);
  return mp_predictor_predict_columns(predictor, columns, FEATURES, ROWS, NULL, &output, 1, NULL);
}

static void each_column_has_its_own_dtype(void) {
  mp_predictor *predictor = new_predictor();
  mp_column columns[FEATURES];
  double margin[ROWS] = {0};
  int row;
  CHECK(predictor);
  fill(columns);
  CHECK_INT(predict(predictor, columns, margin), MP_OK);
  for (row = 0; row < ROWS; row++) CHECK_DOUBLE(margin[row], GIVEN_MARGIN);
  mp_predictor_free(predictor);
}

static void a_validity_byte_says_what_is_null(void) {
  static const uint8_t VALID[ROWS] = {1, 0, 255};
  mp_predictor *predictor = new_predictor();
  mp_column columns[FEATURES];
  double margin[ROWS] = {0};
  CHECK(predictor);
  fill(columns);
  columns[ORIGIN].valid = VALID; /* its null is None: -1 */
  CHECK_INT(predict(predictor, columns, margin), MP_OK);
  CHECK_DOUBLE(margin[0], GIVEN_MARGIN);
  CHECK_DOUBLE(margin[1], GIVEN_MARGIN - 301);
  CHECK_DOUBLE(margin[2], GIVEN_MARGIN);
  columns[NUMBER].valid = VALID;
  CHECK_INT(predict(predictor, columns, margin), MP_OK);
  CHECK(bits(margin[1]) == CELL_NAN);
  CHECK_DOUBLE(margin[2], GIVEN_MARGIN);
  mp_predictor_free(predictor);
}

static void only_an_optional_feature_may_be_absent(void) {
  mp_predictor *predictor = new_predictor();
  mp_column columns[FEATURES];
  mp_feature_stats stats = {0};
  double margin[ROWS] = {0};
  CHECK(predictor);
  fill(columns);
  memset(&columns[WIND], 0, sizeof columns[WIND]);
  columns[WIND].struct_size = sizeof columns[WIND];
  columns[WIND].flags = MP_COLUMN_ABSENT;
  CHECK_INT(predict(predictor, columns, margin), MP_OK);
  CHECK(bits(margin[0]) == CELL_NAN);
  stats.struct_size = sizeof stats;
  CHECK_INT(mp_predictor_stats(predictor, WIND, &stats, NULL), MP_OK);
  CHECK_INT(stats.absent, ROWS);
  columns[RANK] = columns[WIND];
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_FEATURE_ABSENT);
  fill(columns);
  columns[WIND].flags = MP_COLUMN_ABSENT; /* absent, but with data */
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

static void texts_stay_within_their_data(void) {
  static const int64_t DESCENDING[ROWS + 1] = {0, 6, 3, 9}, BEYOND[ROWS + 1] = {0, 3, 6, 10}, BEFORE[ROWS + 1] = {-1, 3, 6, 9};
  static const char BROKEN[] = "EWR\xFF\xFE\xFD" "EWR";
  mp_predictor *predictor = new_predictor();
  mp_column columns[FEATURES];
  double margin[ROWS] = {7, 7, 7};
  CHECK(predictor);
  fill(columns);
  columns[ORIGIN].offsets = DESCENDING;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  columns[ORIGIN].offsets = BEYOND;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  columns[ORIGIN].offsets = BEFORE;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  columns[ORIGIN].offsets = NULL;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  CHECK_DOUBLE(margin[0], 7.0);
  fill(columns);
  columns[ORIGIN].data = BROKEN;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_WRONG_TYPE);
  mp_predictor_free(predictor);
}

static void columns_that_cannot_be_are_refused(void) {
  static const uint8_t TWO[ROWS] = {0, 1, 2};
  mp_predictor *predictor = new_predictor();
  mp_column columns[FEATURES];
  double margin[ROWS] = {7, 7, 7};
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  CHECK(predictor);
  fill(columns);
  CHECK_INT(mp_predictor_predict_columns(predictor, columns, FEATURES - 1, ROWS, NULL, &output, 1, NULL), MP_ERROR_WRONG_SHAPE);
  CHECK_INT(mp_predictor_predict_columns(predictor, NULL, FEATURES, ROWS, NULL, &output, 1, NULL), MP_ERROR_USAGE);
  columns[FLAG].data = TWO;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_WRONG_TYPE);
  fill(columns);
  columns[NUMBER].dtype = MP_DTYPE_STRING;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE); /* a stride, no offsets */
  fill(columns);
  columns[NUMBER] = columns[ORIGIN];
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_WRONG_TYPE);
  fill(columns);
  columns[NUMBER].data_size = 24;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  fill(columns);
  columns[NUMBER].flags = 2;
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_USAGE);
  fill(columns);
  columns[WHEN] = columns[NUMBER];
  CHECK_INT(predict(predictor, columns, margin), MP_ERROR_WRONG_TYPE);
  mp_predictor_free(predictor);
}

static void no_rows_are_an_empty_answer(void) {
  mp_predictor *predictor = new_predictor();
  mp_column columns[FEATURES];
  mp_output output = output_to(MARGIN, MP_DTYPE_FLOAT64, NULL, 0);
  int i;
  CHECK(predictor);
  fill(columns);
  for (i = 0; i < FEATURES; i++) columns[i].data = NULL, columns[i].offsets = NULL, columns[i].data_size = 0;
  CHECK_INT(mp_predictor_predict_columns(predictor, columns, FEATURES, 0, NULL, &output, 1, NULL), MP_OK);
  mp_predictor_free(predictor);
}

void add_column_tests(void) {
  ADD(each_column_has_its_own_dtype);
  ADD(a_validity_byte_says_what_is_null);
  ADD(only_an_optional_feature_may_be_absent);
  ADD(texts_stay_within_their_data);
  ADD(columns_that_cannot_be_are_refused);
  ADD(no_rows_are_an_empty_answer);
}
