package dev.modelpack.arrow;

import dev.modelpack.Output;
import dev.modelpack.OutputBuffer;
import java.util.BitSet;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/** Numbers, or lists of them: the core writes them where the vector holds them. */
final class NumberColumn implements AnswerColumn {
  private final FieldVector vector;

  /** What holds the numbers: the vector, or that of its lists. */
  private final FieldVector values;

  private final int rows;
  private final int rowBytes;
  private final OutputBuffer target;

  NumberColumn(Output output, FieldVector vector, int rows) {
    this.vector = vector;
    this.values = vector instanceof FixedSizeListVector lists ? lists.getDataVector() : vector;
    this.rows = rows;
    this.rowBytes = output.columns() * output.dtype().sizeBytes();
    int size = Direct.requireSize(output.name(), rows, rowBytes);
    // An empty vector has no address.
    vector.setInitialCapacity(Math.max(rows, 1));
    vector.allocateNew();
    this.target = OutputBuffer.of(output, Direct.of(values.getDataBuffer(), size));
  }

  @Override
  public OutputBuffer target() {
    return target;
  }

  @Override
  public void finish(BitSet refused) {
    vector.setValueCount(rows);
    setValid(values, rows * target.output().columns());
    setValid(vector, rows);
    for (int row = refused.nextSetBit(0); row >= 0; row = refused.nextSetBit(row + 1)) {
      BitVectorHelper.unsetBit(vector.getValidityBuffer(), row);
      values.getDataBuffer().setZero((long) row * rowBytes, rowBytes);
    }
  }

  private static void setValid(FieldVector vector, int count) {
    ArrowBuf validity = vector.getValidityBuffer();
    validity.setOne(0, (long) BitVectorHelper.getValidityBufferSize(count));
  }
}
