/* A host whose floating-point environment is not the default one gets the same bits, and keeps its environment. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "vectors.h"

#define ROWS 5000
#define FUNCTIONS 11
#define TINY 5e-324

/* Whether this thread takes the smallest double for zero. */
static int flushes(void) {
  volatile double tiny = TINY;
  return !(tiny * 1.0 > 0.0);
}

/* Loads the library that switches flushing on for the thread that loads it. */
static void load_flushing_library(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/flushing.so", fixture_folder);
  CHECK(!flushes());
  CHECK(dlopen(path, RTLD_NOW) != NULL);
  CHECK(flushes());
}

static void *run_vectors(void *unused) {
  (void)unused;
  load_flushing_library();
  every_vector_answers_with_the_bits_it_states();
  if (!flushes()) fail(__FILE__, __LINE__, "the caller's environment was not restored");
  return NULL;
}

/* Every function of the smallest double, by a predictor with worker threads, which take over their starter's environment. */
static void batch(const mp_predictor *predictor, double *answers) {
  static double tiny[ROWS];
  mp_output output = output_to(0, MP_DTYPE_FLOAT64, answers, ROWS * FUNCTIONS * sizeof *answers);
  mp_matrix matrix = {0};
  int row;
  for (row = 0; row < ROWS; row++) tiny[row] = number_of(1);
  matrix.struct_size = sizeof matrix;
  matrix.data = tiny;
  matrix.dtype = MP_DTYPE_FLOAT64;
  matrix.rows = ROWS;
  matrix.columns = 1;
  matrix.row_stride = sizeof *tiny;
  matrix.column_stride = sizeof *tiny;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, NULL, &output, 1, NULL), MP_OK);
}

static void *run_batch(void *argument) {
  static double answers[2][ROWS * FUNCTIONS];
  batch(argument, answers[0]);
  load_flushing_library();
  batch(argument, answers[1]);
  if (memcmp(answers[0], answers[1], sizeof answers[0]) != 0) fail(__FILE__, __LINE__, "a worker flushed to zero");
  if (bits(answers[1][(ROWS - 1) * FUNCTIONS + 2]) != 1) fail(__FILE__, __LINE__, "expm1 of the smallest double is not itself");
  return NULL;
}

/* In a thread of its own: the setting ends with it, and a constructor runs only where the library is loaded first. */
static void in_a_thread(void *(*body)(void *), void *argument) {
  pthread_t thread;
  char path[4096];
  void *library;
  CHECK_INT(pthread_create(&thread, NULL, body, argument), 0);
  CHECK_INT(pthread_join(thread, NULL), 0);
  CHECK(!flushes());
  snprintf(path, sizeof path, "%s/flushing.so", fixture_folder);
  library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  CHECK(library != NULL);
  dlclose(library);
  dlclose(library);
}

static void a_library_that_flushes_to_zero_changes_no_answer(void) { in_a_thread(run_vectors, NULL); }

static void a_library_that_flushes_to_zero_changes_no_worker(void) {
  mp_predictor_options options = {0};
  mp_predictor *predictor = NULL;
  mp_bundle *bundle;
  char path[4096];
  snprintf(path, sizeof path, "%s/valid/math-functions/bundle.mpk", vector_folder);
  bundle = open_bundle(path);
  CHECK(bundle != NULL);
  options.struct_size = sizeof options;
  options.threads = 2;
  CHECK_INT(mp_predictor_new(bundle, &options, &predictor, NULL), MP_OK);
  in_a_thread(run_batch, predictor);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
}

void add_environment_tests(void) {
  ADD(a_library_that_flushes_to_zero_changes_no_answer);
  ADD(a_library_that_flushes_to_zero_changes_no_worker);
}
