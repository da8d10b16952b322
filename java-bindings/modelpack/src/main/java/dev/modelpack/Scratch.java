package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Memory of one row call, outside the heap: the row's cells, then its outputs, then the node that
 * answered and a byte with the reason.
 */
final class Scratch {
  final ByteBuffer bytes;

  /** The cells, for copies of whole rows. */
  final LongBuffer cellView;

  /** Address of the first cell. */
  final long cells;

  /** Address of the first output. */
  final long outputs;

  /** Address of the node that answered; 0 where nobody asks. */
  final long answered;

  private static final int ANSWERED_BYTES = Long.BYTES + 1;

  Scratch(int cellBytes, int outputBytes, boolean partitioned) {
    int size = cellBytes + outputBytes + (partitioned ? ANSWERED_BYTES : 0);
    bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    cellView = bytes.asLongBuffer();
    cells = Native.bufferAddress(bytes);
    outputs = cells + cellBytes;
    answered = partitioned ? outputs + outputBytes : 0;
  }
}
