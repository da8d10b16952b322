package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what the native library sends as one array: little-endian numbers, texts as length and
 * UTF-8.
 */
final class Wire {
  private final ByteBuffer bytes;

  Wire(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int int32() {
    return bytes.getInt();
  }

  long int64() {
    return bytes.getLong();
  }

  double float64() {
    return bytes.getDouble();
  }

  boolean bool() {
    return bytes.get() != 0;
  }

  String text() {
    int length = bytes.getInt();
    String text = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
    bytes.position(bytes.position() + length);
    return text;
  }

  /** One value, after the dtype that it has: a Double, Boolean, String or Long. */
  Object value() {
    return switch (Dtype.of(int32())) {
      case FLOAT64, FLOAT32 -> float64();
      case BOOL -> bool();
      case STRING -> text();
      default -> int64();
    };
  }

  /** UTF-8 for the native library; null stays null. */
  static byte[] utf8(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
