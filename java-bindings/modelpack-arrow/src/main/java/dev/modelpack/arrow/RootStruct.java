package dev.modelpack.arrow;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * A root as the struct that the C Data Interface passes. Its children are the root's own vectors,
 * so that their buffers are exported as they are; Arrow's own export of a root makes new validity
 * buffers.
 */
final class RootStruct extends StructVector {
  private static final FieldType TYPE = FieldType.notNullable(ArrowType.Struct.INSTANCE);

  private final VectorSchemaRoot root;
  private final Field field;

  RootStruct(BufferAllocator allocator, VectorSchemaRoot root) {
    super("", allocator, TYPE, null);
    this.root = root;
    this.field = new Field("", TYPE, root.getSchema().getFields());
  }

  /** The constructor above asks before there are children. */
  @Override
  public Field getField() {
    return field == null ? super.getField() : field;
  }

  @Override
  public List<FieldVector> getChildrenFromFields() {
    return root.getFieldVectors();
  }

  @Override
  public int getValueCount() {
    return root.getRowCount();
  }

  @Override
  public int getNullCount() {
    return 0;
  }

  @Override
  public int getExportedCDataBufferCount() {
    return 1;
  }

  /** No row is null as a whole, so there is no validity. */
  @Override
  public void exportCDataBuffers(List<ArrowBuf> buffers, ArrowBuf pointers, long nullValue) {
    exportBuffer(null, buffers, pointers, nullValue, false);
  }
}
