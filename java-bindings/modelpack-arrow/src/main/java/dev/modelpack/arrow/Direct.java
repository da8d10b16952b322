package dev.modelpack.arrow;

import dev.modelpack.UsageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;

/** Arrow's memory as what the core writes into. */
final class Direct {
  private Direct() {}

  /** The first bytes of {@code memory}, of which an NIO buffer holds less than 2 GiB. */
  static ByteBuffer of(ArrowBuf memory, long bytes) {
    return memory.nioBuffer(0, Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  /** Checks that an answer fits into one NIO buffer, before memory is taken for it. */
  static int requireSize(String what, int rows, long rowBytes) {
    long bytes = rows * rowBytes;
    if (bytes > Integer.MAX_VALUE) {
      throw new UsageException(
          "%s of %d rows takes %d bytes, more than 2 GiB".formatted(what, rows, bytes),
          "predict the rows in parts: VectorSchemaRoot.slice");
    }
    return (int) bytes;
  }
}
