/* A program as somebody outside writes it, against an installed modelpack: opens the fixture, predicts one row by name. */
#include <modelpack.h>
#include <stdio.h>
#include <string.h>

static int report(const char *what, mp_error *error) {
  fprintf(stderr, "%s: %s\n", what, mp_error_message(error, NULL));
  mp_error_free(error);
  return 1;
}

int main(int argc, char **argv) {
  mp_trust *trust = NULL;
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  mp_error *error = NULL;
  mp_open_options options = {0};
  mp_output output = {0};
  uint64_t cells[9], count, i, origin, carrier, rank;
  double margin = 0;
  if (argc != 2) return 2;
  if (mp_trust_unsigned(&trust, &error)) return report("trust", error);
  options.struct_size = sizeof options;
  options.trust = trust;
  options.name = "fixture";
  options.name_length = strlen(options.name);
  if (mp_bundle_open(argv[1], strlen(argv[1]), &options, &bundle, &error)) return report("open", error);
  if (mp_schema_feature_count(bundle, &count, &error)) return report("count", error);
  if (count != sizeof cells / sizeof *cells) return 3;
  for (i = 0; i < count; i++) {
    mp_feature feature = {0};
    feature.struct_size = sizeof feature;
    if (mp_schema_feature(bundle, i, &feature, &error)) return report("feature", error);
    if (feature.dtype == MP_DTYPE_STRING || feature.dtype == MP_DTYPE_TIMESTAMP) {
      if (mp_cell_null(bundle, i, 0, &cells[i], &error)) return report("null", error);
    } else if (mp_cell_f64(bundle, i, 1.0, &cells[i], &error)) {
      return report("cell", error);
    }
  }
  if (mp_schema_feature_index(bundle, "origin", 6, &origin, &error)) return report("origin", error);
  if (mp_schema_feature_index(bundle, "carrier", 7, &carrier, &error)) return report("carrier", error);
  if (mp_schema_feature_index(bundle, "rank", 4, &rank, &error)) return report("rank", error);
  if (mp_cell_text(bundle, origin, "EWR", 3, &cells[origin], &error)) return report("EWR", error);
  if (mp_cell_text(bundle, carrier, "AA", 2, &cells[carrier], &error)) return report("AA", error);
  if (mp_cell_i64(bundle, rank, 5, &cells[rank], &error)) return report("5", error);
  if (mp_predictor_new(bundle, NULL, &predictor, &error)) return report("predictor", error);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  output.struct_size = sizeof output;
  output.index = 2;
  output.dtype = MP_DTYPE_FLOAT64;
  output.data = &margin;
  output.capacity = sizeof margin;
  if (mp_predictor_predict_row(predictor, cells, count, NULL, 0, NULL, &output, 1, &error)) return report("predict", error);
  mp_predictor_free(predictor);
  printf("modelpack %s: margin %.17g\n", mp_version(), margin);
  /* 1 + 2 + 4 + 8 + 300 + 16 + 1000 + 32 * 5 */
  return margin == 1491.0 ? 0 : 4;
}
