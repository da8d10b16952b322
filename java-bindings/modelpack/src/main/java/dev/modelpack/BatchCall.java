package dev.modelpack;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One batch as the native library takes it: {@link #COLUMN_FIELDS} longs a column (dtype, data,
 * data bytes, stride, offsets, valid; an absent column has dtype 0) and {@link #OUTPUT_FIELDS}
 * longs an output (index, dtype, data, data bytes, row stride). Everything is measured here, so
 * that no address leads out of its buffer.
 */
final class BatchCall {
  static final int COLUMN_FIELDS = 6;
  static final int OUTPUT_FIELDS = 5;

  private final long rows;
  private final long[] columns;
  private final long[] outputs;
  private final OutputBuffer[] targets;
  private final List<Memory> read = new ArrayList<>();
  private final List<Memory> written = new ArrayList<>();

  /** The cells of the call's key, which stands for its rows'; null if there is none. */
  private ByteBuffer keyCells;

  private long status;
  private long nodes;
  private long reasons;

  private BatchCall(long rows, int columnCount, OutputBuffer[] targets) {
    if (rows < 0) {
      throw usage("a batch of " + rows + " rows");
    }
    this.rows = rows;
    this.columns = new long[Math.multiplyExact(columnCount, COLUMN_FIELDS)];
    this.outputs = new long[targets.length * OUTPUT_FIELDS];
    this.targets = targets;
    for (int i = 0; i < targets.length; i++) {
      addOutput(i, targets[i]);
    }
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
    status = perRow("status", buffer, Integer.BYTES);
    return this;
  }

  BatchCall withNotes(RowNotes notes) {
    status = notes.status == null ? 0 : perRow("status", notes.status, Integer.BYTES);
    nodes = notes.nodes == null ? 0 : perRow("nodes", notes.nodes, Long.BYTES);
    reasons = notes.reasons == null ? 0 : perRow("reasons", notes.reasons, Byte.BYTES);
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

  /** The address of a value per row that the call writes. */
  private long perRow(String what, ByteBuffer buffer, int valueBytes) {
    Memory memory = Memory.toWrite(what, buffer, valueBytes);
    memory.requireAlignment(what, valueBytes);
    memory.requireRoom(what, rows, valueBytes, valueBytes);
    written.add(used(memory, rows, valueBytes, valueBytes));
    return memory.address();
  }

  void run(long predictor, Schema schema) {
    int width = columns.length / COLUMN_FIELDS;
    if (width != schema.features().size()) {
      throw ErrorDetails.of(
              ErrorCode.WRONG_SHAPE,
              "the batch has %d columns, the schema %d features"
                  .formatted(width, schema.features().size()))
          .exception();
    }
    for (OutputBuffer target : targets) {
      if (!schema.outputs().contains(target.output())) {
        throw usage(Quote.of(target.output().name()) + " is an output of another schema");
      }
    }
    refuseOverlaps();
    try {
      Native.predictColumns(predictor, columns, rows, outputs, status, nodes, reasons);
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
      read.add(used(memory, rows, matrix.rowStride(), lastColumn + dtype.sizeBytes()));
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
      ends.requireRoom("the offsets of " + what, rows + 1, Long.BYTES, Long.BYTES);
      read.add(data);
      read.add(used(ends, rows + 1, Long.BYTES, Long.BYTES));
      offsets = ends.address();
    } else {
      data.requireRoom(what, rows, column.stride, size);
      read.add(used(data, rows, column.stride, size));
    }
    long valid = 0;
    if (column.valid != null) {
      Memory bytes = Memory.toRead("the validity of " + what, column.valid, 1);
      bytes.requireRoom("the validity of " + what, rows, 1, 1);
      read.add(used(bytes, rows, 1, 1));
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

  private void addOutput(int position, OutputBuffer target) {
    Output output = target.output();
    String what = "the buffer of " + Quote.of(output.name());
    boolean narrowed = output.dtype() == Dtype.INT64 && target.dtype() == Dtype.INT32;
    if (target.dtype() != output.dtype() && !narrowed) {
      throw usage(what + " is " + target.dtype().text() + ", the output " + output.dtype().text());
    }
    int size = target.dtype().sizeBytes();
    long rowBytes = (long) output.columns() * size;
    if (target.rowStride() < rowBytes) {
      throw usage(what + " has rows that overlap");
    }
    Memory memory = Memory.toWrite(what, target.data(), size);
    memory.requireRoom(what, rows, target.rowStride(), rowBytes);
    written.add(used(memory, rows, target.rowStride(), rowBytes));
    int at = position * OUTPUT_FIELDS;
    outputs[at] = output.index();
    outputs[at + 1] = target.dtype().number();
    outputs[at + 2] = memory.address();
    outputs[at + 3] = memory.sizeBytes();
    outputs[at + 4] = target.rowStride();
  }

  /** The part of {@code memory} that values at a stride take; it was checked to hold them. */
  private static Memory used(Memory memory, long count, long stride, long valueBytes) {
    return new Memory(memory.address(), count == 0 ? 0 : (count - 1) * stride + valueBytes);
  }

  /**
   * An output written over what is still to be read, or over another output, would give answers
   * that depend on the order.
   */
  private void refuseOverlaps() {
    for (int i = 0; i < written.size(); i++) {
      Memory output = written.get(i);
      boolean clash = read.stream().anyMatch(output::overlaps);
      for (int j = 0; j < i && !clash; j++) {
        clash = output.overlaps(written.get(j));
      }
      if (clash) {
        throw usage("two buffers of the call share memory, and one of them is written");
      }
    }
  }

  private static ModelpackException usage(String message) {
    return ErrorDetails.of(ErrorCode.USAGE, message).exception();
  }
}
