package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** Memory of one row call, outside the heap: the row's cells, then its outputs. */
final class Scratch {
  final ByteBuffer bytes;

  /** The cells, for copies of whole rows. */
  final LongBuffer cellView;

  /** Address of the first cell. */
  final long cells;

  /** Address of the first output. */
  final long outputs;

  Scratch(int cellBytes, int outputBytes) {
    bytes = ByteBuffer.allocateDirect(cellBytes + outputBytes).order(ByteOrder.nativeOrder());
    cellView = bytes.asLongBuffer();
    cells = Native.bufferAddress(bytes);
    outputs = cells + cellBytes;
  }
}
