package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A batch of one dtype in a direct buffer: one column per feature in schema order. NaN is missing.
 * String features need cells ({@link Dtype#CELL}) or {@link Column}s.
 *
 * @param data direct, in native byte order; the matrix begins at its position
 * @param dtype of all values; not {@link Dtype#STRING}
 * @param rows number of rows
 * @param columns number of columns
 * @param rowStride bytes from row to row
 * @param columnStride bytes from column to column
 */
public record Matrix(
    ByteBuffer data, Dtype dtype, int rows, int columns, long rowStride, long columnStride) {

  /**
   * A matrix whose rows stand one after the other.
   *
   * @param data direct, in native byte order
   * @param dtype of all values
   * @param rows number of rows
   * @param columns number of columns
   * @return the matrix
   */
  public static Matrix rowMajor(ByteBuffer data, Dtype dtype, int rows, int columns) {
    return new Matrix(
        data, dtype, rows, columns, (long) columns * dtype.sizeBytes(), dtype.sizeBytes());
  }

  /**
   * A matrix whose columns stand one after the other.
   *
   * @param data direct, in native byte order
   * @param dtype of all values
   * @param rows number of rows
   * @param columns number of columns
   * @return the matrix
   */
  public static Matrix columnMajor(ByteBuffer data, Dtype dtype, int rows, int columns) {
    return new Matrix(
        data, dtype, rows, columns, dtype.sizeBytes(), (long) rows * dtype.sizeBytes());
  }

  /**
   * A copy of rows of doubles.
   *
   * @param rows one array per row, all of one length
   * @param columns that length, also where there are no rows
   * @return a {@link Dtype#FLOAT64} matrix in new memory
   * @throws InputException if a row has another length
   */
  public static Matrix copyOf(double[][] rows, int columns) {
    long size = (long) rows.length * columns * Double.BYTES;
    ByteBuffer data =
        ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
    for (int row = 0; row < rows.length; row++) {
      if (rows[row].length != columns) {
        throw ErrorDetails.of(
                ErrorCode.WRONG_SHAPE,
                "row %d has %d numbers, not %d".formatted(row, rows[row].length, columns))
            .exception();
      }
      data.asDoubleBuffer().put(row * columns, rows[row]);
    }
    return rowMajor(data, Dtype.FLOAT64, rows.length, columns);
  }
}
