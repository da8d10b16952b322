#include "arrow_struct.h"

#include <string.h>

static void release_schema(struct ArrowSchema *schema) {
  if (schema->private_data) ++*(int *)schema->private_data;
  schema->release = NULL;
}

static void release_array(struct ArrowArray *array) {
  if (array->private_data) ++*(int *)array->private_data;
  array->release = NULL;
}

static void start(struct ArrowSchema *schema, struct ArrowArray *array, const char *name, const char *format, int64_t rows) {
  memset(schema, 0, sizeof *schema);
  memset(array, 0, sizeof *array);
  schema->format = format;
  schema->name = name;
  schema->flags = 2; /* nullable */
  schema->release = release_schema;
  array->length = rows;
  array->null_count = -1;
  array->release = release_array;
}

void batch_start(arrow_batch *batch, int64_t rows) {
  memset(batch, 0, sizeof *batch);
  start(&batch->schema, &batch->array, "", "+s", rows);
  batch->schema.private_data = &batch->schemas_released;
  batch->array.private_data = &batch->arrays_released;
  batch->schema.children = batch->schema_pointers;
  batch->array.children = batch->array_pointers;
  batch->array.buffers = batch->no_validity;
  batch->array.n_buffers = 1;
}

struct ArrowArray *batch_add(arrow_batch *batch, const char *name, const char *format, const void *validity, const void *data,
                             const void *text) {
  int at = (int)batch->array.n_children++;
  struct ArrowArray *array = &batch->child_arrays[at];
  batch->schema.n_children++;
  start(&batch->child_schemas[at], array, name, format, batch->array.length + batch->array.offset);
  batch->schema_pointers[at] = &batch->child_schemas[at];
  batch->array_pointers[at] = array;
  batch->buffers[at][0] = validity;
  batch->buffers[at][1] = data;
  batch->buffers[at][2] = text;
  array->buffers = batch->buffers[at];
  array->n_buffers = text ? 3 : strcmp(format, "n") == 0 ? 0 : 2;
  return array;
}

struct ArrowArray *batch_dictionary(arrow_batch *batch, const char *format, int64_t count, const void *offsets,
                                    const void *text) {
  int at = (int)batch->array.n_children - 1;
  struct ArrowArray *array = &batch->dictionary_arrays[at];
  start(&batch->dictionary_schemas[at], array, "", format, count);
  batch->dictionary_buffers[at][1] = offsets;
  batch->dictionary_buffers[at][2] = text;
  array->buffers = batch->dictionary_buffers[at];
  array->n_buffers = 3;
  batch->child_schemas[at].dictionary = &batch->dictionary_schemas[at];
  batch->child_arrays[at].dictionary = array;
  return array;
}
