package dev.modelpack.arrow;

import dev.modelpack.Output;
import dev.modelpack.OutputBuffer;
import java.util.BitSet;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/** The column of one output, while it is filled. */
interface AnswerColumn extends AutoCloseable {
  /** Takes the memory for {@code rows} answers. */
  static AnswerColumn of(Output output, FieldVector vector, BufferAllocator allocator, int rows) {
    return AnswerFields.isLabel(output)
        ? new LabelColumn(output, vector, allocator, rows)
        : new NumberColumn(output, vector, rows);
  }

  /** Where the core writes. */
  OutputBuffer target();

  /** Makes the vector of what the core wrote; rows that were refused are null. */
  void finish(BitSet refused);

  /** Gives back what only the call needed. */
  @Override
  default void close() {}
}
