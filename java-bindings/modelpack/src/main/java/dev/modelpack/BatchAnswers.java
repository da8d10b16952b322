package dev.modelpack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a batch's answers go, as the native library takes it: {@link #OUTPUT_FIELDS} longs an
 * output (index, dtype, data, data bytes, row stride), and addresses of an entry a row, or 0.
 * Everything is measured here, so that no address leads out of its buffer.
 */
final class BatchAnswers {
  static final int OUTPUT_FIELDS = 5;

  final long rows;
  final long[] outputs;
  private final OutputBuffer[] targets;
  private final List<Memory> written = new ArrayList<>();
  long status;
  long nodes;
  long reasons;

  BatchAnswers(long rows, OutputBuffer[] targets) {
    if (rows < 0) {
      throw usage("a batch of " + rows + " rows");
    }
    this.rows = rows;
    this.outputs = new long[targets.length * OUTPUT_FIELDS];
    this.targets = targets;
    for (int i = 0; i < targets.length; i++) {
      addOutput(i, targets[i]);
    }
  }

  void putStatus(ByteBuffer buffer) {
    status = perRow("status", buffer, Integer.BYTES);
  }

  void putNotes(RowNotes notes) {
    status = notes.status == null ? 0 : perRow("status", notes.status, Integer.BYTES);
    nodes = notes.nodes == null ? 0 : perRow("nodes", notes.nodes, Long.BYTES);
    reasons = notes.reasons == null ? 0 : perRow("reasons", notes.reasons, Byte.BYTES);
  }

  /** The address of a value per row that the call writes. */
  private long perRow(String what, ByteBuffer buffer, int valueBytes) {
    Memory memory = Memory.toWrite(what, buffer, valueBytes);
    memory.requireAlignment(what, valueBytes);
    memory.requireRoom(what, rows, valueBytes, valueBytes);
    written.add(used(memory, rows, valueBytes, valueBytes));
    return memory.address();
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

  /** Checks that all outputs are the schema's. */
  void requireOutputsOf(Schema schema) {
    for (OutputBuffer target : targets) {
      if (!schema.outputs().contains(target.output())) {
        throw usage(Quote.of(target.output().name()) + " is an output of another schema");
      }
    }
  }

  /** The part of {@code memory} that values at a stride take; it was checked to hold them. */
  static Memory used(Memory memory, long count, long stride, long valueBytes) {
    return new Memory(memory.address(), count == 0 ? 0 : (count - 1) * stride + valueBytes);
  }

  /**
   * An output written over what is still to be read, or over another output, would give answers
   * that depend on the order. {@code read} is what the call reads.
   */
  void refuseOverlaps(List<Memory> read) {
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
