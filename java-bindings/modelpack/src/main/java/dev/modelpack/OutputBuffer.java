package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where one output of a batch goes.
 *
 * @param output an output of the predictor's schema
 * @param dtype of the values written: the output's, or {@link Dtype#INT32} for an {@link
 *     Dtype#INT64} output
 * @param data direct, in native byte order, written from its position on
 * @param rowStride bytes from row to row; within a row the columns stand side by side
 */
public record OutputBuffer(Output output, Dtype dtype, ByteBuffer data, long rowStride) {

  /**
   * A target in which rows stand one after the other.
   *
   * @param output an output of the predictor's schema
   * @param data direct, in native byte order
   * @return the target
   */
  public static OutputBuffer of(Output output, ByteBuffer data) {
    return new OutputBuffer(
        output, output.dtype(), data, (long) output.columns() * output.dtype().sizeBytes());
  }

  /**
   * A target in new memory.
   *
   * @param output an output of the predictor's schema
   * @param rows number of rows
   * @return the target
   */
  public static OutputBuffer allocate(Output output, int rows) {
    long size = (long) rows * output.columns() * output.dtype().sizeBytes();
    ByteBuffer data =
        ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
    return of(output, data);
  }

  /**
   * One value, after the call.
   *
   * @param row from 0
   * @param column from 0
   * @return the value; of a label, the class index
   */
  public double get(int row, int column) {
    int position =
        Math.toIntExact(data.position() + row * rowStride + (long) column * dtype.sizeBytes());
    return switch (dtype) {
      case FLOAT64 -> data.getDouble(position);
      case FLOAT32 -> data.getFloat(position);
      case INT32 -> data.getInt(position);
      default -> data.getLong(position);
    };
  }

  /**
   * The class that a label's row holds, after the call.
   *
   * @param row from 0
   * @param column label column, 0 for most models
   * @return a Long, Double, Boolean or String
   * @throws UsageException if the output is no label
   */
  public Object label(int row, int column) {
    if (output.dtype() != Dtype.INT64 || output.classes().size() <= column) {
      throw ErrorDetails.of(ErrorCode.USAGE, Quote.of(output.name()) + " holds no labels")
          .exception();
    }
    return output.classes().get(column).values().get((int) get(row, column));
  }
}
