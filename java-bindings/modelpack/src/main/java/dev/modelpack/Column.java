package dev.modelpack;

import java.nio.ByteBuffer;

/** One column of a batch in direct buffers, bound to the feature at its position. */
public final class Column {
  private static final Column ABSENT = new Column(Dtype.CELL, null, null, null, 0);

  final Dtype dtype;
  final ByteBuffer data;
  final ByteBuffer offsets;
  final ByteBuffer valid;
  final long stride;

  private Column(Dtype dtype, ByteBuffer data, ByteBuffer offsets, ByteBuffer valid, long stride) {
    this.dtype = dtype;
    this.data = data;
    this.offsets = offsets;
    this.valid = valid;
    this.stride = stride;
  }

  /**
   * Values of one size that stand one after the other.
   *
   * @param dtype any but {@link Dtype#STRING}; {@link Dtype#BOOL} is one byte a value, 0 or 1
   * @param data direct, in native byte order; the values begin at its position
   * @return the column
   */
  public static Column of(Dtype dtype, ByteBuffer data) {
    if (dtype == Dtype.STRING) {
      throw ErrorDetails.of(ErrorCode.USAGE, "texts have no size of their own")
          .withHint("call Column.text(utf8, offsets)")
          .exception();
    }
    return new Column(dtype, data, null, null, dtype.sizeBytes());
  }

  /**
   * Texts.
   *
   * @param utf8 direct; all texts, one after the other
   * @param offsets direct, in native byte order: rows + 1 longs; text i ends where text i + 1
   *     begins
   * @return the column
   */
  public static Column text(ByteBuffer utf8, ByteBuffer offsets) {
    return new Column(Dtype.STRING, utf8, offsets, null, 0);
  }

  /**
   * The column of a feature that is not present, which an optional feature may be.
   *
   * @return a column without values
   */
  public static Column absent() {
    return ABSENT;
  }

  /**
   * This column with nulls.
   *
   * @param bytes direct; one byte a row, 0 where the value is null
   * @return a new column
   */
  public Column withValid(ByteBuffer bytes) {
    return new Column(dtype, data, offsets, bytes, stride);
  }

  /**
   * This column with values further apart.
   *
   * @param bytes from value to value
   * @return a new column
   */
  public Column withStride(long bytes) {
    return new Column(dtype, data, offsets, valid, bytes);
  }

  boolean isAbsent() {
    return data == null;
  }
}
