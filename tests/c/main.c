/* Runs all tests: main FIXTURES VECTORS [SEED] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fixture.h"

void add_arrow_tests(void);
void add_bundle_tests(void);
void add_cell_tests(void);
void add_column_tests(void);
void add_environment_tests(void);
void add_error_tests(void);
void add_hostile_tests(void);
void add_matrix_tests(void);
void add_misuse_tests(void);
void add_open_tests(void);
void add_partition_tests(void);
void add_predictor_tests(void);
void add_replaced_tests(void);
void add_row_tests(void);
void add_schema_tests(void);
void add_signed_tests(void);
void add_signing_tests(void);
void add_source_tests(void);
void add_status_tests(void);
void add_thread_tests(void);
void add_trust_tests(void);
void add_type_tests(void);
void add_vector_tests(void);
void add_write_tests(void);

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s FIXTURES VECTORS [SEED]\n", argv[0]);
    return 2;
  }
  fixture_folder = argv[1];
  vector_folder = argv[2];
  add_arrow_tests();
  add_bundle_tests();
  add_cell_tests();
  add_column_tests();
  /* Valgrind has no flush-to-zero. */
  if (!getenv("UNDER_VALGRIND")) add_environment_tests();
  add_error_tests();
  add_hostile_tests();
  add_matrix_tests();
  add_misuse_tests();
  add_open_tests();
  add_partition_tests();
  add_predictor_tests();
  add_replaced_tests();
  add_row_tests();
  add_schema_tests();
  add_signed_tests();
  add_signing_tests();
  add_source_tests();
  add_status_tests();
  add_thread_tests();
  add_trust_tests();
  add_type_tests();
  add_vector_tests();
  add_write_tests();
  return run_tests(argc > 3 ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL)) ? 1 : 0;
}
