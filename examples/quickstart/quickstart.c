/* The README's lines in C, whole: reads cancer.mpk, release.pub and row.csv (a line of names, a line of numbers), prints both probabilities. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelpack.h"

static void check(int32_t code, mp_error *error) {
  if (code == MP_OK) return;
  fprintf(stderr, "%s\n", mp_error_message(error, NULL));
  exit(1);
}

int main(void) {
  mp_error *error = NULL;
  mp_trust *trust = NULL;
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  uint64_t cells[30];
  float probability[2];
  char names[4096], numbers[4096], *next = numbers;
  FILE *file = fopen("row.csv", "r");

  if (file == NULL || !fgets(names, sizeof names, file) || !fgets(numbers, sizeof numbers, file)) return perror("row.csv"), 1;
  fclose(file);
  /* [readme] */
  check(mp_trust_from_file("release.pub", 11, &trust, &error), error);
  mp_open_options options = {.struct_size = sizeof options, .trust = trust, .name = "cancer", .name_length = 6};
  check(mp_bundle_open("cancer.mpk", 10, &options, &bundle, &error), error);
  check(mp_predictor_new(bundle, NULL, &predictor, &error), error);
  for (uint64_t i = 0; i < 30; i++, next++) check(mp_cell_f64(bundle, i, strtod(next, &next), &cells[i], &error), error);
  mp_output output = {.struct_size = sizeof output, .index = 1, .data = probability, .dtype = MP_DTYPE_FLOAT32, .capacity = 8};
  check(mp_predictor_predict_row(predictor, cells, 30, NULL, 0, NULL, &output, 1, &error), error);
  /* [end] */
  printf("(%.17g, %.17g)\n", (double)probability[0], (double)probability[1]);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  return 0;
}
