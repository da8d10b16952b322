package dev.modelpack.arrow;

import dev.modelpack.ErrorCode;
import dev.modelpack.RowNotes;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** What a batch says about each row, in memory of the allocator's. */
final class BatchNotes implements AutoCloseable {
  private final ArrowBuf memory;
  private final ByteBuffer status;
  private final ByteBuffer nodes;
  private final int rows;
  private final RowNotes notes;

  BatchNotes(BufferAllocator allocator, int rows, boolean errors, boolean nodes) {
    this.rows = rows;
    int nodeBytes = nodes ? Long.BYTES : 0;
    int statusBytes = errors ? Integer.BYTES : 0;
    int reasonBytes = nodes ? 1 : 0;
    int size = Direct.requireSize("notes", rows, nodeBytes + statusBytes + reasonBytes);
    this.memory = allocator.buffer(Math.max(size, 1));
    // The widest ones first, so that each is aligned.
    ByteBuffer whole = Direct.of(memory, size);
    this.nodes = nodes ? part(whole, 0, nodeBytes) : null;
    this.status = errors ? part(whole, nodeBytes, statusBytes) : null;
    ByteBuffer reasons = nodes ? part(whole, nodeBytes + statusBytes, reasonBytes) : null;
    this.notes = RowNotes.of(status, this.nodes, reasons);
  }

  private ByteBuffer part(ByteBuffer whole, int bytesBefore, int bytes) {
    return whole.slice(rows * bytesBefore, rows * bytes).order(whole.order());
  }

  RowNotes notes() {
    return notes;
  }

  /** The rows that have no answer. */
  BitSet refused() {
    BitSet refused = new BitSet();
    for (int row = 0; status != null && row < rows; row++) {
      if (status.getInt(row * Integer.BYTES) != 0) {
        refused.set(row);
      }
    }
    return refused;
  }

  /** Why a row has no answer. */
  ErrorCode error(int row) {
    return notes.error(row).orElseThrow();
  }

  /** The number of the node that answers for a row, -1 where there is none. */
  long node(int row) {
    return nodes.getLong(row * Long.BYTES);
  }

  @Override
  public void close() {
    memory.close();
  }
}
