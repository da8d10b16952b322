/* Partitions: nodes and keys, which node answers a row, the cache, writing. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

/* Nodes of the fixture: root, EWR (twice the root's margin), EWR/3 (4 times), JFK/3 (pruned), LGA/-1 (8 times). */
enum { LEVELS = 2, NODES = 5 };

static mp_bundle *open_partitioned(void) { return open_bundle(path_in(fixture_folder, "partitioned.mpk")); }

static mp_predictor *new_partitioned(uint64_t cache_bytes) {
  mp_bundle *bundle = open_partitioned();
  mp_predictor_options options = {0};
  mp_predictor *predictor = NULL;
  options.struct_size = sizeof options;
  options.cache_bytes = cache_bytes;
  mp_predictor_new(bundle, &options, &predictor, NULL);
  mp_bundle_free(bundle);
  return predictor;
}

static int64_t node_of(const mp_bundle *bundle, const char *key) {
  int64_t node = -2;
  mp_partition_exact(bundle, key, strlen(key), &node, NULL);
  return node;
}

static void nodes_say_what_they_are(void) {
  mp_bundle *bundle = open_partitioned();
  mp_node node = {0};
  mp_text *text = NULL;
  const char *data;
  uint64_t count = 0, feature = 0, length = 0;
  int64_t order[NODES], ewr, pruned;
  CHECK(bundle);
  CHECK_INT(mp_partition_level_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, LEVELS);
  CHECK_INT(mp_partition_level(bundle, 1, &feature, NULL), MP_OK);
  CHECK_INT(feature, COUNT);
  CHECK_INT(mp_partition_level(bundle, 2, &feature, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_partition_node_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, NODES);
  ewr = node_of(bundle, "[\"EWR\"]");
  pruned = node_of(bundle, "[\"JFK\",3]");
  node.struct_size = sizeof node;
  CHECK_INT(mp_partition_node(bundle, node_of(bundle, "[\"EWR\",3]"), &node, NULL), MP_OK);
  CHECK_INT(node.flags, MP_NODE_FACTS);
  CHECK_INT(node.parent, ewr);
  CHECK_INT(node.depth, 2);
  CHECK_INT(node.program_length, 64);
  CHECK(node.size_bytes > 0);
  CHECK_INT(node.rows, 70);
  CHECK_DOUBLE(node.metric, 0.5);
  node.flags = 0;
  CHECK_INT(mp_partition_node(bundle, pruned, &node, NULL), MP_OK);
  CHECK_INT(node.flags, MP_NODE_PRUNED | MP_NODE_FACTS);
  CHECK_INT(node.answers, 0);
  CHECK(!node.program);
  CHECK_INT(node.rows, -1);
  CHECK_INT(mp_partition_key(bundle, pruned, &text, NULL), MP_OK);
  data = mp_text_data(text, &length);
  CHECK_TEXT(data, length, "[\"JFK\",3]");
  mp_text_free(text);
  CHECK_INT(mp_partition_path(bundle, pruned, &text, NULL), MP_OK);
  data = mp_text_data(text, &length);
  CHECK_TEXT(data, length, "JFK/3");
  mp_text_free(text);
  CHECK_INT(mp_partition_metric(bundle, &text, NULL), MP_OK);
  data = mp_text_data(text, &length);
  CHECK_TEXT(data, length, "{\"greater_is_better\":false,\"name\":\"rmse\"}");
  mp_text_free(text);
  CHECK_INT(mp_partition_tree_order(bundle, order, NODES, NULL), MP_OK);
  CHECK(order[0] == 0 && order[1] == ewr && order[3] == pruned);
  CHECK_INT(mp_partition_tree_order(bundle, order, NODES - 1, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_partition_node(bundle, NODES, &node, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_partition_node(bundle, -1, &node, NULL), MP_ERROR_USAGE);
  mp_bundle_free(bundle);
}

static void a_key_finds_the_node_that_answers(void) {
  static const struct {
    const char *key;
    const char *node;
    int32_t reason;
  } keys[] = {
      {"[\"EWR\",3]", "[\"EWR\",3]", MP_REASON_EXACT}, {"[\"EWR\",4]", "[\"EWR\"]", MP_REASON_UNKNOWN},
      {"[\"EWR\",null]", "[\"EWR\"]", MP_REASON_MISSING}, {"[\"EWR\"]", "[\"EWR\"]", MP_REASON_MISSING},
      {"[\"JFK\", 3]", "[]", MP_REASON_PRUNED}, {"[\"XXX\",3]", "[]", MP_REASON_UNKNOWN}, {"[]", "[]", MP_REASON_MISSING},
  };
  mp_bundle *bundle = open_partitioned();
  int64_t node = 0;
  int32_t reason = 0;
  size_t i;
  CHECK(bundle);
  for (i = 0; i < sizeof keys / sizeof *keys; i++) {
    CHECK_INT(mp_partition_find(bundle, keys[i].key, strlen(keys[i].key), &node, &reason, NULL), MP_OK);
    CHECK_INT(node, node_of(bundle, keys[i].node));
    CHECK_INT(reason, keys[i].reason);
  }
  CHECK_INT(node_of(bundle, "[\"LGA\"]"), -1);
  CHECK(mp_partition_find(bundle, "[", 1, &node, &reason, NULL) > 0);
  CHECK_INT(mp_partition_find(bundle, "{}", 2, &node, &reason, NULL), MP_ERROR_USAGE);
  mp_bundle_free(bundle);
}

/* GIVEN with another origin (a code) and count, its margin for the weights times `factor`. */
static double margin_of(double factor, double origin, double count) {
  return factor * (GIVEN_MARGIN - 300 - 12 + origin + 4 * count);
}

static void rows_of_a_batch_say_which_node_answered_and_why(void) {
  enum { ROWS = 6 };
  static const int64_t counts[ROWS] = {3, 3, 7, 3, -1, INT64_MIN};
  static const int64_t origins[ROWS] = {2, 0, 2, 9, 1, 2};
  static const double tables[ROWS] = {300, 100, 300, 0, 200, 300};
  static const double factors[ROWS] = {4, 1, 2, 0, 8, 2};
  static const uint8_t why[ROWS] = {MP_REASON_EXACT, MP_REASON_PRUNED, MP_REASON_UNKNOWN,
                                    MP_REASON_NONE,  MP_REASON_EXACT,  MP_REASON_MISSING};
  mp_predictor *predictor = new_partitioned(1); /* room for one model */
  mp_predict_options options = {0};
  mp_matrix matrix = {0};
  mp_node_stats stats = {0};
  mp_cache_stats cache = {0};
  uint64_t cells[ROWS][FEATURES];
  int64_t nodes[ROWS], node = -2;
  uint8_t reasons[ROWS], reason = 9;
  int32_t status[ROWS];
  double margins[ROWS], margin[1];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margins), one = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  int row;
  CHECK(predictor);
  for (row = 0; row < ROWS; row++) {
    memcpy(cells[row], GIVEN, sizeof GIVEN);
    cells[row][ORIGIN] = (uint64_t)origins[row];
    cells[row][COUNT] = (uint64_t)counts[row];
  }
  matrix.struct_size = sizeof matrix;
  matrix.data = cells;
  matrix.dtype = MP_DTYPE_CELL;
  matrix.rows = ROWS;
  matrix.columns = FEATURES;
  matrix.row_stride = sizeof *cells;
  matrix.column_stride = sizeof **cells;
  options.struct_size = sizeof options;
  options.status = status;
  options.status_count = ROWS;
  options.nodes = nodes;
  options.node_count = ROWS;
  options.reasons = reasons;
  options.reason_count = ROWS;
  CHECK_INT(mp_predictor_predict_matrix(predictor, &matrix, &options, &output, 1, NULL), MP_OK);
  for (row = 0; row < ROWS; row++) {
    CHECK_INT(reasons[row], why[row]);
    CHECK_INT(status[row], why[row] == MP_REASON_NONE ? MP_ERROR_WRONG_TYPE : MP_OK);
    CHECK_INT(nodes[row] == -1, why[row] == MP_REASON_NONE);
    if (status[row] != MP_OK) continue;
    if (counts[row] != INT64_MIN) CHECK_DOUBLE(margins[row], margin_of(factors[row], tables[row], (double)counts[row]));
    options.status = NULL;
    options.status_count = 0;
    options.nodes = &node;
    options.node_count = 1;
    options.reasons = &reason;
    options.reason_count = 1;
    CHECK_INT(mp_predictor_predict_row(predictor, cells[row], FEATURES, NULL, 0, &options, &one, 1, NULL), MP_OK);
    CHECK(memcmp(margin, &margins[row], sizeof *margin) == 0);
    CHECK_INT(node, nodes[row]);
    CHECK_INT(reason, reasons[row]);
  }
  stats.struct_size = sizeof stats;
  CHECK_INT(mp_predictor_node_stats(predictor, nodes[2], &stats, NULL), MP_OK);
  CHECK_INT(stats.rows, 4);
  CHECK(stats.loads >= 2);
  cache.struct_size = sizeof cache;
  CHECK_INT(mp_predictor_cache_stats(predictor, &cache, NULL), MP_OK);
  CHECK_INT(cache.budget_bytes, 1);
  CHECK_INT(cache.nodes, 1);
  CHECK_INT(cache.loads, cache.evictions + 1);
  options.node_count = 0;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, &one, 1, NULL), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

static void nodes_are_loaded_ahead(void) {
  mp_predictor *predictor = new_partitioned(0);
  mp_cache_stats cache = {0};
  mp_node_stats stats = {0};
  int64_t nodes[NODES] = {0, 1, 2, 3, 4}, none = NODES;
  CHECK(predictor);
  cache.struct_size = sizeof cache;
  stats.struct_size = sizeof stats;
  CHECK_INT(mp_predictor_preload(predictor, &none, 1, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_predictor_preload(predictor, nodes, NODES, NULL), MP_OK);
  CHECK_INT(mp_predictor_preload(predictor, NULL, 0, NULL), MP_OK);
  CHECK_INT(mp_predictor_cache_stats(predictor, &cache, NULL), MP_OK);
  CHECK_INT(cache.nodes, 3); /* neither the root nor the pruned one */
  CHECK_INT(cache.loads, 3);
  CHECK_INT(cache.budget_bytes, 1 << 30);
  CHECK_INT(mp_predictor_node_stats(predictor, none, &stats, NULL), MP_ERROR_USAGE);
  mp_predictor_free(predictor);
}

static void a_bundle_with_one_model_has_the_root_alone(void) {
  mp_bundle *bundle = open_fixture();
  mp_predictor *predictor = new_predictor();
  mp_predict_options options = {0};
  mp_text *text = NULL;
  uint64_t count = 9, length;
  int64_t node = -2;
  uint8_t reason = 9;
  int32_t why = 9;
  double margin[1];
  mp_output output = OUTPUT(MARGIN, MP_DTYPE_FLOAT64, margin);
  CHECK(bundle && predictor);
  CHECK_INT(mp_partition_level_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, 0);
  CHECK_INT(mp_partition_node_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, 1);
  CHECK_INT(mp_partition_find(bundle, "[]", 2, &node, &why, NULL), MP_OK);
  CHECK(node == 0 && why == MP_REASON_EXACT);
  CHECK_INT(mp_partition_path(bundle, 0, &text, NULL), MP_OK);
  CHECK_TEXT(mp_text_data(text, &length), (size_t)1, "/");
  mp_text_free(text);
  options.struct_size = sizeof options;
  options.nodes = &node;
  options.node_count = 1;
  options.reasons = &reason;
  options.reason_count = 1;
  node = -2;
  CHECK_INT(mp_predictor_predict_row(predictor, GIVEN, FEATURES, NULL, 0, &options, &output, 1, NULL), MP_OK);
  CHECK(node == 0 && reason == MP_REASON_EXACT);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
}

static void the_next_version_copies_what_is_not_changed(void) {
  static const char MANIFEST[] = "{\"created_at\":\"2013-02-01T00:00:00Z\"}";
  char folder[] = "/tmp/modelpack-c-XXXXXX", path[64], identity[72] = {0};
  mp_bundle *bundle = open_partitioned(), *next = NULL;
  mp_open_options options = unsigned_options();
  mp_partition_writer *writer = NULL;
  mp_node before = {0}, after = {0};
  CHECK(bundle && mkdtemp(folder));
  snprintf(path, sizeof path, "%s/next.mpk", folder);
  CHECK_INT(mp_partition_writer_from_bundle(bundle, path, strlen(path), "1.2.3", 5, 0, &writer, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_partition_writer_from_bundle(bundle, path, strlen(path), "1.3.0", 5, 0, &writer, NULL), MP_OK);
  CHECK_INT(mp_partition_writer_remove(writer, "[\"LGA\",-1]", 10, NULL), MP_OK);
  CHECK_INT(mp_partition_writer_remove(writer, "[\"LGA\",-1]", 10, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_partition_writer_copy(writer, bundle, 1, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_partition_writer_finish(writer, MANIFEST, sizeof MANIFEST - 1, NULL, 0, NULL, 0, identity, NULL), MP_OK);
  CHECK_INT(mp_partition_writer_finish(writer, MANIFEST, sizeof MANIFEST - 1, NULL, 0, NULL, 0, NULL, NULL), MP_ERROR_USAGE);
  mp_partition_writer_free(writer);
  mp_partition_writer_free(NULL);
  options.identity = identity;
  options.identity_length = 71;
  CHECK_INT(mp_bundle_open(path, strlen(path), &options, &next, NULL), MP_OK);
  CHECK_INT(node_of(next, "[\"LGA\",-1]"), -1);
  before.struct_size = after.struct_size = sizeof before;
  CHECK_INT(mp_partition_node(bundle, node_of(bundle, "[\"EWR\",3]"), &before, NULL), MP_OK);
  CHECK_INT(mp_partition_node(next, node_of(next, "[\"EWR\",3]"), &after, NULL), MP_OK);
  CHECK(memcmp(before.digest, after.digest, sizeof before.digest) == 0);
  CHECK_INT(after.rows, 70);
  mp_bundle_free(next);
  mp_bundle_free(bundle);
  unlink(path);
  rmdir(folder);
}

void add_partition_tests(void) {
  ADD(nodes_say_what_they_are);
  ADD(a_key_finds_the_node_that_answers);
  ADD(rows_of_a_batch_say_which_node_answered_and_why);
  ADD(nodes_are_loaded_ahead);
  ADD(a_bundle_with_one_model_has_the_root_alone);
  ADD(the_next_version_copies_what_is_not_changed);
}
