/* The structs of the Arrow C Data Interface, as its specification gives them, and a small producer. */
#ifndef ARROW_STRUCT_H
#define ARROW_STRUCT_H

#include <stdint.h>

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#define MAX_BATCH_COLUMNS 16
#define MAX_BUFFERS 4

/* A struct array whose memory is the caller's; release counts. */
typedef struct arrow_batch {
  struct ArrowSchema schema, child_schemas[MAX_BATCH_COLUMNS], dictionary_schemas[MAX_BATCH_COLUMNS];
  struct ArrowArray array, child_arrays[MAX_BATCH_COLUMNS], dictionary_arrays[MAX_BATCH_COLUMNS];
  struct ArrowSchema *schema_pointers[MAX_BATCH_COLUMNS];
  struct ArrowArray *array_pointers[MAX_BATCH_COLUMNS];
  const void *buffers[MAX_BATCH_COLUMNS][MAX_BUFFERS], *dictionary_buffers[MAX_BATCH_COLUMNS][MAX_BUFFERS];
  const void *no_validity[1];
  int schemas_released, arrays_released;
} arrow_batch;

void batch_start(arrow_batch *batch, int64_t rows);
/* Buffers: validity, data, and text for texts; NULL where there is none. Answers the child for further changes. */
struct ArrowArray *batch_add(arrow_batch *batch, const char *name, const char *format, const void *validity, const void *data,
                             const void *text);
/* Gives the last child added a dictionary of texts. */
struct ArrowArray *batch_dictionary(arrow_batch *batch, const char *format, int64_t count, const void *offsets,
                                    const void *text);

#endif
