package dev.modelpack;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where the outputs of one row stand in scratch memory, and how they become doubles. The native
 * library lays them out alike.
 */
final class RowOutputs {
  private final Output[] outputs;
  private final int[] positions;
  private final int sizeBytes;
  private final int width;

  RowOutputs(Schema schema) {
    List<Output> all = schema.outputs();
    this.outputs = all.toArray(Output[]::new);
    this.positions = new int[outputs.length];
    this.width = schema.outputWidth();
    int position = 0;
    for (Output output : all) {
      positions[output.index()] = position;
      int bytes = output.columns() * output.dtype().sizeBytes();
      position += (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }
    this.sizeBytes = position;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  /** Doubles that all outputs take. */
  int width() {
    return width;
  }

  /**
   * Copies all outputs, one after the other. {@code start} is where outputs begin in {@code bytes}.
   */
  void read(ByteBuffer bytes, int start, double[] out) {
    for (Output output : outputs) {
      read(output, bytes, start, out, output.offset());
    }
  }

  /**
   * Copies one output to {@code out} from {@code offset} on. Every dtype of an output fits a
   * double: class indices are small.
   */
  void read(Output output, ByteBuffer bytes, int start, double[] out, int offset) {
    int position = start + positions[output.index()];
    int columns = output.columns();
    switch (output.dtype()) {
      case FLOAT64 -> {
        for (int column = 0; column < columns; column++) {
          out[offset + column] = bytes.getDouble(position + column * Double.BYTES);
        }
      }
      case FLOAT32 -> {
        for (int column = 0; column < columns; column++) {
          out[offset + column] = bytes.getFloat(position + column * Float.BYTES);
        }
      }
      default -> {
        for (int column = 0; column < columns; column++) {
          out[offset + column] = bytes.getLong(position + column * Long.BYTES);
        }
      }
    }
  }
}
