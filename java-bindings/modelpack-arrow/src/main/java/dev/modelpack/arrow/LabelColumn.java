package dev.modelpack.arrow;

import dev.modelpack.Dtype;
import dev.modelpack.Output;
import dev.modelpack.OutputBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;

/** Labels: the core writes indices of classes, and the vector holds the classes. */
final class LabelColumn implements AnswerColumn {
  private final FieldVector vector;
  private final List<ClassWriter> writers = new ArrayList<>();
  private final int rows;
  private final ArrowBuf scratch;
  private final OutputBuffer target;

  LabelColumn(Output output, FieldVector vector, BufferAllocator allocator, int rows) {
    this.vector = vector;
    this.rows = rows;
    int columns = output.columns();
    int rowBytes = columns * Integer.BYTES;
    int size = Direct.requireSize(output.name(), rows, rowBytes);
    vector.setInitialCapacity(rows);
    vector.allocateNew();
    for (int column = 0; column < columns; column++) {
      FieldVector labels = columns == 1 ? vector : vector.getChildrenFromFields().get(column);
      writers.add(ClassWriter.of(output.classes().get(column), labels));
    }
    this.scratch = allocator.buffer(Math.max(size, 1));
    this.target = new OutputBuffer(output, Dtype.INT32, Direct.of(scratch, size), rowBytes);
  }

  @Override
  public OutputBuffer target() {
    return target;
  }

  @Override
  public void finish(BitSet refused) {
    ByteBuffer indices = target.data();
    int columns = writers.size();
    for (int column = 0; column < columns; column++) {
      ClassWriter writer = writers.get(column);
      for (int row = refused.nextClearBit(0); row < rows; row = refused.nextClearBit(row + 1)) {
        writer.write(row, indices.getInt((row * columns + column) * Integer.BYTES));
      }
    }
    vector.setValueCount(rows);
    if (vector instanceof StructVector struct) {
      // A refused row has labels that are null, as in Python.
      long bytes = BitVectorHelper.getValidityBufferSize(rows);
      struct.getValidityBuffer().setOne(0, bytes);
    }
  }

  @Override
  public void close() {
    scratch.close();
  }
}
