/* One predictor, many threads, no locks by the caller. */
#include <pthread.h>

#include "fixture.h"

#define THREADS 8
#define CALLS 500
#define ROWS 64

static void *predict_rows(void *argument) {
  const mp_predictor *predictor = argument;
  int call;
  for (call = 0; call < CALLS; call++) {
    uint64_t cells[FEATURES];
    double margin = 0;
    mp_error *error = NULL;
    memcpy(cells, GIVEN, sizeof cells);
    cells[NUMBER] = bits(call);
    if (predict_margin(predictor, cells, &margin, NULL) != MP_OK || margin != GIVEN_MARGIN - 1.5 + call) {
      fail(__FILE__, __LINE__, "call %d: %a", call, margin);
    }
    cells[RANK] = INTEGER_MISSING;
    if (predict_margin(predictor, cells, &margin, &error) != MP_ERROR_MISSING || free_error(error) != MP_ERROR_MISSING) {
      fail(__FILE__, __LINE__, "call %d: an error that is not its own", call);
    }
  }
  return NULL;
}

static void *predict_batches(void *argument) {
  const mp_predictor *predictor = argument;
  uint64_t cells[ROWS][FEATURES];
  double margin[ROWS];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  mp_matrix matrix = {0};
  int call, row;
  matrix.struct_size = sizeof matrix;
  matrix.data = cells;
  matrix.dtype = MP_DTYPE_CELL;
  matrix.rows = ROWS;
  matrix.columns = FEATURES;
  matrix.row_stride = sizeof cells[0];
  matrix.column_stride = 8;
  for (row = 0; row < ROWS; row++) {
    memcpy(cells[row], GIVEN, sizeof GIVEN);
    cells[row][NUMBER] = bits(row);
  }
  for (call = 0; call < CALLS / 10; call++) {
    int32_t code = mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL);
    for (row = 0; row < ROWS; row++) {
      if (code != MP_OK || margin[row] != GIVEN_MARGIN - 1.5 + row) {
        fail(__FILE__, __LINE__, "batch %d row %d: code %d, %a", call, row, (int)code, margin[row]);
        return NULL;
      }
    }
  }
  return NULL;
}

static void threads_share_a_predictor(void) {
  mp_predictor *predictor = new_predictor();
  pthread_t threads[THREADS];
  mp_feature_stats stats = {0};
  int i;
  CHECK(predictor);
  for (i = 0; i < THREADS; i++) {
    CHECK_INT(pthread_create(&threads[i], NULL, i % 2 ? predict_batches : predict_rows, predictor), 0);
  }
  for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  stats.struct_size = sizeof stats;
  CHECK_INT(mp_predictor_stats(predictor, NUMBER, &stats, NULL), MP_OK);
  CHECK_INT(stats.rows, THREADS / 2 * CALLS + THREADS / 2 * (CALLS / 10) * ROWS);
  mp_predictor_free(predictor);
}

static void *own_and_free(void *argument) {
  mp_predictor *predictor = argument;
  double margin = 0;
  if (predict_margin(predictor, GIVEN, &margin, NULL) != MP_OK || margin != GIVEN_MARGIN) {
    fail(__FILE__, __LINE__, "an owner's predictor is gone");
  }
  mp_predictor_free(predictor);
  return NULL;
}

static void each_owner_frees_once(void) {
  mp_predictor *predictor = new_predictor();
  pthread_t threads[THREADS];
  int i;
  CHECK(predictor);
  for (i = 0; i < THREADS; i++) {
    mp_predictor_retain(predictor);
    CHECK_INT(pthread_create(&threads[i], NULL, own_and_free, predictor), 0);
  }
  mp_predictor_free(predictor);
  for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static void a_batch_on_two_threads_gives_the_same_bits(void) {
  enum { MANY = 4000 };
  static uint64_t cells[MANY][FEATURES];
  static double one[MANY], two[MANY];
  mp_bundle *bundle = open_fixture();
  mp_predictor *single = new_predictor(), *threaded = NULL;
  mp_predictor_options options = {0};
  mp_matrix matrix = {0};
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, one);
  mp_error *error = NULL;
  int row;
  CHECK(bundle && single);
  options.struct_size = sizeof options;
  options.threads = 2;
  CHECK_INT(mp_predictor_new(bundle, &options, &threaded, NULL), MP_OK);
  for (row = 0; row < MANY; row++) {
    memcpy(cells[row], GIVEN, sizeof GIVEN);
    cells[row][NUMBER] = bits(row / 7.0);
  }
  matrix.struct_size = sizeof matrix;
  matrix.data = cells;
  matrix.dtype = MP_DTYPE_CELL;
  matrix.rows = MANY;
  matrix.columns = FEATURES;
  matrix.row_stride = sizeof cells[0];
  matrix.column_stride = 8;
  CHECK_INT(mp_predictor_predict_matrix(single, &matrix, NULL, &output, 1, NULL), MP_OK);
  output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, two);
  CHECK_INT(mp_predictor_predict_matrix(threaded, &matrix, NULL, &output, 1, NULL), MP_OK);
  CHECK(memcmp(one, two, sizeof one) == 0);
  /* And the same first error. */
  cells[3900][RANK] = cells[17][RANK] = INTEGER_MISSING;
  CHECK_INT(mp_predictor_predict_matrix(threaded, &matrix, NULL, &output, 1, &error), MP_ERROR_MISSING);
  CHECK_INT(mp_error_row(error), 17);
  mp_error_free(error);
  mp_predictor_free(threaded);
  mp_predictor_free(single);
  mp_bundle_free(bundle);
}

void add_thread_tests(void) {
  ADD(threads_share_a_predictor);
  ADD(each_owner_frees_once);
  ADD(a_batch_on_two_threads_gives_the_same_bits);
}
