package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A range of a direct buffer that the native library reads or writes. */
record Memory(long address, long sizeBytes) {

  /**
   * What the buffer holds from its position to its limit, for values of {@code valueBytes} bytes.
   */
  static Memory toRead(String what, ByteBuffer buffer, int valueBytes) {
    if (!buffer.isDirect()) {
      throw refused(what + " is no direct buffer", "allocate it with ByteBuffer.allocateDirect");
    }
    if (valueBytes > 1 && buffer.order() != ByteOrder.nativeOrder()) {
      throw refused(
          what + " is in " + buffer.order() + " byte order",
          "fill it after buffer.order(ByteOrder.nativeOrder())");
    }
    requireAlive(buffer);
    return new Memory(Native.bufferAddress(buffer) + buffer.position(), buffer.remaining());
  }

  /**
   * The native library would read on where an arena was closed; the JVM refuses: {@link
   * IllegalStateException}.
   */
  private static void requireAlive(ByteBuffer buffer) {
    if (buffer.hasRemaining()) {
      buffer.get(buffer.position());
    }
  }

  /** As {@link #toRead}, for memory that is written. */
  static Memory toWrite(String what, ByteBuffer buffer, int valueBytes) {
    if (buffer.isReadOnly()) {
      throw refused(what + " is read-only", "pass the buffer itself");
    }
    return toRead(what, buffer, valueBytes);
  }

  /** Checks that values at {@code strideBytes} from each other lie within this memory. */
  void requireRoom(String what, long count, long strideBytes, long valueBytes) {
    if (strideBytes < 0) {
      throw refused(what + " has a negative stride", "give the distance between values in bytes");
    }
    long needed;
    try {
      needed =
          count == 0 ? 0 : Math.addExact(Math.multiplyExact(count - 1, strideBytes), valueBytes);
    } catch (ArithmeticException overflow) {
      needed = Long.MAX_VALUE;
    }
    if (needed > sizeBytes) {
      throw ErrorDetails.of(
              ErrorCode.BUFFER,
              "%s holds %d bytes, the call needs %d".formatted(what, sizeBytes, needed))
          .withHint("the bytes from the buffer's position to its limit count")
          .exception();
    }
  }

  /** Checks that it starts at a multiple of {@code bytes}. */
  void requireAlignment(String what, int bytes) {
    if (address % bytes != 0) {
      throw refused(
          what + " does not start at a multiple of " + bytes + " bytes",
          "begin at another position of the buffer");
    }
  }

  boolean overlaps(Memory other) {
    return address < other.address + other.sizeBytes && other.address < address + sizeBytes;
  }

  private static ModelpackException refused(String message, String hint) {
    return ErrorDetails.of(ErrorCode.USAGE, message).withHint(hint).exception();
  }
}
