package dev.modelpack;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One batch as the native library takes it: {@link #COLUMN_FIELDS} longs a column (dtype, data,
 * data bytes, stride, offsets, valid; an absent column has dtype 0). Everything is measured here,
 * so that no address leads out of its buffer.
 */
final class BatchCall implements Batch {
  static final int COLUMN_FIELDS = 6;

  private final long[] columns;
  private final BatchAnswers answers;
  private final List<Memory> read = new ArrayList<>();

  /** The cells of the call's key, which stands for its rows'; null if there is none. */
  private ByteBuffer keyCells;

  private BatchCall(long rows, int columnCount, OutputBuffer[] targets) {
    this.answers = new BatchAnswers(rows, targets);
    this.columns = new long[Math.multiplyExact(columnCount, COLUMN_FIELDS)];
  }

  static BatchCall of(Matrix matrix, OutputBuffer[] targets) {
    if (matrix.columns() < 0) {
      throw usage("a matrix of " + matrix.columns() + " columns");
    }
    BatchCall call = new BatchCall(matrix.rows(), matrix.columns(), targets);
    call.addMatrix(matrix);
    return call;
  }

  static BatchCall of(int rows, List<Column> columns, OutputBuffer[] targets) {
    BatchCall call = new BatchCall(rows, columns.size(), targets);
    for (int i = 0; i < columns.size(); i++) {
      call.addColumn(i, columns.get(i));
    }
    return call;
  }

  BatchCall withStatus(ByteBuffer buffer) {
    answers.putStatus(buffer);
    return this;
  }

  BatchCall withNotes(RowNotes notes) {
    answers.putNotes(notes);
    return this;
  }

  /** Has every row read the key's cells, whatever stands in its columns. */
  BatchCall withKey(KeyCells key) {
    keyCells = ByteBuffer.allocateDirect(key.levels() * Long.BYTES).order(ByteOrder.nativeOrder());
    Memory memory = Memory.toRead("the key", keyCells, Long.BYTES);
    for (int level = 0; level < key.levels(); level++) {
      keyCells.putLong(level * Long.BYTES, key.cell(level));
      if (key.feature(level) < columns.length / COLUMN_FIELDS) {
        putColumn(key.feature(level), Dtype.CELL, memory, (long) level * Long.BYTES, 0, 0, 0);
      }
    }
    return this;
  }

  @Override
  public void run(long predictor, Schema schema) {
    int width = columns.length / COLUMN_FIELDS;
    if (width != schema.features().size()) {
      throw ErrorDetails.of(
              ErrorCode.WRONG_SHAPE,
              "the batch has %d columns, the schema %d features"
                  .formatted(width, schema.features().size()))
          .exception();
    }
    answers.requireOutputsOf(schema);
    answers.refuseOverlaps(read);
    try {
      Native.predictColumns(
          predictor,
          columns,
          answers.rows,
          answers.outputs,
          answers.status,
          answers.nodes,
          answers.reasons);
    } finally {
      Reference.reachabilityFence(keyCells);
    }
  }

  private void addMatrix(Matrix matrix) {
    Dtype dtype = matrix.dtype();
    if (dtype == Dtype.STRING) {
      throw usage("a matrix cannot hold texts");
    }
    Memory memory = Memory.toRead("the matrix", matrix.data(), dtype.sizeBytes());
    if (matrix.rows() > 0 && matrix.columns() > 0) {
      requireMatrixRoom(memory, matrix);
      long lastColumn = (matrix.columns() - 1) * matrix.columnStride();
      read.add(
          BatchAnswers.used(
              memory, answers.rows, matrix.rowStride(), lastColumn + dtype.sizeBytes()));
    }
    for (int column = 0; column < matrix.columns(); column++) {
      long start = column * matrix.columnStride();
      putColumn(column, dtype, memory, start, matrix.rowStride(), 0, 0);
    }
  }

  /** The last value of the last row and column lies furthest. */
  private static void requireMatrixRoom(Memory memory, Matrix matrix) {
    int size = matrix.dtype().sizeBytes();
    memory.requireRoom("the matrix", matrix.columns(), matrix.columnStride(), size);
    long lastColumn = (matrix.columns() - 1) * matrix.columnStride();
    memory.requireRoom("the matrix", matrix.rows(), matrix.rowStride(), lastColumn + size);
  }

  private void addColumn(int index, Column column) {
    if (column.isAbsent()) {
      return;
    }
    String what = "column " + index;
    int size = Math.max(column.dtype.sizeBytes(), 1);
    Memory data = Memory.toRead(what, column.data, size);
    long offsets = 0;
    if (column.dtype == Dtype.STRING) {
      Memory ends = Memory.toRead("the offsets of " + what, column.offsets, Long.BYTES);
      ends.requireRoom("the offsets of " + what, answers.rows + 1, Long.BYTES, Long.BYTES);
      read.add(data);
      read.add(BatchAnswers.used(ends, answers.rows + 1, Long.BYTES, Long.BYTES));
      offsets = ends.address();
    } else {
      data.requireRoom(what, answers.rows, column.stride, size);
      read.add(BatchAnswers.used(data, answers.rows, column.stride, size));
    }
    long valid = 0;
    if (column.valid != null) {
      Memory bytes = Memory.toRead("the validity of " + what, column.valid, 1);
      bytes.requireRoom("the validity of " + what, answers.rows, 1, 1);
      read.add(BatchAnswers.used(bytes, answers.rows, 1, 1));
      valid = bytes.address();
    }
    putColumn(index, column.dtype, data, 0, column.stride, offsets, valid);
  }

  private void putColumn(
      int index, Dtype dtype, Memory data, long start, long stride, long offsets, long valid) {
    int at = index * COLUMN_FIELDS;
    columns[at] = dtype.number();
    columns[at + 1] = data.address() + start;
    columns[at + 2] = data.sizeBytes() - start;
    columns[at + 3] = stride;
    columns[at + 4] = offsets;
    columns[at + 5] = valid;
  }

  private static ModelpackException usage(String message) {
    return ErrorDetails.of(ErrorCode.USAGE, message).exception();
  }
}
