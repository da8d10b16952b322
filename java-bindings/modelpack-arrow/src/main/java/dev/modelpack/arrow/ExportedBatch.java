package dev.modelpack.arrow;

import dev.modelpack.UsageException;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.ArrowSchema;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A root in the structs of the C Data Interface. It keeps the root's buffers alive until it is
 * consumed or closed.
 */
final class ExportedBatch implements AutoCloseable {
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final DictionaryProvider dictionaries;
  private final ArrowSchema schema;
  private final ArrowArray array;

  /** {@code dictionaries}: null if no column is encoded. */
  ExportedBatch(BufferAllocator allocator, VectorSchemaRoot root, DictionaryProvider dictionaries) {
    root.getSchema().getFields().forEach(field -> requireDictionary(field, dictionaries));
    this.allocator = allocator;
    this.root = root;
    this.dictionaries = dictionaries;
    this.schema = ArrowSchema.allocateNew(allocator);
    try {
      this.array = ArrowArray.allocateNew(allocator);
    } catch (RuntimeException error) {
      schema.close();
      throw error;
    }
    try {
      export();
    } catch (RuntimeException error) {
      close();
      throw error;
    }
  }

  private static void requireDictionary(Field field, DictionaryProvider dictionaries) {
    DictionaryEncoding encoding = field.getDictionary();
    if (encoding != null
        && (dictionaries == null || dictionaries.lookup(encoding.getId()) == null)) {
      throw new UsageException(
          "the column '%s' is encoded by the dictionary %d, which is not there"
              .formatted(field.getName(), encoding.getId()),
          "pass the DictionaryProvider that holds it");
    }
    field.getChildren().forEach(child -> requireDictionary(child, dictionaries));
  }

  private void export() {
    Data.exportVector(allocator, new RootStruct(allocator, root), dictionaries, array, schema);
  }

  /** Makes it the one row at {@code row}; where a call has consumed it, anew. */
  void moveTo(int row) {
    if (array.snapshot().release == 0) {
      export();
    }
    ArrowArray.Snapshot moved = array.snapshot();
    moved.offset = row;
    moved.length = 1;
    array.save(moved);
  }

  long schemaAddress() {
    return schema.memoryAddress();
  }

  long arrayAddress() {
    return array.memoryAddress();
  }

  /** Releases what was not consumed. */
  @Override
  public void close() {
    try {
      schema.release();
      array.release();
    } finally {
      schema.close();
      array.close();
    }
  }
}
