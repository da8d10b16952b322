package dev.modelpack.spark;

import dev.modelpack.Column;
import dev.modelpack.Dtype;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The values of one feature in a batch, in the task's direct memory. */
abstract class FeatureBuffer {
  private final ByteBuffer valid;

  private FeatureBuffer(ByteBuffer valid) {
    this.valid = valid;
  }

  /** Bytes that a row takes in the task's buffer. */
  static int rowBytes(FeatureColumn column) {
    return 1 + (column.kind() == null ? 0 : valueBytes(column));
  }

  private static int valueBytes(FeatureColumn column) {
    return column.dtype() == Dtype.STRING ? Long.BYTES : column.dtype().sizeBytes();
  }

  static FeatureBuffer in(DirectMemory memory, FeatureColumn column, int rows) {
    if (column.dtype() == Dtype.STRING) {
      return new Texts(memory.take((rows + 1) * Long.BYTES), memory.take(rows));
    }
    ByteBuffer data = memory.take(rows * column.dtype().sizeBytes());
    return new Numbers(column, data, memory.take(rows));
  }

  /**
   * Writes the value of a row; rows come in order.
   *
   * @param value as Spark's rows have it, or null
   * @throws ArithmeticException if the column cannot hold it
   */
  final void put(int row, Object value) {
    valid.put(row, (byte) (value == null ? 0 : 1));
    write(row, value);
  }

  abstract void write(int row, Object value);

  abstract Column values();

  /**
   * Bytes of the values that have no size of their own, once the first {@code rows} are written.
   */
  long textBytes(int rows) {
    return 0;
  }

  final Column column() {
    return values().withValid(valid);
  }

  private static final class Numbers extends FeatureBuffer {
    private final ValueKind kind;
    private final ByteBuffer data;
    private final Column values;

    Numbers(FeatureColumn column, ByteBuffer data, ByteBuffer valid) {
      super(valid);
      this.kind = column.kind();
      this.data = data;
      this.values = Column.of(column.dtype(), data);
    }

    @Override
    void write(int row, Object value) {
      if (value != null) {
        kind.put(data, row, value);
      }
    }

    @Override
    Column values() {
      return values;
    }
  }

  /** Texts share a buffer of their own, which grows to the largest batch. */
  private static final class Texts extends FeatureBuffer {
    private static final int FIRST_BYTES = 1 << 14;

    private final ByteBuffer offsets;
    private ByteBuffer utf8 = DirectMemory.allocate(FIRST_BYTES);

    Texts(ByteBuffer offsets, ByteBuffer valid) {
      super(valid);
      this.offsets = offsets;
    }

    @Override
    void write(int row, Object value) {
      int start = row == 0 ? 0 : (int) offsets.getLong(row * Long.BYTES);
      int end = value == null ? start : append(start, (String) value);
      offsets.putLong((row + 1) * Long.BYTES, end);
    }

    /** Where the text ends. */
    private int append(int start, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int end = Math.addExact(start, bytes.length);
      if (end > utf8.capacity()) {
        utf8 = DirectMemory.grown(utf8, start, end);
      }
      utf8.put(start, bytes);
      return end;
    }

    @Override
    long textBytes(int rows) {
      return offsets.getLong(rows * Long.BYTES);
    }

    @Override
    Column values() {
      return Column.text(utf8, offsets);
    }
  }
}
